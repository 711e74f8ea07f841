package topology

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

// Clusters are the NATS clusters that keep logs of regions, for regions that embed no
// server of their own. Its zero value is a world in which every region embeds one.
type Clusters struct {
	// URL of each such region's cluster: nats://a:4222,b:4222,c:4222, or tls://….
	URL map[string]string `yaml:"url,omitempty"`
	// Credentials are files, by region, with what its cluster asks for. Every region has
	// them at the same path.
	Credentials map[string]string `yaml:"credentials,omitempty"`
	// Replicas is on how many servers of its cluster a log is kept: 1, 3 or 5.
	//
	// Defaults to 3.
	Replicas int `yaml:"replicas,omitempty"`
}

// Cluster is one region's.
type Cluster struct {
	Scheme      string   // nats or tls
	Servers     []string // host:port
	Credentials string   // a file, or ""
	Replicas    int
}

// URL is what clients that are in the cluster's own region connect to.
func (c Cluster) URL() string { return c.at(c.Servers) }

// at is the URL of a cluster whose servers are reached at other addresses.
func (c Cluster) at(addresses []string) string {
	urls := make([]string, len(addresses))
	for i, a := range addresses {
		urls[i] = c.Scheme + "://" + a
	}
	return strings.Join(urls, ",")
}

// Cluster is the one that keeps a region's log; false if the region embeds a server.
func (t *Topology) Cluster(region string) (Cluster, bool) {
	url, ok := t.NATS.URL[region]
	if !ok {
		return Cluster{}, false
	}
	c, err := parseCluster(url)
	c.Credentials, c.Replicas = t.NATS.Credentials[region], cmp.Or(t.NATS.Replicas, 3)
	return c, err == nil // Validate has reported it
}

// parseCluster reads nats://a:4222,b:4222 and nats://a:4222,nats://b:4222. Its errors do
// not show the URL: a password may stand in one.
func parseCluster(url string) (c Cluster, err error) {
	scheme, rest, _ := strings.Cut(url, "://")
	if scheme != "nats" && scheme != "tls" {
		return c, errors.New("want nats://host:port,host:port or tls://host:port")
	}
	c.Scheme = scheme
	for server := range strings.SplitSeq(rest, ",") {
		server = strings.TrimPrefix(strings.TrimSpace(server), scheme+"://")
		if strings.Contains(server, "@") {
			return c, errors.New("it names a user: put a file with credentials under nats.credentials")
		}
		if host, port, err := net.SplitHostPort(server); err != nil || host == "" || port == "" {
			return c, fmt.Errorf("server %q is not host:port", server)
		}
		c.Servers = append(c.Servers, server)
	}
	return c, nil
}

func (c Clusters) validate(regions []Region) error {
	if !slices.Contains([]int{0, 1, 3, 5}, c.Replicas) {
		return fmt.Errorf("nats.replicas is %d, want 1, 3 or 5", c.Replicas)
	}
	known := map[string]bool{}
	for _, r := range regions {
		known[r.Name] = true
		url, ok := c.URL[r.Name]
		if !ok {
			continue
		}
		if r.NATS != "" || r.Monitor != "" {
			return fmt.Errorf("nats.url.%[1]s: %[1]s embeds a server too: leave out its nats and monitor, or this", r.Name)
		}
		if _, err := parseCluster(url); err != nil {
			return fmt.Errorf("nats.url.%s: %w", r.Name, err)
		}
	}
	for name := range c.URL {
		if !known[name] {
			return fmt.Errorf("nats.url: unknown region %q", name)
		}
	}
	for name := range c.Credentials {
		if _, ok := c.URL[name]; !ok {
			return fmt.Errorf("nats.credentials: there is no nats.url of %q", name)
		}
	}
	return nil
}

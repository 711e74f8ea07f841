package topology

import "net"

// OnNamedHosts is t with every part on the host of its own name, as it is in containers:
// region-us, postgres-us and router-us, toxiproxy, and links-us for the links that us dials.
// Ports stay those of the file, so one topology.yaml holds inside and outside.
func (t *Topology) OnNamedHosts() *Topology {
	named := *t
	named.Regions = make([]Region, len(t.Regions))
	for i, r := range t.Regions {
		node := "region-" + r.Name
		named.Regions[i] = Region{
			Name:     r.Name,
			Router:   onHost("router-"+r.Name, r.Router),
			HTTP:     onHost(node, r.HTTP),
			NATS:     onHost(node, r.NATS),
			Monitor:  onHost(node, r.Monitor),
			Postgres: onHost("postgres-"+r.Name, r.Postgres),
		}
	}
	if len(t.Links.Listeners) == 0 {
		return &named
	}
	named.Links = Links{API: onHost("toxiproxy", t.Links.API), Listeners: map[string]string{}}
	for _, l := range t.AllLinks() {
		named.Links.Listeners[l.Name()] = onHost("links-"+l.Dialer, l.Listen)
	}
	return &named
}

// onHost is address with another host. What is elsewhere stays there: a database with a
// connection string, and a cluster, beside which a region has no server.
func onHost(host, address string) string {
	if address == "" || isDSN(address) {
		return address
	}
	_, port, _ := net.SplitHostPort(address) // Load has checked it
	return net.JoinHostPort(host, port)
}

package topology

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Topology is the content of topology.yaml.
type Topology struct {
	Regions   []Region                 `yaml:"regions"`
	RTT       map[string]time.Duration `yaml:"rtt"`    // by pair, "us-eu"
	Jitter    time.Duration            `yaml:"jitter"` // plus or minus, on the round trip
	Links     Links                    `yaml:"links"`
	Handles   Handles                  `yaml:"handles"`
	Retention Retention                `yaml:"retention"`
	Relay     Relay                    `yaml:"relay"`
	NATS      Clusters                 `yaml:"nats,omitempty"`
	Clock     Clock                    `yaml:"clock,omitempty"`
	Router    Router                   `yaml:"router,omitempty"`
	Guards    Guards                   `yaml:"guards,omitempty"`
}

// Region is one region's name and the addresses (host:port) it listens on. NATS and
// Monitor are those of the server that it embeds, and empty if it has a cluster instead.
type Region struct {
	Name     string `yaml:"name"`
	Router   string `yaml:"router"`
	HTTP     string `yaml:"http"`
	NATS     string `yaml:"nats,omitempty"`
	Monitor  string `yaml:"monitor,omitempty"`
	Postgres string `yaml:"postgres"` // host:port, or a connection string as libpq understands it
}

// Retention bounds what a region keeps: for others (I4), and for its clients.
type Retention struct {
	PeerAge     time.Duration `yaml:"peer_age"`     // silence after which a peer is de-registered
	PeerBytes   int64         `yaml:"peer_bytes"`   // outbox and inbox held back by one peer after which it is de-registered
	StreamBytes int64         `yaml:"stream_bytes"` // size of the JetStream cache
	Conflicts   int64         `yaml:"conflicts"`    // lost writes that can be looked up
	Idempotency time.Duration `yaml:"idempotency"`  // life of an Idempotency-Key
}

// Relay says whether, and after what silence of its origin, a log is read from
// another holder.
type Relay struct {
	Enabled bool          `yaml:"enabled"`
	After   time.Duration `yaml:"after"`
}

// Clock is what a region's stamps come from. Its zero value is what a service wants; the
// others show what clocks can cost.
type Clock struct {
	Mode string                   `yaml:"mode,omitempty"` // hlc, or wall. Defaults to hlc
	Skew map[string]time.Duration `yaml:"skew,omitempty"` // by region, added to its physical clock
}

// Router is how routers choose.
type Router struct {
	Policy string `yaml:"policy,omitempty"` // which region is the nearest: static, by rtt, or measured. Defaults to static
}

// Load reads and validates the file at path.
func Load(path string) (*Topology, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read topology: %w", err)
	}
	t := &Topology{}
	if err := yaml.UnmarshalWithOptions(text, t, yaml.Strict()); err != nil {
		// Without the lines around it, which may hold a password.
		return nil, fmt.Errorf("parse %s: %s", path, yaml.FormatError(err, false, false))
	}
	if err := t.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Region returns the region of that name.
func (t *Topology) Region(name string) (Region, error) {
	for _, r := range t.Regions {
		if r.Name == name {
			return r, nil
		}
	}
	return Region{}, fmt.Errorf("unknown region %q: topology.yaml has %v", name, t.Names())
}

// Names lists the regions in the file's order.
func (t *Topology) Names() []string {
	names := make([]string, len(t.Regions))
	for i, r := range t.Regions {
		names[i] = r.Name
	}
	return names
}

// Peers lists every region but self, in the file's order.
func (t *Topology) Peers(self string) []string {
	var peers []string
	for _, r := range t.Regions {
		if r.Name != self {
			peers = append(peers, r.Name)
		}
	}
	return peers
}

// Distance is the round-trip time between two regions, zero from one to itself.
func (t *Topology) Distance(a, b string) time.Duration {
	if d, ok := t.RTT[a+"-"+b]; ok {
		return d
	}
	return t.RTT[b+"-"+a]
}

// Validate reports what is wrong with t, in every section at once.
func (t *Topology) Validate() error {
	known := map[string]bool{}
	for _, r := range t.Regions {
		known[r.Name] = true
	}
	return errors.Join(
		t.validateNames(),
		t.validateAddresses(),
		t.NATS.validate(t.Regions),
		t.validateRTT(known),
		t.validateLinks(),
		t.Handles.validate(known),
		t.Retention.validate(),
		t.Relay.validate(),
		t.Clock.validate(known),
		t.Router.validate(),
	)
}

func (t *Topology) validateNames() error {
	if len(t.Regions) == 0 {
		return errors.New("no regions")
	}
	seen := map[string]bool{}
	for _, r := range t.Regions {
		if !nameOK(r.Name) {
			return fmt.Errorf("region name %q: want 1 to 16 lower-case letters or digits, a letter first", r.Name)
		}
		if seen[r.Name] {
			return fmt.Errorf("region %q appears twice", r.Name)
		}
		seen[r.Name] = true
	}
	return nil
}

// validateRTT checks that every pair of regions has one distance, and no other.
func (t *Topology) validateRTT(known map[string]bool) error {
	for pair := range t.RTT {
		a, b, _ := strings.Cut(pair, "-")
		if !known[a] || !known[b] || a == b {
			return fmt.Errorf("rtt: %q is not a pair of regions", pair)
		}
		if _, twice := t.RTT[b+"-"+a]; twice {
			return fmt.Errorf("rtt: %s-%s appears in both directions", min(a, b), max(a, b))
		}
	}
	for i, a := range t.Regions {
		for _, b := range t.Regions[i+1:] {
			if t.Distance(a.Name, b.Name) <= 0 {
				return fmt.Errorf("rtt: %s-%s is missing or not positive", a.Name, b.Name)
			}
		}
	}
	if t.Jitter < 0 {
		return fmt.Errorf("jitter is %v, want 0 or more", t.Jitter)
	}
	return nil
}

func (c Clock) validate(known map[string]bool) error {
	if c.Mode != "" && c.Mode != "hlc" && c.Mode != "wall" {
		return fmt.Errorf("clock: mode is %q, want hlc or wall", c.Mode)
	}
	for name := range c.Skew {
		if !known[name] {
			return fmt.Errorf("clock: skew of %q: there is no such region", name)
		}
	}
	return nil
}

func (r Router) validate() error {
	if r.Policy != "" && r.Policy != "static" && r.Policy != "measured" {
		return fmt.Errorf("router: policy is %q, want static or measured", r.Policy)
	}
	return nil
}

func (r Relay) validate() error {
	if r.Enabled && r.After <= 0 {
		return errors.New("relay.after must be positive (use relay.enabled: false to switch it off)")
	}
	return nil
}

func (r Retention) validate() error {
	if r.PeerAge <= 0 || r.PeerBytes <= 0 || r.StreamBytes <= 0 || r.Conflicts <= 0 || r.Idempotency <= 0 {
		return errors.New("retention: peer_age, peer_bytes, stream_bytes, conflicts and idempotency must all be positive")
	}
	if r.PeerAge < leastPeerAge {
		return fmt.Errorf("retention: peer_age is %s, want at least %s: a peer that is silent for 5 s may only be slow", r.PeerAge, leastPeerAge)
	}
	return nil
}

// leastPeerAge is longer than the silence after which a peer counts as out of reach, or
// one would be registered and de-registered in turn.
const leastPeerAge = 6 * time.Second

// nameOK keeps names usable in proxy names, stream names and version vectors.
func nameOK(s string) bool {
	if s == "" || len(s) > 16 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

package results

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"pangea/gen"
	"pangea/region/topology"
)

// Record is one run of an experiment, and what came of it.
type Record struct {
	Name    string        `json:"name"`  // of its files: small letters, digits and dashes
	Title   string        `json:"title"` // a line
	About   string        `json:"about"` // what was done, in a paragraph or two
	Command string        `json:"command"`
	Seed    uint64        `json:"seed"`
	Started time.Time     `json:"started"`
	Elapsed time.Duration `json:"elapsed_ns"`
	Machine gen.Machine   `json:"machine"`
	Network Network       `json:"network"`

	// Writes is how many single writes Pangea acknowledged, in all of the run.
	Writes uint64 `json:"writes"`

	Claims []Claim `json:"claims"`
	Tables []Table `json:"tables"`
	Charts []Chart `json:"charts"`

	// Figures is whatever else belongs to it. Only the JSON file has them.
	Figures any `json:"figures,omitempty"`
}

// Network is the latency matrix that was on.
type Network struct {
	RTT    map[string]time.Duration `json:"rtt_ns"` // by pair of regions
	Jitter time.Duration            `json:"jitter_ns"`
}

// NetworkOf is that of a topology.
func NetworkOf(t *topology.Topology) Network { return Network{RTT: t.RTT, Jitter: t.Jitter} }

// Claim is a sentence that the run was to prove.
type Claim struct {
	Text  string `json:"text"`
	Held  bool   `json:"held"`
	Found string `json:"found"`           // the figure that decides it
	Speed bool   `json:"speed,omitempty"` // a slower or busier machine may break it; any other, none may
}

// Claim adds one that has to hold on any machine.
func (r *Record) Claim(held bool, text, found string, args ...any) {
	r.Of("").Claim(held, text, found, args...)
}

// ClaimOfSpeed adds one that a slower or busier machine may break: of a time, of a rate, or
// of two things that have to happen at once.
func (r *Record) ClaimOfSpeed(held bool, text, found string, args ...any) {
	r.Of("").ClaimOfSpeed(held, text, found, args...)
}

// Subject adds claims to a record that begin with what they are about.
type Subject struct {
	record *Record
	prefix string
}

// Of begins the claims that are about one part of a run, such as "relay on: ".
func (r *Record) Of(prefix string) Subject { return Subject{r, prefix} }

// Claim is that of Record.
func (s Subject) Claim(held bool, text, found string, args ...any) {
	s.add(Claim{Text: text, Held: held, Found: fmt.Sprintf(found, args...)})
}

// ClaimOfSpeed is that of Record.
func (s Subject) ClaimOfSpeed(held bool, text, found string, args ...any) {
	s.add(Claim{Text: text, Held: held, Found: fmt.Sprintf(found, args...), Speed: true})
}

func (s Subject) add(c Claim) {
	c.Text = s.prefix + c.Text
	s.record.Claims = append(s.record.Claims, c)
}

// Broken lists the claims that did not hold.
func (r *Record) Broken() []Claim {
	return slices.DeleteFunc(slices.Clone(r.Claims), func(c Claim) bool { return c.Held })
}

// Sound reports whether no claim is broken but such as a slower or busier machine may break.
func (r *Record) Sound() bool {
	return !slices.ContainsFunc(r.Claims, func(c Claim) bool { return !c.Held && !c.Speed })
}

// Err says that a claim did not hold, or nothing.
func (r *Record) Err() error {
	broken := r.Broken()
	switch len(broken) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("it does not hold that %s: %s", broken[0].Text, broken[0].Found)
	}
	return fmt.Errorf("%d of %d claims do not hold, the first: %s: %s", len(broken), len(r.Claims), broken[0].Text, broken[0].Found)
}

var nameOK = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (r *Record) validate() error {
	switch {
	case !nameOK.MatchString(r.Name):
		return fmt.Errorf("the name of a record is %q: want small letters, digits and dashes", r.Name)
	case r.Title == "" || r.Command == "":
		return fmt.Errorf("record %s: no title or no command", r.Name)
	case r.Machine.Commit == "":
		return fmt.Errorf("record %s: no commit: run it in a checkout", r.Name)
	case r.Started.IsZero() || r.Machine.Cores == 0:
		return fmt.Errorf("record %s: no time or no machine", r.Name)
	case len(r.Network.RTT) == 0:
		return fmt.Errorf("record %s: no latency matrix", r.Name)
	}
	return nil
}

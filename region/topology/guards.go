package topology

// Guards are what keeps reads honest. Each is on unless topology.yaml says false, which is
// for experiments that show what it keeps away.
type Guards struct {
	// CausalWait: an entry waits for what its writer had seen (I6). Off, it still waits for
	// the adds of tags that it takes away: without these, regions would differ (I7). Defaults
	// to true.
	CausalWait *bool `yaml:"causal_wait,omitempty"`
	// Readiness: a region that returns catches up before it serves (I13). Defaults to true.
	Readiness *bool `yaml:"readiness,omitempty"`
}

// CausalWaitOff reports whether I6 is given up.
func (g Guards) CausalWaitOff() bool { return isFalse(g.CausalWait) }

// ReadinessOff reports whether I13 is given up.
func (g Guards) ReadinessOff() bool { return isFalse(g.Readiness) }

// Off names the guards that are off, as topology.yaml does.
func (g Guards) Off() []string {
	var names []string
	if g.CausalWaitOff() {
		names = append(names, "causal_wait")
	}
	if g.ReadinessOff() {
		names = append(names, "readiness")
	}
	return names
}

func isFalse(b *bool) bool { return b != nil && !*b }

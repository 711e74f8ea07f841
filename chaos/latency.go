package chaos

import (
	"context"
	"fmt"
	"time"
)

// Latency moves two regions apart: "us eu 300ms", and an optional jitter. Healing
// it gives them back the distance of the topology.
func (w *World) Latency(words []string, jitter string) (Fault, error) {
	if len(words) != 3 {
		return Fault{}, misuse("name two of %s and their round trip, such as %s %s 300ms, or reset",
			names(w.Topology), w.Topology.Names()[0], w.Topology.Names()[1])
	}
	p, err := parsePair(w.Topology, words[:2])
	if err != nil {
		return Fault{}, err
	}
	rtt, plusMinus, err := parseLatency(words[2], jitter, w.Topology.Jitter)
	if err != nil {
		return Fault{}, err
	}
	usual := w.Topology.Distance(p.a, p.b)
	set := func(rtt, jitter time.Duration) func(context.Context) error {
		return func(ctx context.Context) error { return w.Network.Latency(ctx, p.a, p.b, rtt, jitter) }
	}
	between := func(rtt, jitter time.Duration) string {
		return fmt.Sprintf("the round trip between %s and %s is %v ± %v", p.a, p.b, rtt, jitter)
	}
	return Fault{
		Name:   fmt.Sprintf("latency %s %v", p, rtt),
		Inject: set(rtt, plusMinus),
		Heal:   set(usual, w.Topology.Jitter),
		Broken: between(rtt, plusMinus),
		Whole:  between(usual, w.Topology.Jitter),
		Cure:   "latency reset",
	}, nil
}

// parseLatency uses the usual jitter, as far as it fits, where none is given.
func parseLatency(rtt, jitter string, usual time.Duration) (d, j time.Duration, err error) {
	if d, err = time.ParseDuration(rtt); err != nil || d < 0 {
		return 0, 0, misuse("%q is no round trip: write it as 300ms or 1.5s", rtt)
	}
	if jitter == "" {
		return d, min(d, usual), nil
	}
	if j, err = time.ParseDuration(jitter); err != nil || j < 0 || j > d {
		return 0, 0, misuse("%q is no jitter: write a duration from 0s to the round trip, %v", jitter, d)
	}
	return d, j, nil
}

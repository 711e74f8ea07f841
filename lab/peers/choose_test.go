package peers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/lab/trend"
)

// flat and growing are measurements of a system that keeps up, and of one that does not.
func flat(system string, clients int, rate float64) Measurement {
	return Measurement{
		System: system, Rows: 1, Clients: clients, Rate: rate, Drained: true, Drain: time.Second,
		Slope: trend.Line{Known: true, Low: -1, High: 1},
	}
}

func growing(system string, clients int, rate float64) Measurement {
	m := flat(system, clients, rate)
	m.Slope.Low = 0.1
	return m
}

func TestChoose_TheMostThatIsFlat(t *testing.T) {
	slow := flat("a", 64, 9000)
	slow.Drain = 3 * time.Second
	for want, tried := range map[int][]Measurement{
		16: {flat("a", 8, 5000), flat("a", 16, 6000), growing("a", 32, 8000), slow},
		32: {growing("a", 16, 6000), growing("a", 32, 8000)},
		8:  {growing("a", 4, 9000), flat("a", 8, 1)},
	} {
		if got := choose(tried).Clients; got != want {
			t.Errorf("chose %d clients, want %d", got, want)
		}
	}
}

// in has measurements made in a round.
func in(round int, all ...Measurement) []Measurement {
	for i := range all {
		all[i].Round = round
	}
	return all
}

// What keeps up counts. A round without it counts for the peer, at its slowest, and not
// for Pangea.
func TestComparison_FavoursThePeer(t *testing.T) {
	c := &Comparison{Config: Config{Rounds: 3, Batch: 100}, Pangea: "p", Peer: "q", Rounds: slices.Concat(
		in(1, flat("p", 1, 9000)), in(2, growing("p", 1, 90000), flat("p", 1, 8000)), in(3, growing("p", 1, 90000), growing("p", 1, 7000)),
		in(1, flat("q", 1, 4000)), in(2, growing("q", 1, 4500), growing("q", 1, 4250)), in(3, growing("q", 1, 5100), flat("q", 1, 4600)),
	)}
	if got := c.Ratio(1); got != 2 {
		t.Errorf("got a ratio of %v, want 8500 to 4250", got)
	}
	if got := c.Ratio(100); got != 0 {
		t.Errorf("got a ratio of %v of nothing", got)
	}
	claims := c.Record().Claims
	if !claims[0].Held || !strings.Contains(claims[0].Found, "2.00") || claims[1].Held {
		t.Errorf("got %+v, want 2.00, and the second broken by the round in which nothing is flat", claims[:2])
	}
}

// What a system does not keep up with it gets slower, with or without a pace before.
func TestLoad_Slower(t *testing.T) {
	for _, l := range []Load{{Clients: 8, Rows: 100}, {Clients: 8, Rows: 100, Pace: 7000}} {
		got := l.slower(growing("q", 8, 6000))
		if l.Pace = 5400; got != l {
			t.Errorf("got %+v, want %+v", got, l)
		}
	}
}

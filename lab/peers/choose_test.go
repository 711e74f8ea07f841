package peers

import (
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

// What does not keep up counts for the peer, and not for Pangea.
func TestComparison_FavoursThePeer(t *testing.T) {
	c := &Comparison{Config: Config{Rounds: 3, Batch: 100}, Pangea: "p", Peer: "q", Rounds: []Measurement{
		flat("p", 1, 9000), flat("p", 1, 8000), growing("p", 1, 90000),
		flat("q", 1, 4000), growing("q", 1, 4250), growing("q", 1, 4500),
	}}
	if got := c.Ratio(1); got != 2 {
		t.Errorf("got a ratio of %v, want 8500 to 4250", got)
	}
	if got := c.Ratio(100); got != 0 {
		t.Errorf("got a ratio of %v of nothing", got)
	}
	claims := c.Record().Claims
	if !claims[0].Held || !strings.Contains(claims[0].Found, "2.00") || claims[1].Held {
		t.Errorf("got %+v, want 2.00, and the second broken by the round that is not flat", claims[:2])
	}
}

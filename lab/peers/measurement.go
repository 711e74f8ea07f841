package peers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pangea/lab/trend"
)

// drainLimit is how long after the end of a load whose lag is called flat all of it has
// arrived, at the latest.
const drainLimit = 2 * time.Second

// Measurement is what one load on one system led to.
type Measurement struct {
	System  string `json:"system"`
	Round   int    `json:"round"` // 0 while the best client count is looked for
	Rows    int    `json:"rows"`
	Clients int    `json:"clients"` // in each region

	// Pace is what the clients kept to, in rows per second in all regions; 0 if none.
	Pace float64 `json:"pace,omitempty"`

	Writes  uint64        `json:"writes"`
	Failed  uint64        `json:"failed"`
	Rate    float64       `json:"writes_per_second"`
	P99     time.Duration `json:"p99_ns"`
	Lag     trend.Summary `json:"lag_seconds"` // in the last two thirds of the load
	Slope   trend.Line    `json:"slope"`       // of it
	Drain   time.Duration `json:"drain_ns"`
	Drained bool          `json:"drained"` // in time

	Differing int `json:"differing_keys"` // of all loads since the system started
}

// Flat reports whether the system kept up: its lag did not grow, and what was missing at
// the end arrived soon.
func (m Measurement) Flat() bool { return m.Slope.Flat() && m.Drained && m.Drain <= drainLimit }

// String is one line.
func (m Measurement) String() string {
	lag := "lag flat"
	if !m.Flat() {
		lag = "lag NOT flat"
	}
	return fmt.Sprintf("%-9s %s clients × %d rows: %.0f writes/s, p99 %.1f ms, %s (p50 %.0f ms), drained in %.2f s",
		m.System, m.clients(), m.Rows, m.Rate, ms(m.P99), lag, 1000*m.Lag.Median, m.Drain.Seconds())
}

// clients are how many, and at which pace.
func (m Measurement) clients() string {
	if m.Pace == 0 {
		return fmt.Sprint(m.Clients)
	}
	return fmt.Sprintf("%d at %.0f/s", m.Clients, m.Pace)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// measure loads a system, watches it, and waits until it is at rest.
func (e *Experiment) measure(ctx context.Context, s System, running Running, l Load) (Measurement, error) {
	p := &probe{running: running, regions: e.cfg.Regions, began: time.Now()}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	watched := make(chan error, 1)
	go func() { watched <- p.run(watching) }()
	answers, err := running.Load(ctx, l)
	ended := time.Now()
	stop()
	if err := errors.Join(err, <-watched); err != nil {
		return Measurement{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	m := Measurement{System: s.Name, Rows: l.Rows, Clients: l.Clients, Pace: l.Pace, Writes: answers.Writes, Failed: answers.Failed, P99: answers.P99}
	m.Rate = float64(answers.Writes) / answers.Elapsed.Seconds()
	warm := trend.After(p.lag, l.Duration.Seconds()/3)
	m.Lag, m.Slope = trend.Summarise(trend.Values(warm)), trend.Fit(warm)
	if m.Drained, err = drain(ctx, running, e.cfg.Regions); err != nil {
		return Measurement{}, fmt.Errorf("%s: wait for the last writes: %w", s.Name, err)
	}
	m.Drain = time.Since(ended)
	fmt.Fprintln(e.cfg.Progress, m)
	return m, nil
}

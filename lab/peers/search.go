package peers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

const (
	// halvings of the range in which the pace is that a system keeps up with.
	halvings = 5
	// margin is what is taken off that pace: what is flat for a short time may not be
	// for a long one.
	margin = 0.95
)

// best is the load of the rounds, and what was tried to find it.
func (e *Experiment) best(ctx context.Context, s System, rows int) ([]Measurement, Load, error) {
	load := Load{Clients: e.cfg.Clients, Rows: rows, Duration: e.cfg.Duration}
	if load.Clients > 0 {
		return nil, load, nil
	}
	tried, err := e.search(ctx, s, rows)
	if err != nil {
		return nil, load, err
	}
	m := choose(tried)
	load.Clients, load.Pace = m.Clients, m.Pace*margin
	return tried, load, nil
}

// search tries each client count, and then slows down the fastest if it does not keep
// up, all on one system that keeps running.
func (e *Experiment) search(ctx context.Context, s System, rows int) (tried []Measurement, err error) {
	fmt.Fprintf(e.cfg.Progress, "search, %s: %s starts\n", caption(rows), s.Name)
	running, err := s.Start(ctx)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	defer func() { err = errors.Join(err, running.Stop(context.WithoutCancel(ctx))) }()
	try := func(clients int, pace float64) (Measurement, error) {
		m, err := e.measure(ctx, s, running, Load{Clients: clients, Rows: rows, Duration: e.cfg.Search, Pace: pace})
		tried = append(tried, m)
		return m, err
	}
	for _, clients := range s.clients(rows) {
		if _, err := try(clients, 0); err != nil {
			return nil, err
		}
	}
	fastest := slices.MaxFunc(tried, func(a, b Measurement) int { return cmp.Compare(a.Rate, b.Rate) })
	if fastest.Flat() {
		return tried, nil
	}
	low, high := 0.0, fastest.Rate
	for range halvings {
		pace := (low + high) / 2
		m, err := try(fastest.Clients, pace)
		if err != nil {
			return nil, err
		}
		if m.Flat() {
			low = pace
		} else {
			high = pace
		}
	}
	return tried, nil
}

// choose is the measurement with the most writes among those whose lag was flat, or of
// all if there is none.
func choose(tried []Measurement) Measurement {
	best := tried[0]
	for _, m := range tried[1:] {
		if m.Flat() && !best.Flat() || m.Flat() == best.Flat() && m.Rate > best.Rate {
			best = m
		}
	}
	return best
}

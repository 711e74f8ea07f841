package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/lab/postgres"
	"pangea/lab/process"
)

// stopWithin bounds the wait for one part to end in order.
const stopWithin = 20 * time.Second

// The notes of every part that Down ends.
const (
	Stopping = "stopping"
	Stopped  = "stopped"
)

// Down ends every part in order, with nothing left to recover. One that does not
// end in time is killed.
func (s *Stack) Down(ctx context.Context, report Report) error {
	lock, err := s.lock(ctx, report)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := s.lower(ctx, oneAtATime(report)); err != nil {
		return err
	}
	for _, region := range s.topo.Names() { // as toxiproxy forgets what was done to the links
		if err := s.Unskew(region); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) lower(ctx context.Context, report Report) error {
	for _, row := range slices.Backward(s.rows) {
		g, ctx := errgroup.WithContext(ctx)
		for _, p := range row {
			g.Go(func() error { return s.end(ctx, p, report) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) end(ctx context.Context, p part, report Report) error {
	waiting, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	report(p.name, Stopping)
	err := process.Stop(waiting, s.pidFile(p), p.stop)
	if waiting.Err() != nil && ctx.Err() == nil {
		report(p.name, fmt.Sprintf("killed: it did not stop within %v", stopWithin))
		err = s.Kill(p.name)
	}
	if err != nil {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	report(p.name, Stopped)
	return remove(s.pidFile(p)) // one that stays says that the part died
}

// Clean is Down, and deletes all data and logs. The built programs stay.
func (s *Stack) Clean(ctx context.Context, report Report) error {
	lock, err := s.lock(ctx, report)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := s.lower(ctx, oneAtATime(report)); err != nil {
		return err
	}
	if err := s.cleanFresh(ctx, report); err != nil {
		return err
	}
	if err := s.removeClusters(); err != nil {
		return err
	}
	entries, err := os.ReadDir(s.state())
	if err != nil {
		return fmt.Errorf("list state: %w", err)
	}
	for _, e := range entries {
		if e.Name() == "bin" || e.Name() == "lock" {
			continue
		}
		if err := os.RemoveAll(s.state(e.Name())); err != nil {
			return fmt.Errorf("remove %s: %w", e.Name(), err)
		}
	}
	return nil
}

func (s *Stack) removeClusters() error {
	for _, r := range s.topo.Regions {
		cluster, err := s.cluster(r, postgres.Binaries{})
		if err != nil {
			return err
		}
		if err := cluster.Remove(); err != nil {
			return fmt.Errorf("remove postgres-%s: %w", r.Name, err)
		}
	}
	return postgres.Unplace(s.state("postgres"))
}

func remove(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove pid file: %w", err)
	}
	return nil
}

package stack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/lab/process"
)

const (
	// readyWithin bounds the wait for one part. Postgres may have to recover, and a
	// region to join a peer's snapshot of any size, and to catch up from there (I13).
	readyWithin = 10 * time.Minute
	pollEvery   = 50 * time.Millisecond
	// noteEvery is how often a wait is explained; a shorter one needs no reason.
	noteEvery = 2 * time.Second
)

// Report is told what a part is doing. Calls do not overlap.
type Report func(part, note string)

// The notes of every part: the first, and the last when it serves.
const (
	Starting = "starting"
	Ready    = "ready"
)

// Up starts every part that does not run, and returns when all are ready. It
// names the parts that it started.
func (s *Stack) Up(ctx context.Context, report Report) (started []string, err error) {
	lock, err := s.lock(ctx, report)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	dead, err := s.dead(slices.Concat(s.rows...))
	if err != nil {
		return nil, err
	}
	if err := checkPorts(ctx, dead); err != nil {
		return nil, err
	}
	report = oneAtATime(report)
	for _, row := range s.rows {
		if err := s.raise(ctx, row, report); err != nil {
			return nil, err
		}
	}
	for _, p := range dead {
		started = append(started, p.name)
	}
	return started, nil
}

// Start brings up one part, unless it runs, and returns when it is ready. A paused one goes on.
func (s *Stack) Start(ctx context.Context, name string) error {
	p, err := s.part(name)
	if err != nil {
		return err
	}
	quiet := func(string, string) {}
	lock, err := s.lock(ctx, quiet)
	if err != nil {
		return err
	}
	defer lock.Close()
	dead, err := s.dead([]part{p})
	if err != nil {
		return err
	}
	if err := checkPorts(ctx, dead); err != nil {
		return err
	}
	return s.bring(ctx, p, quiet)
}

// dead lists those parts that do not run.
func (s *Stack) dead(parts []part) ([]part, error) {
	var dead []part
	for _, p := range parts {
		_, alive, err := process.Find(s.pidFile(p))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if !alive {
			dead = append(dead, p)
		}
	}
	return dead, nil
}

// raise brings up the parts of a row together. The first that fails stops the
// waiting for the others.
func (s *Stack) raise(ctx context.Context, row []part, report Report) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, p := range row {
		g.Go(func() error { return s.bring(ctx, p, report) })
	}
	return g.Wait()
}

// bring starts the part unless it is alive, and returns when it is ready. A paused one goes on.
func (s *Stack) bring(ctx context.Context, p part, report Report) error {
	note := func(text string) { report(p.name, text) }
	logged := size(s.logFile(p))
	_, alive, err := process.Find(s.pidFile(p))
	switch {
	case err == nil && alive:
		err = process.Resume(ctx, s.pidFile(p))
	case err == nil:
		err = s.launch(ctx, p, note)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	if err := s.untilReady(ctx, p, logged, note); err != nil {
		return err
	}
	if err := p.settle(ctx); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	note(Ready)
	return nil
}

func (s *Stack) launch(ctx context.Context, p part, note func(string)) error {
	note(Starting)
	cmd, err := p.command(ctx, note)
	if err != nil {
		return err
	}
	return process.Start(cmd, s.pidFile(p), s.logFile(p))
}

// untilReady watches a live part. logged is the size of its log before it started.
func (s *Stack) untilReady(ctx context.Context, p part, logged int64, note func(string)) error {
	waiting, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	noted := time.Now()
	for reason := error(nil); ; {
		now := ask(waiting, p)
		if now == nil {
			return nil
		}
		if waiting.Err() == nil || reason == nil { // else it is only the end of the wait
			reason = now
		}
		if _, alive, err := process.Find(s.pidFile(p)); err != nil || !alive {
			return errors.Join(err, crashed(p, s.logFile(p), logged))
		}
		if time.Since(noted) > noteEvery {
			note(reason.Error())
			noted = time.Now()
		}
		select {
		case <-waiting.Done():
			if ctx.Err() != nil {
				return fmt.Errorf("%s is not ready: %w, %w", p.name, reason, ctx.Err())
			}
			return fmt.Errorf("%s is not ready after %v: %w (log: %s)", p.name, readyWithin, reason, s.logFile(p))
		case <-tick.C:
		}
	}
}

// oneAtATime lets parts that start together share one Report.
func oneAtATime(report Report) Report {
	var mu sync.Mutex
	return func(part, note string) {
		mu.Lock()
		defer mu.Unlock()
		report(part, note)
	}
}

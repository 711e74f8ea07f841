package failback

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/chaos"
	"pangea/gen"
	"pangea/gen/client"
	"pangea/lab/progress"
)

// sendersOf bounds the subjects that are written or read at once.
const sendersOf = 16

// prepare makes the subjects in the region that will go away, and waits until all have them.
func (m *measurement) prepare(ctx context.Context) error {
	bar := progress.Start(m.cfg.Progress, "subjects made in "+victim, len(m.subjects)+1)
	defer bar.End()
	group, making := errgroup.WithContext(ctx)
	group.SetLimit(sendersOf)
	for _, s := range append(slices.Clone(m.subjects), m.spare) {
		group.Go(func() error {
			defer bar.Step()
			if making.Err() != nil || m.send(making, victim, s.made()) {
				return making.Err()
			}
			return fmt.Errorf("%s does not take all writes of a subject", victim)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return m.settle(ctx)
}

// patience is for how long a write is repeated that had no effect (503): a region that
// serves before it is ready does not write before its log is proven (I14).
const patience = 10 * time.Second

// send reports whether a region has acknowledged all requests, in their order.
func (m *measurement) send(ctx context.Context, region string, requests []client.Request) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, r := range requests {
		answer, err := m.regions[region].Do(r, nil)
		for err == nil && answer.Status == http.StatusServiceUnavailable && chaos.Wait(ctx, 100*time.Millisecond) == nil {
			answer, err = m.regions[region].Do(r, nil)
		}
		if err != nil || answer.Status != http.StatusOK {
			return false
		}
	}
	return true
}

// change has the others change every subject while the region is away, each subject at once,
// and saves a snapshot half-way.
func (m *measurement) change(ctx context.Context) error {
	bar := progress.Start(m.cfg.Progress, "subjects changed by the others", len(m.subjects))
	defer bar.End()
	var group errgroup.Group
	half := len(m.subjects) / 2
	gen.Pace(ctx, time.Now(), float64(len(m.subjects))/m.cfg.Away.Seconds(), uint64(len(m.subjects)), func(i uint64, _ time.Time) {
		group.Go(func() error {
			m.changeOne(ctx, m.subjects[i])
			bar.Step()
			return nil
		})
		if int(i) == half && m.found.Readiness && m.clusters != nil {
			group.Go(func() error { return m.save(ctx) })
		}
	})
	err := group.Wait()
	for _, s := range m.subjects {
		if s.changed != nil {
			m.found.Changed++
			m.found.Writes += uint64(len(s.made()) + len(m.others)*len(s.changes("", 0)))
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// changeOne makes the changes of all others at once: they conflict.
func (m *measurement) changeOne(ctx context.Context, s *subject) {
	var (
		changing sync.WaitGroup
		failed   atomic.Bool
	)
	for i, name := range m.others {
		changing.Go(func() {
			if !m.send(ctx, name, s.changes(name, i)) {
				failed.Store(true)
			}
		})
	}
	changing.Wait()
	if !failed.Load() {
		s.changed = m.others
	}
}

// changed are the subjects of which it is known what is to be left of them.
func (m *measurement) changed() []*subject {
	return slices.DeleteFunc(slices.Clone(m.subjects), func(s *subject) bool { return s.changed == nil })
}

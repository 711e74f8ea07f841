package loss

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"pangea/crdt"
)

// stored is what the regions other than the lost one have of each log, together.
func (e *Experiment) stored(lost string) (crdt.Vector, error) {
	all := crdt.Vector{}
	for _, r := range e.topo.Regions {
		if r.Name == lost {
			continue
		}
		reader, err := newReader(r)
		if err != nil {
			return nil, err
		}
		_, stored, err := reader.positions()
		reader.close()
		if err != nil {
			return nil, err
		}
		all.Join(stored)
	}
	return all, nil
}

// findings is what one region lacks.
type findings struct {
	entries  []string
	counters []string
	promises map[int]bool // by index
}

// check reads everything back from all regions at once.
func (e *Experiment) check(ctx context.Context, r *Round, b *books, l loss) error {
	found := make([]findings, len(e.topo.Regions))
	group, ctx := errgroup.WithContext(ctx)
	for i, at := range e.topo.Regions {
		group.Go(func() error {
			reader, err := newReader(at)
			if err != nil {
				return err
			}
			defer reader.close()
			found[i], err = reader.lacks(ctx, b, l.stored)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, f := range found {
		r.MissingEntries = append(r.MissingEntries, f.entries...)
		r.MissingAcks = append(r.MissingAcks, f.counters...)
	}
	r.judge(b, l, found)
	return nil
}

// judge tells the promises that were broken from those that the loss has ended.
func (r *Round) judge(b *books, l loss, found []findings) {
	r.Kept = int(b.counters.Acknowledged)
	for i, p := range b.promises {
		missing := slices.ContainsFunc(found, func(f findings) bool { return f.promises[i] })
		switch {
		case !p.binds(l):
			if missing {
				r.Lost++
				r.LostSpan = max(r.LostSpan, l.from.Sub(p.acked))
			}
			continue
		case missing:
			r.MissingAcks = append(r.MissingAcks, p.String())
		}
		r.Kept++
	}
}

// lacks compares the region with what the survivors stored and what was promised.
func (r *reader) lacks(ctx context.Context, b *books, stored crdt.Vector) (f findings, err error) {
	if f.entries, err = r.lacksEntries(stored); err != nil {
		return f, err
	}
	if f.counters, err = r.wrongCounters(b); err != nil {
		return f, err
	}
	f.promises = map[int]bool{}
	for i, p := range b.promises {
		if ctx.Err() != nil {
			return f, ctx.Err()
		}
		kept, err := r.keeps(p)
		if err != nil {
			return f, err
		}
		if !kept {
			f.promises[i] = true
		}
	}
	return f, nil
}

func (r *reader) lacksEntries(stored crdt.Vector) ([]string, error) {
	applied, _, err := r.positions()
	if err != nil {
		return nil, err
	}
	var lacks []string
	for _, o := range stored.Origins() {
		if applied[o] < stored[o] {
			lacks = append(lacks, fmt.Sprintf("%s ends at entry %d of %s: a survivor had stored %d", r.region, applied[o], o, stored[o]))
		}
	}
	return lacks, nil
}

func (r *reader) wrongCounters(b *books) ([]string, error) {
	var wrong []string
	for _, key := range slices.Sorted(maps.Keys(b.counters.Counters)) {
		value, err := r.counter(key)
		if err != nil {
			return nil, err
		}
		if low, high := b.counters.Counters[key].Interval(); value < low || value > high {
			wrong = append(wrong, fmt.Sprintf("counter %s is %d in %s: want %d to %d", key, value, r.region, low, high))
		}
	}
	return wrong, nil
}

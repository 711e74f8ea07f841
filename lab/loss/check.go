package loss

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"
)

// findings is what one region lacks.
type findings struct {
	entries  []string
	compared int               // entries whose content it still has
	counters map[string]string // by key
	promises map[int]bool      // by index
}

// check reads everything back from all regions at once.
func (e *Experiment) check(ctx context.Context, r *Round, l loss) error {
	found := make([]findings, len(e.topo.Regions))
	due := e.books.due(l.round, e.cfg.Seed)
	group, ctx := errgroup.WithContext(ctx)
	for i, at := range e.topo.Regions {
		group.Go(func() error {
			reader, err := newReader(at)
			if err != nil {
				return err
			}
			defer reader.close()
			found[i], err = reader.lacks(ctx, e.books, due, l)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, f := range found {
		r.Compared += f.compared
		r.MissingEntries = append(r.MissingEntries, f.entries...)
		for _, key := range slices.Sorted(maps.Keys(f.counters)) {
			r.MissingAcks = append(r.MissingAcks, f.counters[key])
		}
	}
	r.judge(e.books, due, l, found)
	r.Unanswered = e.books.unanswered[r.Number]
	r.audit(e.topo.Names(), l)
	e.books.strike(found)
	return nil
}

// judge tells the promises that were broken from those that the loss has ended, and counts
// what was lost of those that the region gave before.
func (r *Round) judge(b *books, due []int, l loss, found []findings) {
	for _, i := range due {
		p, missing := b.promises[i], lackedByAny(found, i)
		if p.of(l) {
			r.acks(p.kind()).add(missing, l.from.Sub(p.acked))
		}
		if !p.binds(l) {
			continue
		}
		if missing {
			r.MissingAcks = append(r.MissingAcks, p.String())
		}
		r.owe(p.kind(), p.by, p.round, 1)
	}
	for _, a := range b.counters {
		r.owe(sums, a.by, a.round, int(a.Incr))
	}
}

// owe counts what was to be read back: by kind what is of this round, of which there
// must be some.
func (r *Round) owe(k Kind, by string, round, n int) {
	if round < r.Number {
		r.Former += n
		return
	}
	r.Owed.add(k, by, n)
}

func lackedByAny(found []findings, i int) bool {
	return slices.ContainsFunc(found, func(f findings) bool { return f.promises[i] })
}

// lacks compares the region with what the survivors stored and what was promised.
func (r *reader) lacks(ctx context.Context, b *books, due []int, l loss) (f findings, err error) {
	if f.entries, err = r.lacksEntries(l.stored); err != nil {
		return f, err
	}
	other, compared, err := r.otherEntries(l.entries)
	if err != nil {
		return f, err
	}
	f.entries, f.compared = append(f.entries, other...), compared
	if f.counters, err = r.wrongCounters(b); err != nil {
		return f, err
	}
	f.promises = map[int]bool{}
	for _, i := range due {
		if ctx.Err() != nil {
			return f, ctx.Err()
		}
		kept, err := r.keeps(b.promises[i])
		if err != nil {
			return f, err
		}
		if !kept {
			f.promises[i] = true
		}
	}
	return f, nil
}

func (r *reader) wrongCounters(b *books) (map[string]string, error) {
	wrong := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(b.counters)) {
		value, err := r.counter(key)
		if err != nil {
			return nil, err
		}
		if low, high := b.counters[key].Interval(); value < low || value > high {
			wrong[key] = fmt.Sprintf("counter %s is %d in %s: want %d to %d", key, value, r.region, low, high)
		}
	}
	return wrong, nil
}

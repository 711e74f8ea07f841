package loss

import (
	"context"
	"errors"
	"maps"
	"slices"

	"pangea/crdt"
	"pangea/gen/workload"
)

// plant has the check look for what there is not, and reports whether it misses all of it: a
// write of each class, one increment of a counter of many, an entry, and the content of one.
func (e *Experiment) plant(ctx context.Context) (bool, error) {
	told := *e
	told.books = newBooks()
	for _, class := range workload.Classes() {
		told.books.promises = append(told.books.promises, promise{class: class, key: e.id + "-planted", value: "0", by: e.topo.Names()[0]})
	}
	if err := told.books.plantIncrement(e.books); err != nil {
		return false, err
	}
	l, err := e.plantEntries()
	if err != nil {
		return false, err
	}
	r, regions := newRound(Schedule{}), len(e.topo.Regions)
	err = told.check(ctx, r, l)
	return r.Compared > 0 && len(r.MissingEntries) == regions+r.Compared &&
		len(r.MissingAcks) == len(workload.Classes())+regions, err
}

// plantIncrement says that a counter of many had one increment more.
func (b *books) plantIncrement(of *books) error {
	keys := slices.Sorted(maps.Keys(of.counters))
	if len(keys) == 0 {
		return errors.New("plant a fault: no counter was written to")
	}
	a := of.counters[keys[0]]
	a.Incr, a.UnansweredIncrs = a.Incr+a.UnansweredIncrs+1, 0
	b.counters[keys[0]] = a
	return nil
}

// plantEntries is a loss of the first region, of whose newest log the others had another last
// entry than they had, and one more.
func (e *Experiment) plantEntries() (loss, error) {
	l := loss{region: e.topo.Names()[0]}
	if err := e.remember(&l); err != nil {
		return l, err
	}
	if len(l.entries) == 0 {
		return l, errors.New("plant a fault: nobody holds an entry of " + l.region)
	}
	last := l.entries[len(l.entries)-1]
	last.sum[0]++
	l.entries, l.stored = []entry{last}, crdt.Vector{last.log: last.seq + 1}
	return l, nil
}

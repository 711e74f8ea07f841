package state_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// replica is a region without a database: it keeps its rows in maps, and stores what
// a cycle changed as the store does.
type replica struct {
	origin  crdt.Origin
	mode    state.ClockMode
	rows    *state.Rows
	ledger  map[state.Book]state.Tally
	lost    []state.Conflict
	owed    map[state.Book]int64 // own events that joins dropped and did not book, less those that they brought
	applied crdt.Vector
	log     []*region.Entry
	ordinal uint64
	clock   crdt.Stamp
	sum     region.Checksum

	careless bool // it waits for nothing but the adds that an entry takes away
}

func newReplica(name string, mode state.ClockMode) *replica {
	return &replica{
		origin: crdt.Origin{Region: name, Epoch: 1}, mode: mode, rows: state.NewRows(),
		ledger: map[state.Book]state.Tally{}, owed: map[state.Book]int64{}, applied: crdt.Vector{},
	}
}

// fill copies the wanted rows from what the replica keeps, as Was and as Now.
func (r *replica) fill(rows *state.Rows) {
	fill(rows.Profile, r.rows.Profile, same)
	fill(rows.Handle, r.rows.Handle, same)
	fill(rows.Prefs, r.rows.Prefs, same)
	fill(rows.Counter, r.rows.Counter, func(c crdt.Counter) crdt.Counter { return maps.Clone(c) })
	fill(rows.Tags, r.rows.Tags, func(d crdt.Dots) crdt.Dots { return append(crdt.Dots(nil), d...) })
	fill(rows.Once, r.rows.Once, same)
}

func same[T any](v T) T { return v }

func fill[K comparable, T any](wanted, kept map[K]*state.Cell[T], clone func(T) T) {
	for key, cell := range wanted {
		if row := kept[key]; row != nil {
			cell.Was, cell.Now = clone(row.Now), clone(row.Now)
		}
	}
}

func (r *replica) keep(rows *state.Rows, account *state.Account) {
	maps.Copy(r.rows.Profile, rows.Profile)
	maps.Copy(r.rows.Handle, rows.Handle)
	maps.Copy(r.rows.Prefs, rows.Prefs)
	maps.Copy(r.rows.Counter, rows.Counter)
	maps.Copy(r.rows.Tags, rows.Tags)
	maps.Copy(r.rows.Once, rows.Once)
	for book, t := range account.Tallies {
		sum := r.ledger[book]
		sum.Committed += t.Committed
		sum.Merged += t.Merged
		for _, v := range crdt.Verdicts() {
			sum.End(v, t.Ended(v))
		}
		r.ledger[book] = sum
	}
	r.lost = append(r.lost, account.Conflicts...)
}

// write commits a group at the physical time now.
func (r *replica) write(now time.Time, writes ...region.Write) ([]region.Result, []error) {
	rows := state.NewRows()
	for i := range writes {
		rows.Want(&writes[i])
	}
	r.fill(rows)
	p := state.NewPlan(state.NewCycle(r.origin.Region, rows), region.Entry{
		Origin: r.origin, Seq: uint64(len(r.log)) + 1, Deps: r.applied.Clone(), FirstOrdinal: r.ordinal + 1, CommittedAt: now,
	}, r.clock, r.mode)
	results, errs := make([]region.Result, len(writes)), make([]error, len(writes))
	for i := range writes {
		results[i], errs[i] = p.Do(&writes[i])
	}
	r.keep(p.Rows, &p.Account)
	if len(p.Entry.Events) > 0 {
		p.Entry.Encode(nil, r.sum)
		r.sum, r.clock = p.Entry.Checksum, p.Clock
		r.ordinal += uint64(len(p.Entry.Events))
		r.log = append(r.log, &p.Entry)
		r.applied[r.origin] = p.Entry.Seq
	}
	return results, errs
}

// receive applies e, which must be the next of its log, after a trip through the
// encoding. It reports false if e depends on what is not applied yet (I6).
func (r *replica) receive(e *region.Entry) bool {
	needs := e.Deps
	if r.careless {
		needs = e.Removals()
	}
	if r.applied[e.Origin] != e.Seq-1 || !r.applied.Covers(needs) {
		return false
	}
	e, err := region.Decode(e.Payload)
	if err != nil {
		panic(err)
	}
	rows := state.NewRows()
	for i := range e.Events {
		rows.WantEvent(&e.Events[i])
	}
	r.fill(rows)
	c := state.NewCycle(r.origin.Region, rows)
	c.ApplyEntry(e)
	r.keep(c.Rows, &c.Account)
	r.applied[e.Origin] = e.Seq
	return true
}

// text shows the replicated state, for comparison.
func (r *replica) text() map[string]string {
	out := map[string]string{}
	for k, c := range r.rows.Profile {
		out["profile "+k] = fmt.Sprint(c.Now)
	}
	for k, c := range r.rows.Handle {
		out["handle "+k] = fmt.Sprint(c.Now)
	}
	for m, c := range r.rows.Prefs {
		if !c.Now.Empty() {
			out[prefsText(m)] = fmt.Sprint(c.Now)
		}
	}
	for k, c := range r.rows.Counter {
		if len(c.Now) > 0 {
			out["counter "+k] = fmt.Sprint(c.Now)
		}
	}
	for m, c := range r.rows.Tags {
		dots := map[crdt.Origin]crdt.Dot{}
		for _, d := range c.Now {
			dots[d.Origin] = d
		}
		if len(dots) > 0 {
			out[fmt.Sprint("tags ", m)] = fmt.Sprint(dots)
		}
	}
	return out
}

func prefsText(m state.Member) string { return fmt.Sprint("prefs ", m) }

// live counts the stored events of the replica's own logs.
func (r *replica) live() map[state.Book]int64 {
	n := map[state.Book]int64{}
	count := func(class region.Class, o crdt.Origin) {
		if o.Region == r.origin.Region {
			n[state.Book{Origin: o, Class: class}]++
		}
	}
	for _, c := range r.rows.Profile {
		count(region.Profile, c.Now.Origin)
	}
	for _, c := range r.rows.Handle {
		count(region.Handle, c.Now.Origin)
	}
	for _, c := range r.rows.Prefs {
		count(region.Prefs, c.Now.Origin)
	}
	for _, c := range r.rows.Tags {
		for _, d := range c.Now {
			count(region.Tags, d.Origin)
		}
	}
	return n
}

// reborn goes on as another epoch, with the state that the replica has (I14).
func (r *replica) reborn(epoch uint32) {
	r.origin.Epoch, r.ordinal, r.sum, r.log = epoch, 0, region.Checksum{}, nil
}

// clone is an independent copy.
func (r *replica) clone() *replica {
	c := *r
	c.rows = state.NewRows()
	wanted(c.rows.Profile, r.rows.Profile)
	wanted(c.rows.Handle, r.rows.Handle)
	wanted(c.rows.Prefs, r.rows.Prefs)
	wanted(c.rows.Counter, r.rows.Counter)
	wanted(c.rows.Tags, r.rows.Tags)
	wanted(c.rows.Once, r.rows.Once)
	r.fill(c.rows)
	c.ledger, c.owed = maps.Clone(r.ledger), maps.Clone(r.owed)
	c.lost, c.log = slices.Clone(r.lost), slices.Clone(r.log)
	c.applied = r.applied.Clone()
	return &c
}

func wanted[K comparable, T any](wanted, kept map[K]*state.Cell[T]) {
	for key := range kept {
		wanted[key] = new(state.Cell[T])
	}
}

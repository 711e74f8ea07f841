package store_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/bench"
	"pangea/region/state"
	"pangea/region/store"
)

// BenchmarkSession_GroupCommit is the database's part of a group commit, with the merge
// in between: read the rows of a group, make events of it, write rows, books and entry
// in one transaction, with fsync.
func BenchmarkSession_GroupCommit(b *testing.B) {
	r := newStage(b)
	writes := bench.NewWrites(1)
	for _, n := range bench.Sizes {
		b.Run(fmt.Sprintf("writes=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			var parts parts
			m := bench.NewMeter(b, r.backend)
			for b.Loop() {
				r.groupCommit(b, writes.Group(n), &parts)
			}
			m.Report(n, "write")
			parts.report(b, n, "write")
		})
	}
}

// BenchmarkSession_Merge is the same for what comes from two peers by turns, in entries
// of at most 50 events: they are stored, merged into rows, and the positions move on,
// in one transaction.
func BenchmarkSession_Merge(b *testing.B) {
	const perEntry = 50
	r := newStage(b)
	logs := []*bench.Log{bench.NewLog(eu, bench.NewWrites(2).All()), bench.NewLog(ap, bench.NewWrites(3).All())}
	for _, n := range bench.Sizes[1:] {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			var parts parts
			m := bench.NewMeter(b, r.backend)
			for i := 0; b.Loop(); i++ {
				m.Pause()
				var run []*region.Entry
				for range n / perEntry {
					run = append(run, logs[i%2].Next(b, perEntry))
				}
				m.Resume()
				r.merge(b, run, &parts)
			}
			m.Report(n, "event")
			parts.report(b, n, "event")
		})
	}
}

// stage is a writer's session on a database with rows in it, without the writer.
type stage struct {
	*store.Session
	store   *store.Store
	backend int
	applied crdt.Vector
}

// parts is the time of each part of a cycle.
type parts struct{ read, merge, commit time.Duration }

func (p *parts) report(b *testing.B, n int, unit string) {
	for name, d := range map[string]time.Duration{"read": p.read, "merge": p.merge, "commit": p.commit} {
		b.ReportMetric(float64(d.Nanoseconds())/1e3/float64(n*b.N), name+"-µs/"+unit)
	}
}

func (r *stage) groupCommit(b *testing.B, group []region.Write, took *parts) {
	begin := time.Now()
	rows := state.NewRows()
	for i := range group {
		rows.Want(&group[i])
	}
	read := r.fill(b, rows)
	took.read += read.Sub(begin)

	head := r.Head()
	r.applied[head.Origin] = head.Seq
	p := state.NewPlan(state.NewCycle("us", rows), region.Entry{
		Origin: head.Origin, Seq: head.Seq + 1, Deps: r.applied, FirstOrdinal: head.Ordinal + 1, CommittedAt: begin,
	}, head.Clock, state.HLC)
	for i := range group {
		if _, err := p.Do(&group[i]); err != nil {
			b.Fatal(err)
		}
	}
	p.Entry.Encode(nil, head.Checksum)
	merged := time.Now()
	took.merge += merged.Sub(read)

	r.commit(b, &store.Commit{Entry: &p.Entry, Clock: p.Clock, Rows: rows, Account: &p.Account})
	took.commit += time.Since(merged)
}

func (r *stage) merge(b *testing.B, run []*region.Entry, took *parts) {
	begin := time.Now()
	rows := state.NewRows()
	for _, e := range run {
		for i := range e.Events {
			rows.WantEvent(&e.Events[i])
		}
	}
	read := r.fill(b, rows)
	took.read += read.Sub(begin)

	cycle := state.NewCycle("us", rows)
	for _, e := range run {
		cycle.ApplyEntry(e)
	}
	merged := time.Now()
	took.merge += merged.Sub(read)

	last := run[len(run)-1]
	r.commit(b, &store.Commit{
		Clock: r.Head().Clock, Inbox: run, Rows: rows, Account: &cycle.Account,
		Positions: map[crdt.Origin]region.Progress{last.Origin: {
			Stored: last.Seq, Checksum: last.Checksum, Applied: last.Seq, Ordinal: last.LastOrdinal(),
		}},
	})
	took.commit += time.Since(merged)
}

func (r *stage) fill(b *testing.B, rows *state.Rows) (done time.Time) {
	if err := r.Fill(b.Context(), rows); err != nil {
		b.Fatal(err)
	}
	return time.Now()
}

func (r *stage) commit(b *testing.B, c *store.Commit) {
	if err := r.Commit(b.Context(), c); err != nil {
		b.Fatal(err)
	}
}

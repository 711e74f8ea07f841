package state_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/bench"
	"pangea/region/state"
)

// eachSize runs a benchmark for groups of each size, and reports what it handles a second.
func eachSize(b *testing.B, unit string, run func(b *testing.B, n int)) {
	for _, n := range bench.Sizes {
		b.Run(fmt.Sprintf("%ss=%d", unit, n), func(b *testing.B) {
			b.ReportAllocs()
			run(b, n)
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), unit+"s/s")
		})
	}
}

// BenchmarkRows_Want is the making of a group's working set, before it is read.
func BenchmarkRows_Want(b *testing.B) {
	writes := bench.NewWrites(1)
	eachSize(b, "write", func(b *testing.B, n int) {
		for b.Loop() {
			want(writes.Group(n))
		}
	})
}

// BenchmarkPlan_Do is a group commit without its database: the writes of a group
// become events, and rows. The rows are those that the same group left before.
func BenchmarkPlan_Do(b *testing.B) {
	writes := bench.NewWrites(1)
	eachSize(b, "write", func(b *testing.B, n int) {
		origin, now := crdt.Origin{Region: "us", Epoch: 1}, time.UnixMicro(1_767_323_045_123_456)
		group := writes.Group(n)
		rows := want(group)
		deps := crdt.Vector{origin: 0, {Region: "eu", Epoch: 1}: 2_345_678, {Region: "ap", Epoch: 1}: 1_234_567}
		for seq := uint64(1); b.Loop(); seq++ {
			deps[origin] = seq - 1
			p := state.NewPlan(state.NewCycle("us", rows), region.Entry{
				Origin: origin, Seq: seq, Deps: deps, FirstOrdinal: (seq-1)*uint64(n) + 1, CommittedAt: now,
			}, 1, state.HLC)
			for i := range group {
				if _, err := p.Do(&group[i]); err != nil {
					b.Fatal(err)
				}
			}
			_ = p.Vector()
		}
	})
}

// BenchmarkCycle_ApplyEntry is the merge of one remote entry into rows that have been
// read. Two regions write the same keys by turns, and have seen nothing of each other:
// of their register writes half win and half lose.
func BenchmarkCycle_ApplyEntry(b *testing.B) {
	writes := bench.NewWrites(1)
	eachSize(b, "event", func(b *testing.B, n int) {
		group, rows := writes.Group(n), state.NewRows()
		var turns [2]*region.Entry
		for i, name := range []string{"eu", "ap"} {
			log := bench.NewLog(crdt.Origin{Region: name, Epoch: 1}, group)
			turns[i] = log.Next(b, n)
			for at := range turns[i].Events {
				rows.WantEvent(&turns[i].Events[at])
			}
			state.NewCycle("us", rows).ApplyEntry(turns[i])
			turns[i] = log.Next(b, n)
		}
		for i := 0; b.Loop(); i++ {
			e := turns[i%2]
			state.NewCycle("us", rows).ApplyEntry(e)
			again(e)
		}
	})
}

// again makes e the next entry of its log, with the same writes. It is in the timed
// loop, for some 2 ns an event.
func again(e *region.Entry) {
	n := uint64(len(e.Events))
	e.Deps[e.Origin] = e.Seq
	e.Seq, e.FirstOrdinal = e.Seq+1, e.FirstOrdinal+n
	for i := range e.Events {
		ev := &e.Events[i]
		ev.Stamp += crdt.Stamp(n)
		ev.PN.P += int64(n)
		for d := range ev.Dots {
			ev.Dots[d].Seq++
			ev.Dots[d].Ordinal += n
		}
	}
}

func want(writes []region.Write) *state.Rows {
	rows := state.NewRows()
	for i := range writes {
		rows.Want(&writes[i])
	}
	return rows
}

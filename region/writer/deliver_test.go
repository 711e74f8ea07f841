package writer_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/regiontest"
	"pangea/region/writer"
)

// remote makes the log of another region: each entry adds one to a counter.
type remote struct {
	origin crdt.Origin
	log    []*region.Entry
	sum    region.Checksum
}

func newRemote(name string) *remote { return &remote{origin: crdt.Origin{Region: name, Epoch: 1}} }

// entry appends an entry whose writer had applied deps.
func (r *remote) entry(deps crdt.Vector) *region.Entry {
	seq := uint64(len(r.log)) + 1
	e := &region.Entry{Origin: r.origin, Seq: seq, Deps: deps.Clone(), FirstOrdinal: seq, CommittedAt: time.Now()}
	e.Deps[r.origin] = seq - 1
	e.Events = []region.Event{{Kind: region.CounterSet, Key: "a", PN: crdt.PN{P: int64(seq)}}}
	e.Encode(nil, r.sum)
	r.sum, r.log = e.Checksum, append(r.log, e)
	return e
}

// I5, I6: entries that wait for another log are stored at once and applied when it
// comes, also those for which there is no memory, and also after a restart.
func TestDeliver_WaitsForWhatAnEntryDependsOn(t *testing.T) {
	for _, restart := range []bool{false, true} {
		t.Run(fmt.Sprint("restart=", restart), func(t *testing.T) {
			tight := func(c *writer.Config) { c.MaxBlocked, c.MaxRun, c.MergePace = 1, 3, time.Millisecond }
			r := &rig{dsn: newDatabase(t)}
			r.wire = newWire(t, r.dsn)
			r.store, r.tracker, r.writer = r.open(t, r.wire.dsn, tight)
			stop := r.start(t, r.writer)
			eu, ap := newRemote("eu"), newRemote("ap")
			first := ap.entry(nil)
			for range 20 {
				eu.entry(crdt.Vector{ap.origin: 1})
			}
			deliver(t, r.writer, eu.log...)
			if got := r.tracker.Vector()[eu.origin]; got != 0 {
				t.Errorf("%d entries applied before what they depend on", got)
			}
			if w := r.tracker.Local().Waiting[eu.origin]; w.On != (region.Position{Origin: ap.origin, Seq: 1}) {
				t.Errorf("eu waits for %+v", w.On)
			}
			if restart {
				stop()
				r.store, r.tracker, r.writer = r.open(t, r.wire.dsn, tight)
				stop = r.start(t, r.writer)
			}
			defer func() { stop() }()
			deliver(t, r.writer, first)
			regiontest.Eventually(t, regiontest.Patience, func() string {
				if got := r.tracker.Vector()[eu.origin]; got != 20 {
					return fmt.Sprintf("%d of 20 entries applied", got)
				}
				return ""
			})
			if got := number(t, r.sql(t), "select value from counter_value where key = 'a'"); got != 21 {
				t.Errorf("counter %d, want 21", got)
			}
		})
	}
}

// I5: what is stored already is dropped, and what does not follow is refused.
func TestDeliver_DuplicatesAndGaps(t *testing.T) {
	r := newRig(t, nil)
	eu := newRemote("eu")
	for range 4 {
		eu.entry(nil)
	}
	deliver(t, r.writer, eu.log[:2]...)
	deliver(t, r.writer, eu.log[:3]...)
	late := eu.log[3]
	skipped := *late
	skipped.Seq++
	if err := r.writer.Deliver(t.Context(), []*region.Entry{&skipped}); !errors.Is(err, writer.ErrGap) {
		t.Errorf("entry 5 after 3: %v, want %v", err, writer.ErrGap)
	}
	deliver(t, r.writer, late)
	if seq, sum := r.writer.Stored(eu.origin); seq != 4 || sum != late.Checksum {
		t.Errorf("stored up to %d %s", seq, sum)
	}
	if got := number(t, r.sql(t), "select value from counter_value where key = 'a'"); got != 4 {
		t.Errorf("counter %d, want 4", got)
	}
}

// I5: a delivery with a gap, or of two logs, is refused as a whole.
func TestDeliver_StoresNothingOfWhatHasAGap(t *testing.T) {
	r := newRig(t, nil)
	eu, ap := newRemote("eu"), newRemote("ap")
	for range 4 {
		eu.entry(nil)
		ap.entry(nil)
	}
	for what, entries := range map[string][]*region.Entry{
		"1 2 4":   {eu.log[0], eu.log[1], eu.log[3]},
		"1 3 2":   {eu.log[0], eu.log[2], eu.log[1]},
		"1 1 2":   {eu.log[0], eu.log[0], eu.log[1]},
		"another": {eu.log[0], ap.log[1]},
	} {
		if err := r.writer.Deliver(t.Context(), entries); !errors.Is(err, writer.ErrGap) {
			t.Errorf("%s: %v, want %v", what, err, writer.ErrGap)
		}
	}
	if n := number(t, r.sql(t), "select (select count(*) from inbox) + (select count(*) from positions)"); n != 0 {
		t.Errorf("%d rows were stored", n)
	}
	deliver(t, r.writer, eu.log...)
	if got := number(t, r.sql(t), "select value from counter_value where key = 'a'"); got != 4 {
		t.Errorf("counter %d, want 4", got)
	}
}

// I14: two may deliver one log at a time. Where what they read meets what is stored it
// must be of the same history, or nothing of it is stored.
func TestDeliver_RefusesAnotherHistory(t *testing.T) {
	r := newRig(t, nil)
	ours, theirs := newRemote("eu"), newRemote("eu")
	for range 4 {
		ours.entry(nil)
		theirs.entry(crdt.Vector{{Region: "ap", Epoch: 1}: 7})
	}
	deliver(t, r.writer, ours.log[:3]...)
	for what, entries := range map[string][]*region.Entry{
		"the last one":          theirs.log[2:3],
		"the last one and more": theirs.log[2:],
		"all that is stored":    theirs.log[:3],
		"all, and more":         theirs.log,
		"the next one":          theirs.log[3:],
	} {
		if err := r.writer.Deliver(t.Context(), entries); !errors.Is(err, region.ErrFork) {
			t.Errorf("%s: %v, want %v", what, err, region.ErrFork)
		}
	}
	if seq, sum := r.writer.Stored(ours.origin); seq != 3 || sum != ours.log[2].Checksum {
		t.Errorf("stored up to %d %s", seq, sum)
	}
	deliver(t, r.writer, ours.log[1:]...)
	if seq, sum := r.writer.Stored(ours.origin); seq != 4 || sum != ours.log[3].Checksum {
		t.Errorf("stored up to %d %s", seq, sum)
	}
}

// A region's own log is never taken from others.
func TestDeliver_RefusesTheOwnLog(t *testing.T) {
	r := newRig(t, nil)
	if err := r.writer.Deliver(t.Context(), []*region.Entry{newRemote("us").entry(nil)}); err == nil {
		t.Error("it was taken")
	}
}

func deliver(t *testing.T, w *writer.Writer, entries ...*region.Entry) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := w.Deliver(ctx, entries); err != nil {
		t.Fatal(err)
	}
}

// While nothing may be merged, those who deliver give up and come again: what they left
// behind is bounded, however long that takes.
func TestDeliver_AbandonedDeliveriesDoNotPileUp(t *testing.T) {
	registry := prometheus.NewRegistry()
	r := &rig{dsn: newDatabase(t)}
	r.wire = newWire(t, r.dsn)
	r.store, r.tracker, r.writer = r.open(t, r.wire.dsn, func(c *writer.Config) { c.Registerer = registry })
	r.tracker.Register("eu") // and not heard of: an empty database may need a snapshot
	r.run(t, r.writer)
	first := newRemote("eu").entry(nil)
	const times = 200
	for range times {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Millisecond)
		if err := r.writer.Deliver(ctx, []*region.Entry{first}); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("it was merged, or %v", err)
		}
		cancel()
	}
	r.claim(0, region.Checksum{})
	deliver(t, r.writer, first)
	if n := counted(t, registry, "pangea_writer_duplicates_total"); n < 1 || n > times/4 {
		t.Errorf("%v of %d deliveries were kept", n, times)
	}
}

func counted(t *testing.T, of *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := of.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

package writer_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/crdt"
	"pangea/region/writer"
)

// I5: an entry in the inbox that cannot be read is never skipped. Its log stands still
// until somebody repairs it; other logs and local writes go on, and a metric says so.
func TestInbox_AnUnreadableEntryStopsItsLogOnly(t *testing.T) {
	r := &rig{dsn: newDatabase(t)}
	r.wire = newWire(t, r.dsn)
	r.store, r.tracker, r.writer = r.open(t, r.wire.dsn, nil)
	stop := r.start(t, r.writer)
	eu, ap := newRemote("eu"), newRemote("ap")
	first := ap.entry(nil)
	for range 4 {
		eu.entry(crdt.Vector{ap.origin: 1})
	}
	deliver(t, r.writer, eu.log[:3]...)
	stop()
	r.spoil(t, []byte{0})

	reg := prometheus.NewRegistry()
	r.store, r.tracker, r.writer = r.open(t, r.wire.dsn, func(c *writer.Config) { c.Registerer = reg })
	r.run(t, r.writer)
	deliver(t, r.writer, first)
	deliver(t, r.writer, eu.log[3]) // stored behind the bad one
	deliver(t, r.writer, ap.entry(nil))
	r.waitApplied(t, crdt.Vector{ap.origin: 2, eu.origin: 1})
	if _, err := r.writer.Do(t.Context(), incr("a")); err != nil {
		t.Error(err)
	}
	if got := r.tracker.Vector()[eu.origin]; got != 1 {
		t.Errorf("eu is applied up to %d, beyond what can be read", got)
	}
	if got := stopped(t, reg); !maps.Equal(got, map[string]float64{"eu": 1}) {
		t.Errorf("the metric says %v", got)
	}

	r.spoil(t, eu.log[1].Payload)
	r.wire.cut() // the next session reads it again
	r.waitApplied(t, crdt.Vector{ap.origin: 2, eu.origin: 4})
	if got := stopped(t, reg); len(got) != 0 {
		t.Errorf("after the repair the metric says %v", got)
	}
}

// spoil replaces the second entry of eu in the inbox.
func (r *rig) spoil(t *testing.T, payload []byte) {
	t.Helper()
	if _, err := r.sql(t).Exec(t.Context(), "update inbox set payload = $1 where origin = 'eu' and seq = 2", payload); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) waitApplied(t *testing.T, want crdt.Vector) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := r.tracker.WaitApplied(ctx, want); err != nil {
		t.Fatalf("applied %s, want %s", r.tracker.Vector(), want)
	}
}

// stopped is pangea_writer_stopped by origin.
func stopped(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, f := range families {
		if f.GetName() != "pangea_writer_stopped" {
			continue
		}
		for _, m := range f.GetMetric() {
			values[m.GetLabel()[0].GetValue()] = m.GetGauge().GetValue()
		}
	}
	return values
}

package writer_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pangea/region"
	"pangea/region/regiontest"
	"pangea/region/writer"
)

// Local writes that never pause do not keep remote entries out, whatever their pace:
// between two groups there is a merge if one is due.
func TestWriter_MergesBetweenGroupsThatNeverPause(t *testing.T) {
	r := newRig(t, func(c *writer.Config) { c.LocalPace, c.MergePace = time.Nanosecond, time.Nanosecond })
	const groups = 10 // at least: more writes than fit into fewer entries
	writes := slices.Repeat([]region.Write{incr("a")}, groups*region.MaxEntry/200)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.writer.DoAll(ctx, writes)
	}()
	defer func() {
		cancel()
		<-ended
	}()
	head := func() uint64 { return r.tracker.Local().Head.Seq }
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if head() == 0 {
			return "no group is committed"
		}
		return ""
	})
	before := head()
	deliver(t, r.writer, newRemote("eu").entry(nil))
	if n := head() - before; n > 3 {
		t.Errorf("%d groups were committed before the delivery", n)
	}
	if n := head(); n >= groups {
		t.Errorf("all %d groups were committed: the test says nothing", n)
	}
}

// When MaxQueue requests wait behind the one whose turn it is, more are refused at
// once, without effect.
func TestWriter_RefusesWhatItCannotQueue(t *testing.T) {
	const queue = 10
	r := newRig(t, func(c *writer.Config) { c.MaxQueue, c.LocalPace = queue, 2*time.Second })
	if _, err := r.writer.Do(t.Context(), incr("a")); err != nil { // the next group is due in 2 s
		t.Fatal(err)
	}
	answers, callers := make(chan error, 1000), 0
	pace := time.NewTicker(time.Millisecond) // slow enough for the writer to take each
	defer pace.Stop()
	var refused error
	for refused == nil && callers < cap(answers) {
		callers++
		go func() {
			_, err := r.writer.Do(context.Background(), incr("a"))
			answers <- err
		}()
		<-pace.C
		select {
		case refused = <-answers:
		default:
		}
	}
	if !errors.Is(refused, region.ErrUnavailable) {
		t.Errorf("of %d callers one got %v, want %v", callers, refused, region.ErrUnavailable)
	}
	written := int64(0)
	for range callers - 1 {
		switch err := <-answers; {
		case err == nil:
			written++
		case !errors.Is(err, region.ErrUnavailable):
			t.Error(err)
		}
	}
	if got := number(t, r.sql(t), "select value from counter_value where key = 'a'"); written != queue+1 || got != written+1 {
		t.Errorf("%d writes waited, counter %d; want %d to wait, and their effect alone", written, got, queue+1)
	}
}

package position_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
	"pangea/region/position"
)

// catchUp is us applying the log of eu, which grows meanwhile; in entries of 10 events.
type catchUp struct {
	tracker          *position.Tracker
	head, applied    uint64
	writing, merging uint64 // entries a second
}

// run goes on for d, with a merge each 100 ms and a report each second.
func (c *catchUp) run(d time.Duration) {
	for range d / time.Second {
		for range 10 {
			time.Sleep(100 * time.Millisecond)
			c.applied = min(c.applied+c.merging/10, c.head)
			c.tracker.Advance(has(us, 0, crdt.Vector{eu: c.applied}))
		}
		c.head += c.writing
		c.tracker.Observe(report(eu, c.head, nil))
	}
}

func (c *catchUp) left() time.Duration { return c.tracker.Lag()[eu].Left }

// want is that the estimate is right by a tenth, or a second.
func (c *catchUp) want(t *testing.T, when string, want time.Duration) {
	t.Helper()
	if got := c.left(); (got-want).Abs() > max(want/10, time.Second) || got < 0 {
		t.Errorf("%s: %s left, want %s", when, got, want)
	}
}

func (c *catchUp) wantUnknown(t *testing.T, when string) {
	t.Helper()
	if got := c.left(); got >= 0 {
		t.Errorf("%s: %s left, want it not to be told", when, got)
	}
}

// A region that starts after an hour's absence.
func TestLeft_AfterAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &catchUp{tracker: track("us", 0, "eu"), head: 100_000, writing: 300, merging: 2300}
		c.tracker.Advance(has(us, 0, nil))
		c.tracker.Observe(report(eu, c.head, nil))
		c.wantUnknown(t, "at first")
		wantUnready(t, c.tracker, "catching up: 100000 entries of eu to apply")
		c.run(2 * time.Second)
		c.want(t, "soon", 48*time.Second)
		wantUnready(t, c.tracker, "catching up: 95400 entries of eu to apply, about 41s left")
		c.run(23 * time.Second)
		c.want(t, "half-way", 25*time.Second)
		c.run(20 * time.Second)
		c.want(t, "at the end", 5*time.Second)
		c.run(6 * time.Second)
		c.head = c.applied
		c.tracker.Observe(report(eu, c.head, nil))
		if got := c.left(); got != 0 {
			t.Errorf("%s left of nothing", got)
		}
	})
}

// After an hour of silence the peer's log is far ahead at once: it did not grow as
// fast as that, and nothing was to be applied meanwhile. How fast it grew in that hour
// is soon forgotten.
func TestLeft_AfterACut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &catchUp{tracker: track("us", 0, "eu"), writing: 300, merging: 2300}
		c.run(20 * time.Second)
		time.Sleep(time.Hour)
		c.head += 3600 * 1500
		c.tracker.Observe(report(eu, c.head, nil))
		c.wantUnknown(t, "when the link is back")
		c.run(2 * time.Second)
		c.want(t, "soon", 5_400_000/1100*time.Second)
		c.run(18 * time.Second)
		c.want(t, "20 s later", 2680*time.Second)
	})
}

// What stands still, or falls back, will never be done at this rate.
func TestLeft_IsNotToldWhenTheLagDoesNotShrink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &catchUp{tracker: track("us", 0, "eu"), head: 10_000, writing: 300, merging: 500}
		c.run(10 * time.Second)
		c.want(t, "while it shrinks", 40*time.Second)
		c.writing = 1000
		c.run(20 * time.Second)
		c.wantUnknown(t, "while it grows")
		c.writing = 100
		c.run(20 * time.Second)
		before := c.tracker.Lag()[eu].Entries
		c.want(t, "while it shrinks again", time.Duration(before/400)*time.Second)
		c.merging = 0
		c.run(3 * time.Second)
		c.wantUnknown(t, "while it stands still")
	})
}

// In a steady state something is always under way, and does not become less.
func TestLeft_OfWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &catchUp{tracker: track("us", 0, "eu"), writing: 300, merging: 300}
		c.run(time.Minute)
		if lag := c.tracker.Lag()[eu]; lag.Entries == 0 {
			t.Fatalf("nothing is under way: %+v", lag)
		}
		c.want(t, "in a steady state", time.Second)
	})
}

// How fast a snapshot is joined says nothing of how fast a log is applied.
func TestLeft_ForgetsASnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &catchUp{tracker: track("us", 0, "eu"), head: 1_000_000, writing: 300, merging: 300}
		c.run(2 * time.Second)
		c.applied = 900_000
		c.run(time.Second)
		c.tracker.Joined()
		c.wantUnknown(t, "after a snapshot")
		c.merging = 1300
		c.run(2 * time.Second)
		c.want(t, "soon", 100*time.Second)
	})
}

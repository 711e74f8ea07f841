package writer

import (
	"fmt"
	"time"

	"pangea/region"
)

// fullPause is the time between two tries to write to a full disk. Each costs some of
// what room the database has left for its own log, without which it ends.
const fullPause = time.Second

// roomAfter is how long no write must have met a full disk before that is over: a small
// one may pass where a page has room.
const roomAfter = 10 * time.Second

// disk is whether the database's disk was full when it was last written to. Reads, and
// the session, go on.
type disk struct {
	since   time.Time // zero if it was not
	retryAt time.Time
}

// refuses reports whether writes are refused without a try.
func (d *disk) refuses(now time.Time) bool { return now.Before(d.retryAt) }

// ranOut notes that there was no room.
func (w *Writer) ranOut(err error) {
	now := time.Now()
	w.disk.retryAt = now.Add(fullPause)
	w.mergeAt = w.disk.retryAt
	if w.disk.since.IsZero() {
		w.disk.since = now
		w.metrics.diskFull.Set(1)
		w.cfg.Logger.Error("THE DATABASE'S DISK IS FULL: writes are refused and nothing is applied until there is room", "err", err)
	}
}

// hasRoom notes that a write has passed.
func (w *Writer) hasRoom() {
	if !w.disk.since.IsZero() && time.Since(w.disk.retryAt) > roomAfter {
		w.cfg.Logger.Info("the database's disk has room again", "after", time.Since(w.disk.since).Round(time.Second))
		w.disk = disk{}
		w.metrics.diskFull.Set(0)
	}
}

func noRoom() error { return fmt.Errorf("%w: the database's disk is full", region.ErrUnavailable) }

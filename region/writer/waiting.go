package writer

import (
	"context"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
)

// waitingLog is the part of a remote log that is stored and not applied.
type waitingLog struct {
	// entries follow the applied one without a gap. They are a prefix of what waits:
	// the rest, if any, is only in the inbox.
	entries []*region.Entry
	bytes   int
	since   time.Time // when entries[0] was first found blocked
	stopped bool      // the inbox has an entry that cannot be read
}

// queue remembers e, if everything between it and the applied entry is remembered
// too and there is room; otherwise the inbox has it.
func (w *Writer) queue(e *region.Entry, p region.Progress) {
	log := w.log(e.Origin)
	if p.Applied+uint64(len(log.entries))+1 == e.Seq && (log.bytes < w.cfg.MaxBlocked || len(log.entries) == 0) {
		log.entries = append(log.entries, e)
		log.bytes += len(e.Payload)
	}
}

func (w *Writer) log(o crdt.Origin) *waitingLog {
	if w.logs[o] == nil {
		w.logs[o] = &waitingLog{}
	}
	return w.logs[o]
}

// refill reads what waits in the inbox for logs of which nothing is remembered.
func (w *Writer) refill(ctx context.Context) error {
	for origin, p := range w.session.Positions() {
		log := w.log(origin)
		if len(log.entries) > 0 || p.Applied == p.Stored || log.stopped {
			continue
		}
		records, err := w.session.Inbox(ctx, origin, p.Applied+1, w.cfg.MaxBlocked/2)
		if err != nil {
			return err
		}
		for _, r := range records {
			e, err := region.Decode(r.Payload)
			if err != nil { // this log stands still; it is never skipped (I5)
				log.stopped = true
				w.metrics.stopped.WithLabelValues(origin.Region).Set(1)
				w.cfg.Logger.Error("an entry in the inbox cannot be read; its log stands still here", region.EntryAttr(origin, r.Seq), "err", err)
				break
			}
			log.entries = append(log.entries, e)
			log.bytes += len(e.Payload)
		}
	}
	return nil
}

// schedule picks the entries to apply now: of each log in order, each only when
// what it depends on is applied, at most MaxRun events. It goes round the logs until
// none can move, so that no log waits for another's turn.
func (w *Writer) schedule() []*region.Entry {
	applied := w.applied.Clone()
	next := map[crdt.Origin]int{}
	var run []*region.Entry
	events := 0
	for progress := true; progress && events < w.cfg.MaxRun; {
		progress = false
		for origin, log := range w.logs {
			for next[origin] < len(log.entries) && events < w.cfg.MaxRun {
				e := log.entries[next[origin]]
				if applied[origin] != e.Seq-1 || !w.met(w.needs(e), applied) {
					break
				}
				run = append(run, e)
				applied[origin] = e.Seq
				events += len(e.Events)
				next[origin]++
				progress = true
			}
		}
	}
	w.full = events >= w.cfg.MaxRun
	w.more = w.full && w.left(next)
	return run
}

// met reports whether all of needs is applied that is not lost for good.
func (w *Writer) met(needs, applied crdt.Vector) bool {
	var lost region.Position
	for log, seq := range needs {
		have := applied[log]
		if have >= seq {
			continue
		}
		if have < w.tracker.Remains(log, seq) {
			return false
		}
		lost = region.Position{Origin: log, Seq: seq}
	}
	if lost.Seq > 0 {
		w.tellLost(lost)
	}
	return true
}

// tellLost says once what nobody waits for any more.
func (w *Writer) tellLost(p region.Position) {
	if w.lost != p {
		w.cfg.Logger.Warn("an entry that others rest on is lost for good: they are applied without it", region.EntryAttr(p.Origin, p.Seq))
	}
	w.lost = p
}

// left reports whether a log has entries beyond those that are next to be scheduled.
func (w *Writer) left(next map[crdt.Origin]int) bool {
	for origin, log := range w.logs {
		if next[origin] < len(log.entries) {
			return true
		}
	}
	return false
}

// needs is what has to be applied before e: all that its writer had seen (I6). Without the
// guard it is no more than what convergence rests on (I7).
func (w *Writer) needs(e *region.Entry) crdt.Vector {
	if w.cfg.IgnoreDeps {
		return e.Removals()
	}
	return e.Deps
}

// forget drops what was applied from the remembered logs, and notes what the rest
// waits for.
func (w *Writer) forget() map[crdt.Origin]position.Waiting {
	waiting := map[crdt.Origin]position.Waiting{}
	for origin, log := range w.logs {
		for len(log.entries) > 0 && log.entries[0].Seq <= w.applied[origin] {
			log.bytes -= len(log.entries[0].Payload)
			log.entries[0] = nil
			log.entries = log.entries[1:]
			log.since = time.Time{}
		}
		if len(log.entries) == 0 {
			log.entries = nil
			p := w.session.Positions()[origin]
			w.more = w.more || p.Stored > p.Applied && !log.stopped // the inbox has the rest
			continue
		}
		if on, blocked := missing(w.needs(log.entries[0]), w.applied); blocked {
			if log.since.IsZero() {
				log.since = time.Now()
			}
			waiting[origin] = position.Waiting{CommittedAt: log.entries[0].CommittedAt, On: on, Since: log.since}
		}
	}
	return waiting
}

// missing is an entry that is needed and not applied.
func missing(needs, applied crdt.Vector) (region.Position, bool) {
	for _, origin := range needs.Origins() {
		if applied[origin] < needs[origin] {
			return region.Position{Origin: origin, Seq: needs[origin]}, true
		}
	}
	return region.Position{}, false
}

// drop forgets everything remembered: the next session reads it from the inbox.
func (w *Writer) drop() {
	w.logs = map[crdt.Origin]*waitingLog{}
	w.metrics.stopped.Reset()
	w.more = false
}

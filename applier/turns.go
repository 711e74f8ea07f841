package applier

import (
	"slices"
	"time"

	"pangea/crdt"
	"pangea/region/position"
)

// turns says which log to read next. Logs take turns of one page, so that a long one
// does not starve another, and each is read by one worker at a time.
type turns map[crdt.Origin]*turn

type turn struct {
	taken time.Time // last
	due   time.Time // not before
	busy  bool
}

// take begins a turn: of the wanted logs that are due, that of the one whose last was
// longest ago.
func (t turns) take(wanted []position.Wanted, now time.Time) (next position.Wanted, ok bool) {
	var best *turn
	for _, w := range wanted {
		log := t.of(w.Origin)
		if !log.busy && !now.Before(log.due) && (best == nil || log.taken.Before(best.taken)) {
			next, best = w, log
		}
	}
	if best == nil {
		return next, false
	}
	best.busy, best.taken = true, now
	return next, true
}

// end ends a turn. The log's next begins when it is due.
func (t turns) end(log crdt.Origin, due time.Time) {
	t[log].busy, t[log].due = false, due
}

// forget drops the logs that are no longer wanted, and lists them. One that rests is
// kept meanwhile: a holder that comes and goes does not cut the rest short.
func (t turns) forget(wanted []position.Wanted, now time.Time) (forgotten []crdt.Origin) {
	for log, turn := range t {
		idle := !turn.busy && !now.Before(turn.due)
		if idle && !slices.ContainsFunc(wanted, func(w position.Wanted) bool { return w.Origin == log }) {
			delete(t, log)
			forgotten = append(forgotten, log)
		}
	}
	return forgotten
}

func (t turns) of(log crdt.Origin) *turn {
	if t[log] == nil {
		t[log] = &turn{}
	}
	return t[log]
}

package store

import (
	"maps"
	"strings"
	"sync"

	"pangea/crdt"
	"pangea/region/state"
)

// hotBytes bounds one generation of one class of rows that a session remembers.
const hotBytes = 3 << 20

// hotRows are rows of the state tables as the last commit of the session left them. Only
// the session writes these tables (I12), and a row is taken over once its commit stands,
// so they are never ahead of the database nor behind it. They are gone with the session,
// and with them whatever a commit of unknown outcome might have changed.
//
// Readers may have them too. While a commit runs, the rows that it writes are known to
// the database alone: whoever saw one of them there would find another here as it was
// before, an effect without its cause (I6). Handles are not among them at all: who asks
// for one, or decides one, asks the database, and so learns whether this process still has
// it (I10).
type hotRows struct {
	profile *hot[string, crdt.Register]
	counter *hot[string, crdt.Counter]
	tags    *hot[state.Member, crdt.Dots]
	prefs   *hot[state.Member, crdt.Register]
}

func newHotRows() *hotRows {
	keys := kind[string]{own: strings.Clone, size: func(k string) int { return 16 + len(k) }}
	members := kind[state.Member]{
		own: func(m state.Member) state.Member {
			return state.Member{Key: strings.Clone(m.Key), Name: strings.Clone(m.Name)}
		},
		size: func(m state.Member) int { return 32 + len(m.Key) + len(m.Name) },
	}
	registers := kind[crdt.Register]{
		own:  func(r crdt.Register) crdt.Register { r.Value = strings.Clone(r.Value); return r },
		size: func(r crdt.Register) int { return 96 + len(r.Value) },
	}
	counters := kind[crdt.Counter]{own: same[crdt.Counter], size: func(c crdt.Counter) int { return 64 + 96*len(c) }}
	tags := kind[crdt.Dots]{own: same[crdt.Dots], size: func(ds crdt.Dots) int { return 32 + 48*len(ds) }}
	return &hotRows{
		profile: newHot(keys, registers), counter: newHot(keys, counters),
		tags: newHot(members, tags), prefs: newHot(members, registers),
	}
}

// begin says which rows the commit that now begins may write.
func (h *hotRows) begin(rows *state.Rows) {
	h.profile.begin(rows.Profile)
	h.counter.begin(rows.Counter)
	h.tags.begin(rows.Tags)
	h.prefs.begin(rows.Prefs)
}

// end says whether that commit stands. After one of unknown outcome all is forgotten instead.
func (h *hotRows) end(stands bool) {
	h.profile.end(stands)
	h.counter.end(stands)
	h.tags.end(stands)
	h.prefs.end(stands)
}

// hot remembers the rows of one class that were used last, in two generations: when the
// young one is full it becomes the old one, and the old one is forgotten. That there is
// no row is remembered too.
type hot[K comparable, V any] struct {
	keys kind[K]
	rows kind[V]

	mu         sync.Mutex
	young, old map[K]V
	bytes      int                  // of young
	changing   map[K]*state.Cell[V] // by the commit that runs
}

// kind is how a type of key or row is remembered: as a copy that shares no larger text,
// such as that of an entry, and at what size in bytes.
type kind[T any] struct {
	own  func(T) T
	size func(T) int
}

func same[T any](t T) T { return t }

func newHot[K comparable, V any](keys kind[K], rows kind[V]) *hot[K, V] {
	return &hot[K, V]{keys: keys, rows: rows, young: map[K]V{}}
}

// fill sets the cells whose rows are remembered, and returns the keys of the others. Only
// the session calls it, between commits.
func (h *hot[K, V]) fill(cells map[K]*state.Cell[V]) (others []K) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key, cell := range cells {
		row, known := h.get(key)
		if !known {
			others = append(others, key)
			continue
		}
		cell.Was, cell.Now = row, row
	}
	return others
}

// read returns a row for a reader, who must not change it.
func (h *hot[K, V]) read(key K) (row V, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.changing[key] != nil {
		return row, false
	}
	return h.get(key)
}

func (h *hot[K, V]) begin(cells map[K]*state.Cell[V]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changing = cells
}

func (h *hot[K, V]) end(stands bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if stands {
		for key, cell := range h.changing {
			h.put(key, cell.Now)
		}
	}
	h.changing = nil
}

func (h *hot[K, V]) get(key K) (V, bool) {
	row, known := h.young[key]
	if !known {
		if row, known = h.old[key]; known {
			h.put(key, row)
		}
	}
	return row, known
}

func (h *hot[K, V]) put(key K, row V) {
	was, there := h.young[key]
	if there {
		h.bytes -= h.rows.size(was)
	} else {
		key = h.keys.own(key)
		h.bytes += h.keys.size(key)
	}
	h.young[key] = h.rows.own(row)
	h.bytes += h.rows.size(row)
	if h.bytes > hotBytes {
		h.young, h.old, h.bytes = make(map[K]V, len(h.young)), h.young, 0
	}
}

// cloneCounters gives each cell a counter of its own to change: what is remembered must
// stay as it is if the commit fails.
func cloneCounters(cells map[string]*state.Cell[crdt.Counter]) {
	for _, cell := range cells {
		cell.Now = maps.Clone(cell.Was)
	}
}

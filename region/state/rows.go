package state

import (
	"pangea/crdt"
	"pangea/region"
)

// Member names a tag of a set, or a field of prefs.
type Member struct{ Key, Name string }

// Cell is a row, or the rows of one key, as read (Was) and as changed (Now).
type Cell[T any] struct{ Was, Now T }

// Rows is the working set of a cycle. A key that is present was read; a zero Cell
// means that there is no such row.
type Rows struct {
	Profile map[string]*Cell[crdt.Register]
	Counter map[string]*Cell[crdt.Counter]
	Tags    map[Member]*Cell[crdt.Dots]
	Prefs   map[Member]*Cell[crdt.Register]
	Handle  map[string]*Cell[crdt.Register]
	Once    map[string]*Cell[Answer]
}

// Answer is what is remembered under an idempotency key.
type Answer struct {
	Hash   region.Checksum
	Result region.Result
}

// Used reports whether a write was made under the key.
func (a Answer) Used() bool { return a.Result.Outcome != 0 }

// NewRows returns a working set that wants nothing yet.
func NewRows() *Rows {
	return &Rows{
		Profile: map[string]*Cell[crdt.Register]{},
		Counter: map[string]*Cell[crdt.Counter]{},
		Tags:    map[Member]*Cell[crdt.Dots]{},
		Prefs:   map[Member]*Cell[crdt.Register]{},
		Handle:  map[string]*Cell[crdt.Register]{},
		Once:    map[string]*Cell[Answer]{},
	}
}

// Len is the number of cells.
func (r *Rows) Len() int {
	return len(r.Profile) + len(r.Counter) + len(r.Tags) + len(r.Prefs) + len(r.Handle) + len(r.Once)
}

// Want adds the rows that planning w needs.
func (r *Rows) Want(w *region.Write) {
	switch w.Op {
	case region.PutProfile:
		want(r.Profile, w.Key)
	case region.IncrCounter:
		want(r.Counter, w.Key)
	case region.AddTag, region.RemoveTag:
		want(r.Tags, Member{w.Key, w.Member})
	case region.PatchPrefs:
		for i := range w.Fields {
			want(r.Prefs, Member{w.Key, w.Fields[i].Name})
		}
	case region.ClaimHandle, region.ReleaseHandle:
		want(r.Handle, w.Key)
	}
	if w.Once.Key != "" {
		want(r.Once, w.Once.Key)
	}
}

// WantEvent adds the rows that applying ev needs.
func (r *Rows) WantEvent(ev *region.Event) {
	switch ev.Kind {
	case region.ProfilePut:
		want(r.Profile, ev.Key)
	case region.CounterSet:
		want(r.Counter, ev.Key)
	case region.TagAdd, region.TagRemove:
		want(r.Tags, Member{ev.Key, ev.Member})
	case region.PrefSet:
		want(r.Prefs, Member{ev.Key, ev.Member})
	case region.HandleSet:
		want(r.Handle, ev.Key)
	}
}

func want[K comparable, T any](cells map[K]*Cell[T], key K) {
	if cells[key] == nil {
		cells[key] = new(Cell[T])
	}
}

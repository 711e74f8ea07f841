package crdt_test

import (
	"maps"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"pangea/crdt"
)

// world is three replicas, the logs they wrote, and for every event the events
// that its writer had seen: the oracle that vectors are checked against.
type world struct {
	wall     bool
	replicas []*replica
	logs     map[crdt.Origin][]entry
	history  map[id]map[id]bool
}

func newWorld(wall bool) *world {
	return &world{
		wall:     wall,
		replicas: []*replica{newReplica("ap"), newReplica("eu"), newReplica("us")},
		logs:     map[crdt.Origin][]entry{},
		history:  map[id]map[id]bool{},
	}
}

func (w *world) pick(t *rapid.T) *replica { return rapid.SampledFrom(w.replicas).Draw(t, "replica") }

func (w *world) commit(t *rapid.T) {
	r := w.pick(t)
	before := maps.Clone(r.seen)
	e := r.commit(t, w.wall)
	for _, ev := range e.events {
		w.history[idOf(ev.write.Meta)] = maps.Clone(before)
		before[idOf(ev.write.Meta)] = true
	}
	w.logs[e.origin] = append(w.logs[e.origin], e)
}

// deliver hands a replica any entry there is: a duplicate, one out of order, or
// the next one.
func (w *world) deliver(t *rapid.T) {
	if all := w.entries(); len(all) > 0 {
		physical := millis(rapid.Int64Range(0, 3).Draw(t, "clock"))
		w.pick(t).receive(rapid.SampledFrom(all).Draw(t, "entry"), physical)
	}
}

// catchUp brings a replica everything of one log that it may apply.
func (w *world) catchUp(t *rapid.T) {
	r := w.pick(t)
	region := rapid.SampledFrom([]string{"ap", "eu", "us"}).Draw(t, "region")
	for _, e := range w.entries() {
		if e.origin.Region == region {
			r.receive(e, millis(0))
		}
	}
}

// settle delivers until nobody has anything to apply.
func (w *world) settle() {
	for progress := true; progress; {
		progress = false
		for _, r := range w.replicas {
			for _, e := range w.entries() {
				progress = r.receive(e, millis(0)) || progress
			}
		}
	}
}

func (w *world) entries() []entry {
	var all []entry
	for _, o := range slices.SortedFunc(maps.Keys(w.logs), crdt.Origin.Compare) {
		all = append(all, w.logs[o]...)
	}
	return all
}

func (w *world) events() []event {
	var all []event
	for _, e := range w.entries() {
		all = append(all, e.events...)
	}
	return all
}

// TestReplicas_Converge runs random writes and random deliveries, then compares
// the replicas with each other and with what each data class promises (I7, I8, I9).
func TestReplicas_Converge(t *testing.T) {
	for name, wall := range map[string]bool{"hlc": false, "wall clock": true} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := newWorld(wall)
				t.Repeat(map[string]func(*rapid.T){
					"commit":   w.commit,
					"deliver":  w.deliver,
					"catch up": w.catchUp,
					"reborn":   func(t *rapid.T) { w.pick(t).reborn() },
				})
				w.settle()
				for _, r := range w.replicas[1:] {
					if !r.equal(w.replicas[0]) {
						t.Fatalf("replicas differ:\n%+v\n%+v", w.replicas[0], r)
					}
				}
				w.checkRegisters(t)
				w.checkCounter(t)
				w.checkTags(t)
				w.checkVerdicts(t)
				w.checkLedger(t)
			})
		})
	}
}

// checkRegisters: what is left of each register is the greatest of its writes.
func (w *world) checkRegisters(t *rapid.T) {
	want := map[string]crdt.Register{}
	for _, ev := range w.events() {
		if !ev.lastWriterWins() {
			continue
		}
		if old := want[ev.slot()]; old.Empty() || old.Compare(ev.write.Meta) < 0 {
			want[ev.slot()] = ev.write
		}
	}
	for _, ev := range w.events() {
		if !ev.lastWriterWins() {
			continue
		}
		if got := w.replicas[0].register(ev); got != want[ev.slot()] {
			t.Fatalf("%s is %+v, want %+v", ev.slot(), got, want[ev.slot()])
		}
	}
}

// checkCounter: every increment counts once.
func (w *world) checkCounter(t *rapid.T) {
	want := int64(0)
	for _, ev := range w.events() {
		want += ev.by
	}
	if got := w.replicas[0].counter.Value(); got.Cmp(big.NewInt(want)) != 0 {
		t.Fatalf("the counter is %d, want %d", got, want)
	}
}

// checkTags: an add is live iff no later operation on its tag had seen it. So the
// tag is there iff some add was seen by no removal: add wins.
func (w *world) checkTags(t *rapid.T) {
	want := map[string]map[id]bool{}
	for _, add := range w.events() {
		if add.kind != addTag || w.undone(add) {
			continue
		}
		if want[add.member] == nil {
			want[add.member] = map[id]bool{}
		}
		want[add.member][idOf(add.write.Meta)] = true
	}
	if got := w.replicas[0].liveTags(); !maps.EqualFunc(got, want, maps.Equal) {
		t.Fatalf("the live adds are %v, want %v", got, want)
	}
}

func (w *world) undone(add event) bool {
	return slices.ContainsFunc(w.events(), func(ev event) bool {
		return (ev.kind == addTag || ev.kind == removeTag) && ev.member == add.member && w.saw(ev.write, add.write)
	})
}

func (w *world) saw(later, earlier crdt.Register) bool {
	return w.history[idOf(later.Meta)][idOf(earlier.Meta)]
}

// checkVerdicts: the vector names every loss as the full history does.
func (w *world) checkVerdicts(t *rapid.T) {
	for _, r := range w.replicas {
		for _, l := range r.losses {
			want := crdt.Concurrent
			switch {
			case w.saw(l.Winner, l.Loser):
				want = crdt.Superseded
			case w.saw(l.Loser, l.Winner):
				want = crdt.ClockSkew
			}
			if l.Verdict != want {
				t.Fatalf("%v calls %+v %v, want %v", r.origin, l.Loss, l.Verdict, want)
			}
			if l.Verdict == crdt.ClockSkew && !w.wall {
				t.Fatalf("%v: %+v lost to a write it had seen", r.origin, l.Loser)
			}
		}
	}
}

// checkLedger: at its own region every write is live, or lost exactly once.
func (w *world) checkLedger(t *rapid.T) {
	type cell struct {
		slot string
		id
	}
	lost := map[cell]int{}
	for _, r := range w.replicas {
		for _, l := range r.losses {
			if l.Loser.Origin.Region == r.origin.Region {
				lost[cell{l.slot, idOf(l.Loser.Meta)}]++
			}
		}
	}
	for _, ev := range w.events() {
		if !ev.lastWriterWins() {
			continue
		}
		want := 1
		if w.replicas[0].register(ev).Meta == ev.write.Meta {
			want = 0
		}
		if got := lost[cell{ev.slot(), idOf(ev.write.Meta)}]; got != want {
			t.Fatalf("%+v was lost %d times at its origin, want %d", ev.write, got, want)
		}
	}
}

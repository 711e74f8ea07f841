package state_test

import (
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// history is three regions that write, read each other's logs, collect tombstones, join
// each other's states, and are lost or restored from copies. A log arrives as far as a
// step happens to bring it: whatever is not drawn for long is cut off for long.
type history struct {
	mode     state.ClockMode
	now      time.Time
	replicas []*replica
	graves   []*replica          // replicas that were replaced, with as much of their logs as was left
	copies   map[string]*replica // of a region's current log, some time ago
}

func newHistory(mode state.ClockMode) *history {
	return &history{
		mode: mode, now: time.UnixMilli(1_700_000_000_000), copies: map[string]*replica{},
		replicas: []*replica{newReplica("us", mode), newReplica("eu", mode), newReplica("ap", mode)},
	}
}

func (h *history) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"write": h.write, "deliver": h.deliver, "catch up": h.catchUp, "meet": h.meet,
		"sweep": h.sweep, "forget": h.forget,
		"join": h.join, "copy": h.copy, "restore": h.restore, "laws": h.laws,
	}
}

func (h *history) pick(t *rapid.T) *replica {
	return h.replicas[rapid.IntRange(0, len(h.replicas)-1).Draw(t, "region")]
}

// sources are all that ever wrote.
func (h *history) sources() []*replica { return slices.Concat(h.replicas, h.graves) }

func (h *history) pickSource(t *rapid.T) *replica {
	all := h.sources()
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "from")]
}

func (h *history) write(t *rapid.T) {
	r := h.pick(t)
	h.now = h.now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "ms")) * time.Millisecond)
	skew := map[string]time.Duration{"eu": time.Hour, "ap": -time.Minute}[r.origin.Region]
	r.write(h.now.Add(skew), rapid.SliceOfN(rapid.Custom(drawWrite), 1, 4).Draw(t, "group")...)
}

func (h *history) deliver(t *rapid.T) {
	deliver(h.pick(t), h.pickSource(t))
}

func (h *history) catchUp(t *rapid.T) {
	r, from := h.pick(t), h.pickSource(t)
	for deliver(r, from) {
	}
}

func (h *history) meet(*rapid.T) { h.settle(h.replicas...) }

func (h *history) sweep(t *rapid.T) {
	if r := h.pick(t); h.mode == state.HLC {
		h.collect(r)
	}
}

// forget removes an object's fields where all is known everywhere, and collects the
// tombstones in one region alone.
func (h *history) forget(t *rapid.T) {
	if h.mode == state.WallClock {
		return
	}
	r, key := h.pick(t), rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key")
	h.settle(h.replicas...)
	r.write(h.now, region.Write{Op: region.PatchPrefs, Key: key, Fields: []region.Field{{Name: "f", Null: true}, {Name: "g", Null: true}}})
	h.settle(h.replicas...)
	h.collect(r)
}

// collect deletes the tombstones of r that its writer would.
func (h *history) collect(r *replica) {
	stable, rows := h.stable(r), state.NewRows()
	cycle := state.NewCycle(r.origin.Region, rows)
	for m, c := range r.rows.Prefs {
		if dead := c.Now; dead.Null && stable[dead.Origin] >= dead.Seq && dead.Stamp <= r.clock {
			rows.Prefs[m] = &state.Cell[crdt.Register]{Was: dead}
			cycle.Collect(region.Prefs, dead)
		}
	}
	r.keep(rows, &cycle.Account)
}

// stable is what every replica had applied before it wrote anything that r has not
// applied yet.
func (h *history) stable(r *replica) crdt.Vector {
	low := r.applied.Clone()
	lower := func(v crdt.Vector) {
		for o := range low {
			low[o] = min(low[o], v[o])
		}
	}
	for _, from := range h.sources() {
		if next := r.applied[from.origin]; next < uint64(len(from.log)) {
			lower(from.log[next].Deps)
		}
	}
	for _, peer := range h.replicas {
		lower(peer.applied)
	}
	return low
}

func (h *history) join(t *rapid.T) {
	r, donor := h.pick(t), h.pick(t)
	if r != donor {
		h.joinAs(t, r, donor)
	}
}

func (h *history) joinAs(t *rapid.T, r, donor *replica) {
	known := len(r.lost)
	want := certainLosses(r, donor)
	r.join(t, donor, rapid.IntRange(1, 3).Draw(t, "rows at once"))
	var got []crdt.Loss
	for _, c := range r.lost[known:] {
		got = append(got, c.Loss)
	}
	inOrder := cmpopts.SortSlices(func(a, b crdt.Loss) int { return a.Loser.Compare(b.Loser.Meta) })
	if diff := cmp.Diff(want, got, inOrder, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s joins %s and books (- is missing):\n%s", r.origin, donor.origin, diff)
	}
}

// certainLosses are the writes of r's region that one side has, loses to the other's, and
// the other had not applied.
func certainLosses(r, donor *replica) (losses []crdt.Loss) {
	both := map[string][]crdt.Register{}
	for _, row := range slices.Concat(r.snapshot(), donor.snapshot()) {
		if !row.Register.Empty() {
			both[row.String()] = append(both[row.String()], row.Register)
		}
	}
	for _, pair := range both {
		if len(pair) == 2 {
			winner, loser, vector := pair[0], pair[1], r.applied
			if winner.Compare(loser.Meta) < 0 {
				winner, loser, vector = loser, winner, donor.applied
			}
			if loser.Origin.Region == r.origin.Region && vector[loser.Origin] < loser.Seq {
				losses = append(losses, crdt.Loss{Loser: loser, Winner: winner, Verdict: crdt.Concurrent})
			}
		}
	}
	return losses
}

func (h *history) copy(t *rapid.T) {
	r := h.pick(t)
	h.copies[r.origin.Region] = r.clone()
}

// restore replaces a replica by a copy, or by nothing, which goes on under a new epoch
// and joins another's state. Of its log there is left what anyone has applied.
func (h *history) restore(t *rapid.T) {
	i := rapid.IntRange(0, len(h.replicas)-1).Draw(t, "restored")
	old := h.replicas[i]
	fresh := newReplica(old.origin.Region, h.mode)
	if c := h.copies[old.origin.Region]; c != nil && rapid.Bool().Draw(t, "from a copy") {
		fresh = c
	}
	delete(h.copies, old.origin.Region)
	fresh.reborn(old.origin.Epoch + 1)
	h.replicas[i] = fresh
	left := uint64(0)
	for _, r := range h.replicas {
		left = max(left, r.applied[old.origin])
	}
	old.log = old.log[:left]
	h.graves = append(h.graves, old)
	h.joinAs(t, fresh, h.replicas[(i+rapid.IntRange(1, 2).Draw(t, "donor"))%3])
}

// settle delivers until nobody has anything to apply.
func (h *history) settle(replicas ...*replica) {
	for moved := true; moved; {
		moved = false
		for _, r := range replicas {
			for _, from := range h.sources() {
				moved = deliver(r, from) || moved
			}
		}
	}
}

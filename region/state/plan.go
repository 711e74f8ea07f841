package state

import (
	"fmt"

	"pangea/crdt"
	"pangea/region"
)

// ClockMode is where the stamps of last-writer-wins classes come from.
type ClockMode string

const (
	// HLC stamps are past the stamp of what they replace: who saw a write beats it.
	HLC ClockMode = "hlc"
	// WallClock stamps are the physical clock's, whatever was seen. It loses
	// writes to clock skew; it is there to measure how many.
	WallClock ClockMode = "wall"
)

// Plan turns the local writes of one group into the events of one entry. Each is
// applied to the rows at once, so that the next write of the group sees it.
type Plan struct {
	*Cycle
	Entry region.Entry // grows by events
	Clock crdt.Stamp   // of the last event

	mode ClockMode
}

// NewPlan starts the group that will be entry, whose Events are empty and whose
// CommittedAt is the physical time. Clock is that of the event before.
func NewPlan(c *Cycle, entry region.Entry, clock crdt.Stamp, mode ClockMode) *Plan {
	return &Plan{Cycle: c, Entry: entry, Clock: clock, mode: mode}
}

// Vector is what the region will have applied once the entry is committed.
func (p *Plan) Vector() crdt.Vector {
	v := p.Entry.Deps.Clone()
	if len(p.Entry.Events) > 0 {
		v[p.Entry.Origin] = p.Entry.Seq
	}
	return v
}

// Do plans one write. An error means that the write changed nothing. The vector
// of a result that is no replay is for the caller to set, by Vector, when the
// group is complete.
func (p *Plan) Do(w *region.Write) (region.Result, error) {
	once := p.Rows.Once[w.Once.Key]
	if once != nil && once.Now.Used() {
		if once.Now.Hash != w.Once.Hash {
			return region.Result{}, fmt.Errorf("%w: %q", region.ErrReused, w.Once.Key)
		}
		return once.Now.Result, nil
	}
	result, err := p.do(w)
	if err == nil && once != nil {
		once.Now = Answer{Hash: w.Once.Hash, Result: result}
		once.Now.Result.Replayed = true
	}
	return result, err
}

func (p *Plan) do(w *region.Write) (region.Result, error) {
	switch w.Op {
	case region.PutProfile:
		stamp := p.stamp(p.Rows.Profile[w.Key].Now)
		return p.emit(region.Event{Kind: region.ProfilePut, Key: w.Key, Value: w.Value, Stamp: stamp}), nil
	case region.IncrCounter:
		return p.add(w)
	case region.AddTag:
		seen := p.Rows.Tags[Member{w.Key, w.Member}].Now
		return p.emit(region.Event{Kind: region.TagAdd, Key: w.Key, Member: w.Member, Dots: seen}), nil
	case region.RemoveTag:
		seen := p.Rows.Tags[Member{w.Key, w.Member}].Now
		if len(seen) == 0 {
			return region.Result{Outcome: region.Done}, nil
		}
		return p.emit(region.Event{Kind: region.TagRemove, Key: w.Key, Member: w.Member, Dots: seen}), nil
	case region.PatchPrefs:
		return p.patch(w), nil
	case region.ClaimHandle:
		return p.claim(w), nil
	case region.ReleaseHandle:
		return p.release(w), nil
	default:
		return region.Result{}, fmt.Errorf("unknown op %d", w.Op)
	}
}

// emit gives ev the next ordinal and applies it.
func (p *Plan) emit(ev region.Event) region.Result {
	e := &p.Entry
	at := crdt.Meta{Origin: e.Origin, Seq: e.Seq, Ordinal: e.FirstOrdinal + uint64(len(e.Events))}
	e.Events = append(e.Events, ev)
	p.apply(&ev, at, e.Deps)
	return region.Result{Outcome: region.Done, Position: region.Position{Origin: e.Origin, Seq: e.Seq}}
}

// stamp is that of a write which replaces r.
func (p *Plan) stamp(r crdt.Register) crdt.Stamp {
	if p.mode == WallClock {
		return crdt.StampAt(p.Entry.CommittedAt)
	}
	p.Clock = p.Clock.Tick(p.Entry.CommittedAt)
	return r.NextStamp(p.Clock)
}

func (p *Plan) add(w *region.Write) (region.Result, error) {
	cell := p.Rows.Counter[w.Key]
	pn, ok := cell.Now.Add(p.Entry.Origin, w.By)
	if !ok {
		return region.Result{}, fmt.Errorf("%w: %s", region.ErrOverflow, w.Key)
	}
	result := p.emit(region.Event{Kind: region.CounterSet, Key: w.Key, PN: pn})
	result.Value = cell.Now.Value().String()
	return result, nil
}

// patch makes an event per field that changes. Removing what is not there is no
// change: it would be a tombstone for nothing.
func (p *Plan) patch(w *region.Write) region.Result {
	result := region.Result{Outcome: region.Done}
	for _, f := range w.Fields {
		old := p.Rows.Prefs[Member{w.Key, f.Name}].Now
		if f.Null && (old.Empty() || old.Null) {
			continue
		}
		result = p.emit(region.Event{
			Kind: region.PrefSet, Key: w.Key, Member: f.Name, Value: f.Value, Null: f.Null, Stamp: p.stamp(old),
		})
	}
	return result
}

func (p *Plan) claim(w *region.Write) region.Result {
	held := p.Rows.Handle[w.Key].Now
	switch {
	case held.Empty() || held.Null:
		result := p.emit(region.Event{Kind: region.HandleSet, Key: w.Key, Value: w.Value, Stamp: p.stamp(held)})
		result.Outcome, result.Value = region.Created, w.Value
		return result
	case held.Value == w.Value:
		return decided(region.Same, held)
	default:
		return decided(region.Taken, held)
	}
}

func (p *Plan) release(w *region.Write) region.Result {
	held := p.Rows.Handle[w.Key].Now
	switch {
	case held.Empty():
		return region.Result{Outcome: region.Free}
	case held.Null:
		return decided(region.Free, held)
	case held.Value != w.Value:
		return decided(region.Taken, held)
	default:
		return p.emit(region.Event{Kind: region.HandleSet, Key: w.Key, Null: true, Stamp: p.stamp(held)})
	}
}

// decided is an answer that rests on a row as it is (I10).
func decided(o region.Outcome, r crdt.Register) region.Result {
	return region.Result{Outcome: o, Value: r.Value, Position: region.Position{Origin: r.Origin, Seq: r.Seq}}
}

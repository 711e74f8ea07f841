package bench

import (
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

var start = time.UnixMicro(1_767_323_045_123_456)

// Log is the log of a region that makes some writes again and again.
type Log struct {
	origin crdt.Origin
	writes *Writes
	dots   map[state.Member]crdt.Dot // its own of each tag
	last   *region.Entry
}

// NewLog is an empty log.
func NewLog(origin crdt.Origin, writes []region.Write) *Log {
	return &Log{origin: origin, writes: &Writes{all: writes}, dots: map[state.Member]crdt.Dot{}, last: &region.Entry{FirstOrdinal: 1}}
}

// Next is the next entry, of n events, as it comes off a stream: decoded.
func (l *Log) Next(b *testing.B, n int) *region.Entry {
	b.Helper()
	e := region.Entry{
		Origin: l.origin, Seq: l.last.Seq + 1, Deps: crdt.Vector{l.origin: l.last.Seq},
		FirstOrdinal: l.last.LastOrdinal() + 1, CommittedAt: start,
	}
	for i, w := range l.writes.Group(n) {
		e.Events = append(e.Events, l.event(w, crdt.Dot{Origin: l.origin, Ordinal: e.FirstOrdinal + uint64(i), Seq: e.Seq}))
	}
	e.Encode(nil, l.last.Checksum)
	decoded, err := region.Decode(e.Payload)
	if err != nil {
		b.Fatal(err)
	}
	l.last = decoded
	return decoded
}

// event is what a write becomes at its place in the log: it wins over those before.
func (l *Log) event(w region.Write, at crdt.Dot) region.Event {
	stamp := crdt.StampAt(start) + crdt.Stamp(at.Ordinal)
	switch w.Op {
	case region.IncrCounter:
		return region.Event{Kind: region.CounterSet, Key: w.Key, PN: crdt.PN{P: int64(at.Ordinal)}}
	case region.PutProfile:
		return region.Event{Kind: region.ProfilePut, Key: w.Key, Value: w.Value, Stamp: stamp}
	case region.AddTag:
		ev := region.Event{Kind: region.TagAdd, Key: w.Key, Member: w.Member}
		tag := state.Member{Key: w.Key, Name: w.Member}
		if before, ok := l.dots[tag]; ok {
			ev.Dots = []crdt.Dot{before}
		}
		l.dots[tag] = at
		return ev
	default:
		f := w.Fields[0]
		return region.Event{Kind: region.PrefSet, Key: w.Key, Member: f.Name, Value: f.Value, Stamp: stamp}
	}
}

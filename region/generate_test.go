package region_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"pangea/crdt"
	"pangea/region"
)

var origins = []crdt.Origin{
	{Region: "ap", Epoch: 1},
	{Region: "eu", Epoch: 7},
	{Region: "us", Epoch: 1},
	{Region: "us", Epoch: 1<<32 - 1},
}

var kinds = []region.Kind{
	region.ProfilePut, region.CounterSet, region.TagAdd, region.TagRemove, region.PrefSet, region.HandleSet,
}

// anEntry draws an entry that a writer could have made: its own part of deps is
// seq-1, and every dot's origin is in deps.
func anEntry() *rapid.Generator[*region.Entry] {
	return rapid.Custom(func(t *rapid.T) *region.Entry {
		e := &region.Entry{
			Origin:       rapid.SampledFrom(origins).Draw(t, "origin"),
			Seq:          rapid.Uint64Range(1, 1<<63-1).Draw(t, "seq"),
			Deps:         crdt.Vector{},
			FirstOrdinal: rapid.Uint64Range(1, 1<<62).Draw(t, "first ordinal"),
			CommittedAt:  time.UnixMicro(rapid.Int64Range(-1, 1<<52).Draw(t, "committed at")),
		}
		for _, o := range origins {
			e.Deps[o] = rapid.Uint64Range(0, 1<<63-1).Draw(t, "deps")
		}
		e.Deps[e.Origin] = e.Seq - 1
		for range rapid.IntRange(0, 5).Draw(t, "events") {
			e.Events = append(e.Events, anEvent(rapid.SampledFrom(kinds).Draw(t, "kind")).Draw(t, "event"))
		}
		return e
	})
}

// anEvent draws an event of that kind, with the fields set that the kind carries.
// Keys are few, as a run of events on one key is encoded in a way of its own.
func anEvent(k region.Kind) *rapid.Generator[region.Event] {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\x00", "\xff", `{"a":"\u0000"}`}))
	return rapid.Custom(func(t *rapid.T) region.Event {
		ev := region.Event{Kind: k, Key: rapid.SampledFrom([]string{"a", "b", "käse/%2F"}).Draw(t, "key")}
		switch k {
		case region.CounterSet:
			part := rapid.Int64Range(0, crdt.MaxPN)
			ev.PN = crdt.PN{P: part.Draw(t, "p"), N: part.Draw(t, "n")}
			return ev
		case region.TagAdd, region.TagRemove:
			ev.Member = text.Draw(t, "tag")
			ev.Dots = rapid.SliceOfN(aDot(), 0, 4).Draw(t, "dots")
			return ev
		case region.PrefSet:
			ev.Member = text.Draw(t, "field")
		}
		ev.Stamp = crdt.Stamp(rapid.Int64Min(0).Draw(t, "stamp"))
		ev.Null = k != region.ProfilePut && rapid.Bool().Draw(t, "null")
		if !ev.Null {
			ev.Value = text.Draw(t, "value")
		}
		return ev
	})
}

func aDot() *rapid.Generator[crdt.Dot] {
	return rapid.Custom(func(t *rapid.T) crdt.Dot {
		return crdt.Dot{
			Origin:  rapid.SampledFrom(origins).Draw(t, "origin"),
			Ordinal: rapid.Uint64Range(1, 1<<63-1).Draw(t, "ordinal"),
			Seq:     rapid.Uint64Range(1, 1<<63-1).Draw(t, "seq"),
		}
	})
}

// sample is an entry of n events of every kind in turn, as one group commit under
// load looks.
func sample(n int) *region.Entry {
	us, eu := origins[2], origins[1]
	e := &region.Entry{
		Origin: us, Seq: 123_456, FirstOrdinal: 2_345_678,
		Deps:        crdt.Vector{us: 123_455, eu: 98_765, origins[0]: 87_654},
		CommittedAt: time.UnixMicro(1_767_323_045_123_456),
	}
	for i := range n {
		ev := region.Event{
			Kind:   kinds[i%len(kinds)],
			Key:    fmt.Sprintf("user:%06d", i),
			Stamp:  crdt.StampAt(e.CommittedAt) + crdt.Stamp(i),
			Member: "theme",
			Value:  `{"name":"Ada Lovelace","mail":"ada@example.org"}`,
			PN:     crdt.PN{P: 1000, N: 3},
			Dots:   []crdt.Dot{{Origin: eu, Ordinal: 1_234_567, Seq: 98_700}},
		}
		e.Events = append(e.Events, ofKind(ev))
	}
	return e
}

// ofKind clears what an event of this kind does not carry.
func ofKind(ev region.Event) region.Event {
	only := region.Event{Kind: ev.Kind, Key: ev.Key}
	switch ev.Kind {
	case region.CounterSet:
		only.PN = ev.PN
	case region.TagAdd, region.TagRemove:
		only.Member, only.Dots = ev.Member, ev.Dots
	case region.PrefSet:
		only.Member, only.Value, only.Stamp = ev.Member, ev.Value, ev.Stamp
	default:
		only.Value, only.Stamp = ev.Value, ev.Stamp
	}
	return only
}

package applier

import (
	"testing"

	"pgregory.net/rapid"

	"pangea/crdt"
	"pangea/region"
)

var us = crdt.Origin{Region: "us", Epoch: 1}

// history is a log; different salts give different ones.
func history(salt string, n int) []*region.Entry {
	entries := make([]*region.Entry, n)
	var sum region.Checksum
	for i := range entries {
		e := &region.Entry{Origin: us, Seq: uint64(i + 1), FirstOrdinal: uint64(i + 1), Events: []region.Event{
			{Kind: region.ProfilePut, Key: "k", Value: salt},
		}}
		e.Encode(nil, sum)
		sum = e.Checksum
		entries[i] = e
	}
	return entries
}

func at(e *region.Entry) tail { return tail{e.Seq, e.Checksum} }

func TestJudge(t *testing.T) {
	ours, theirs := history("ours", 5), history("theirs", 5)
	damaged := *ours[2]
	damaged.Payload = append([]byte(nil), damaged.Payload...)
	damaged.Payload[5] ^= 1
	for _, c := range []struct {
		name string
		at   tail
		e    *region.Entry
		want verdict
	}{
		{"the first of a log", tail{}, ours[0], accept},
		{"the next", at(ours[1]), ours[2], accept},
		{"the last one again", at(ours[1]), ours[1], duplicate},
		{"an old one again", at(ours[3]), ours[0], duplicate},
		{"one too far", at(ours[1]), ours[3], gap},
		{"not the first of a log", tail{}, ours[1], gap},
		{"the next of another history", at(ours[1]), theirs[2], fork},
		{"the last one of another history", at(ours[1]), theirs[1], fork},
		{"the next, damaged", at(ours[1]), &damaged, fork},
	} {
		if got := c.at.judge(c.e); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

// Whatever a transport repeats, drops, reorders, damages or mixes in from another
// history: what a batch takes is a prefix of the one log, each entry once (I5, I14).
func TestBatch_TakesOnlyTheContinuation(t *testing.T) {
	ours, theirs := history("ours", 30), history("theirs", 30)
	rapid.Check(t, func(t *rapid.T) {
		b := batch{origin: us}
		taken := 0
		for range rapid.IntRange(0, 200).Draw(t, "messages") {
			log := rapid.SampledFrom([][]*region.Entry{ours, ours, ours, theirs}).Draw(t, "history")
			near := rapid.IntRange(taken-3, taken+2).Draw(t, "entry")
			payload := append([]byte(nil), log[max(0, min(near, len(log)-1))].Payload...)
			if rapid.IntRange(0, 9).Draw(t, "damage") == 0 {
				payload[rapid.IntRange(0, len(payload)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			}
			if err := b.add(payload); err == nil {
				taken = len(b.entries)
			}
			if len(b.entries) > 0 && b.end != at(b.entries[len(b.entries)-1]) {
				t.Fatal("the end is not that of the last entry")
			}
		}
		if len(b.entries) == 0 {
			return
		}
		log := ours
		if b.entries[0].Checksum == theirs[0].Checksum {
			log = theirs
		}
		for i, e := range b.entries {
			if e.Seq != uint64(i+1) || e.Checksum != log[i].Checksum {
				t.Fatalf("entry %d is %d of another history", i+1, e.Seq)
			}
		}
	})
}

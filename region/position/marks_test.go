package position

import (
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// Marks are bounded, and forget neither the oldest nor the newest.
func TestMarks_AreBounded(t *testing.T) {
	eu, start := crdt.Origin{Region: "eu", Epoch: 1}, time.Unix(0, 0)
	at := func(seq uint64) time.Time { return start.Add(time.Duration(seq) * time.Second) }
	var m marks
	const last = 3 * maxMarks
	for seq := uint64(1); seq <= last; seq++ {
		m.add(region.Report{Origin: eu, Head: region.Head{Seq: seq}, SentAt: at(seq)})
		m.add(region.Report{Origin: eu, Head: region.Head{Seq: seq}, SentAt: at(seq + 1)}) // says nothing new
	}
	if len(m.points) > maxMarks {
		t.Errorf("%d marks", len(m.points))
	}
	for applied, want := range []time.Time{0: at(1), 1: at(last - maxMarks + 2)} {
		if got := m.since(eu, uint64(applied)); !got.Equal(want) {
			t.Errorf("beyond %d since %s, want %s", applied, got, want)
		}
	}
	if got := m.since(eu, last-1); !got.Equal(at(last)) {
		t.Errorf("the last entry is missing since %s", got)
	}
	if got := m.since(eu, last); !got.IsZero() || len(m.points) != 0 {
		t.Errorf("nothing is missing since %s, by %d marks", got, len(m.points))
	}
}

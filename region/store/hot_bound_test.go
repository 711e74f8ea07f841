package store

import (
	"strings"
	"testing"

	"pangea/crdt"
	"pangea/region/state"
)

func keep(h *hot[string, crdt.Register], cells map[string]*state.Cell[crdt.Register]) {
	h.begin(cells)
	h.end(true)
}

// While a commit runs its rows are not for readers, who could have seen another of them in
// the database already; others are.
func TestHot_RowsOfARunningCommitAreNotRead(t *testing.T) {
	h := newHotRows().profile
	row := func(value string) *state.Cell[crdt.Register] {
		return &state.Cell[crdt.Register]{Now: crdt.Register{Value: value}}
	}
	want := func(key, value string) {
		t.Helper()
		if r, known := h.read(key); known != (value != "") || r.Value != value {
			t.Errorf("%s: %q, %t, want %q", key, r.Value, known, value)
		}
	}
	keep(h, map[string]*state.Cell[crdt.Register]{"a": row("1"), "b": row("1")})
	for _, stands := range []bool{false, true} {
		h.begin(map[string]*state.Cell[crdt.Register]{"a": row("2")})
		want("a", "")
		want("b", "1")
		h.end(stands)
		want("a", map[bool]string{false: "1", true: "2"}[stands])
	}
}

// What is remembered is bounded in bytes, whatever the rows; the rows used last are among it.
func TestHot_IsBounded(t *testing.T) {
	h := newHotRows().profile
	often := map[string]*state.Cell[crdt.Register]{"often": {Now: crdt.Register{Value: "x"}}}
	keep(h, often)
	for i := range 6000 {
		value := strings.Repeat("v", i%8<<10)
		for round := range 2 { // the second one is of a row that is there
			key := string(rune('a'+i%26)) + strings.Repeat("k", i/26)
			keep(h, map[string]*state.Cell[crdt.Register]{key: {Now: crdt.Register{Value: value[:len(value)>>round]}}})
		}
		if others := h.fill(map[string]*state.Cell[crdt.Register]{"often": {}}); len(others) > 0 {
			t.Fatalf("after %d rows the one that is used all the time is forgotten", i)
		}
		total := 0
		for key, row := range h.young {
			total += h.keys.size(key) + h.rows.size(row)
		}
		if total != h.bytes || total > hotBytes {
			t.Fatalf("after %d rows the young ones have %d bytes, %d by its count, of at most %d", i, total, h.bytes, hotBytes)
		}
	}
	if len(h.old) == 0 {
		t.Error("6,000 rows of some 2 KiB fit into one generation")
	}
}

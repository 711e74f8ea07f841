package crdt_test

import (
	"strconv"
	"time"

	"pgregory.net/rapid"

	"pangea/crdt"
)

// The generators draw from few values on purpose: ties, repeats and meetings of
// the same origin are what merge laws break on.

var origins = []crdt.Origin{
	{Region: "ap", Epoch: 1},
	{Region: "eu", Epoch: 1},
	{Region: "eu", Epoch: 2},
	{Region: "us", Epoch: 1},
}

func anOrigin() *rapid.Generator[crdt.Origin] { return rapid.SampledFrom(origins) }

// aVector draws positions close together, so that vectors are often equal,
// ordered or concurrent in some part.
func aVector() *rapid.Generator[crdt.Vector] {
	return rapid.Custom(func(t *rapid.T) crdt.Vector {
		return rapid.MapOf(anOrigin(), rapid.Uint64Range(0, 3)).Draw(t, "vector")
	})
}

// writes draws registers that are different writes: no two share an origin and an
// ordinal. Their stamps tie often, and a third of them are tombstones.
func writes(least, most int) *rapid.Generator[[]crdt.Register] {
	return rapid.Custom(func(t *rapid.T) []crdt.Register {
		ws := make([]crdt.Register, rapid.IntRange(least, most).Draw(t, "writes"))
		last := map[crdt.Origin]uint64{}
		for i := range ws {
			o := anOrigin().Draw(t, "origin")
			last[o]++
			ws[i] = crdt.Register{
				Meta: crdt.Meta{
					Stamp:   crdt.Stamp(rapid.Int64Range(0, 2).Draw(t, "stamp")),
					Origin:  o,
					Seq:     (last[o] + 1) / 2, // two events an entry
					Ordinal: last[o],
				},
				Value: strconv.Itoa(i),
			}
			if rapid.IntRange(0, 2).Draw(t, "tombstone") == 0 {
				ws[i].Value, ws[i].Null = "", true
			}
		}
		return ws
	})
}

// withDuplicates draws an order of items in which each appears at least once.
func withDuplicates[T any](t *rapid.T, items []T) []T {
	if len(items) == 0 {
		return nil
	}
	again := rapid.SliceOfN(rapid.SampledFrom(items), 0, len(items)).Draw(t, "again")
	return rapid.Permutation(append(again, items...)).Draw(t, "order")
}

func millis(ms int64) time.Time { return time.UnixMilli(ms) }

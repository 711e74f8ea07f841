package bench

import (
	"math/rand/v2"
	"strconv"

	"pangea/region"
)

// Sizes are those of groups: an idle region's, one of a few clients, one under load,
// and a part of a batch.
var Sizes = []int{1, 50, 200, 1000}

const (
	// Keys is how many keys a class has. Their popularity is Zipf's, as gen's is.
	Keys = 10_000_000
	zipf = 1.1

	// drawn is how many writes are made before a benchmark begins; then they repeat.
	drawn = 1 << 16

	// value is that of profiles and fields.
	value = `{"name":"Ada Lovelace","mail":"ada@example.org"}`
)

// Writes is an endless sequence of writes in the mix of classes that gen makes by
// default: 50 % counters, 20 % profiles, 15 % tags and 15 % prefs of one field.
type Writes struct {
	all  []region.Write
	next int
}

// NewWrites makes the sequence of a seed.
func NewWrites(seed uint64) *Writes {
	r := rand.New(rand.NewPCG(seed, seed))
	keys := rand.NewZipf(r, zipf, 1, Keys-1)
	w := &Writes{all: make([]region.Write, drawn)}
	for i := range w.all {
		w.all[i] = write(r, Key(keys.Uint64()))
	}
	return w
}

// Key is the one of a rank.
func Key(rank uint64) string { return "user:" + strconv.FormatUint(rank, 10) }

func write(r *rand.Rand, key string) region.Write {
	name := "n" + strconv.Itoa(r.IntN(8))
	switch share := r.IntN(100); {
	case share < 50:
		return region.Write{Op: region.IncrCounter, Key: key, By: 1}
	case share < 70:
		return region.Write{Op: region.PutProfile, Key: key, Value: value}
	case share < 85:
		return region.Write{Op: region.AddTag, Key: key, Member: name}
	default:
		return region.Write{Op: region.PatchPrefs, Key: key, Fields: []region.Field{{Name: name, Value: value}}}
	}
}

// Group returns the next n writes, which are not to be changed. A group is never cut
// short: the sequence begins again before one that does not fit.
func (w *Writes) Group(n int) []region.Write {
	if w.next+n > len(w.all) {
		w.next = 0
	}
	w.next += n
	return w.all[w.next-n : w.next]
}

// All is the sequence up to where it begins again.
func (w *Writes) All() []region.Write { return w.all }

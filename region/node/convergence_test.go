package node_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/regiontest"
)

// Random writes of every class in every region, while links are cut and healed,
// regions go and come back and entries are delivered again: in the end all regions
// hold the same (I7), no acknowledged write is missing, none counts twice (I1, I5),
// and the books balance (I9). PANGEA_SEED repeats the choices of a run.
func TestWorld_ConvergesAfterAnyFaults(t *testing.T) {
	t.Parallel()
	seed := seed(t)
	chance := rand.New(rand.NewPCG(seed, 0))
	w := regiontest.New(t, regiontest.Options{RelayAfter: time.Duration(chance.IntN(2)) * time.Second})
	b := newBooks()
	var clients []func(context.Context)
	for i, name := range append(w.Names(), w.Names()...) {
		chance := rand.New(rand.NewPCG(seed, uint64(i)+1))
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 30*time.Millisecond, func() { b.send(t, w, name, randomWrite(chance)) })
		})
	}
	stop := background(t, clients...)

	f := faults{chance: chance, world: w}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	every(ctx, 400*time.Millisecond, func() { f.next(t) })

	stop()
	f.undo(t)
	w.WaitConverged(t)
	b.check(t, w)
}

func seed(t *testing.T) uint64 {
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("PANGEA_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("PANGEA_SEED: %v", err)
		}
	}
	t.Logf("PANGEA_SEED=%d", seed)
	return seed
}

// randomWrite hits few keys, so that regions collide.
func randomWrite(chance *rand.Rand) write {
	key, n := fmt.Sprintf("k%d", chance.IntN(3)), chance.IntN(4)
	switch chance.IntN(8) {
	case 0:
		return incr(key)
	case 1:
		return write{method: "POST", path: "/counter/" + key + "/decr", body: `{"by":3}`, class: "counter", counter: key, by: -3}
	case 2, 3:
		return write{method: "PUT", path: "/profile/" + key, body: strconv.Itoa(chance.Int()), class: "profile"}
	case 4:
		return write{method: "POST", path: "/tags/" + key + "/add", body: fmt.Sprintf(`{"tag":"t%d"}`, n)}
	case 5:
		return write{method: "POST", path: "/tags/" + key + "/remove", body: fmt.Sprintf(`{"tag":"t%d"}`, n)}
	case 6:
		value := []string{"null", "1", strconv.Itoa(chance.Int())}[chance.IntN(3)]
		return write{method: "PATCH", path: "/prefs/" + key, body: fmt.Sprintf(`{"f%d":%s}`, n, value)}
	default:
		if n == 0 {
			return write{method: "DELETE", path: "/handle/" + key + "?claimant=c1"}
		}
		return write{method: "PUT", path: "/handle/" + key, body: fmt.Sprintf(`{"claimant":"c%d"}`, n)}
	}
}

// faults are what befalls a world.
type faults struct {
	chance *rand.Rand
	world  *regiontest.World
	down   string // the region that does not run
}

func (f *faults) next(t *testing.T) {
	names := slices.Clone(f.world.Names())
	f.chance.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	a, b := names[0], names[1]
	switch f.chance.IntN(7) {
	case 0, 1:
		f.world.Cut(t, a, b, f.direction(), f.mode())
	case 2:
		f.world.Heal(t, a, b)
	case 3:
		f.world.HealAll(t)
	case 4, 5:
		f.restart(t, a)
	default:
		if a != f.down {
			f.world.Redeliver(t, a, b)
		}
	}
}

func (f *faults) direction() links.Direction {
	return []links.Direction{links.BothWays, links.OneWay}[f.chance.IntN(2)]
}

func (f *faults) mode() links.Mode {
	return []links.Mode{links.Refuse, links.Blackhole}[f.chance.IntN(2)]
}

// restart starts the region that is down, or stops one.
func (f *faults) restart(t *testing.T, name string) {
	if f.down != "" {
		f.world.Launch(t, f.down)
		f.down = ""
		return
	}
	f.down = name
	f.world.Stop(t, name)
}

// undo ends every fault.
func (f *faults) undo(t *testing.T) {
	f.world.HealAll(t)
	f.world.StartAll(t)
}

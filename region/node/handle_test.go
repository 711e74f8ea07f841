package node_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"pangea/chaos/links"
	"pangea/region/regiontest"
)

// Clients of all regions claim, release and read a few handles at once while links
// are cut, so that answers are lost. What they were told fits one order of events for
// each handle (I10); a question without an answer may take effect at any time, or never.
func TestHandles_HistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	seed := seed(t)
	w := regiontest.New(t, regiontest.Options{})
	h := &history{world: w, begin: time.Now()}
	var clients []func(context.Context)
	for i, name := range append(w.Names(), w.Names()...) {
		chance := rand.New(rand.NewPCG(seed, uint64(i)+1))
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 30*time.Millisecond, func() { h.ask(t, name, i, randomQuestion(chance, i, time.Since(h.begin))) })
		})
	}
	stop := background(t, clients...)

	f := faults{chance: rand.New(rand.NewPCG(seed, 0)), world: w}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	every(ctx, 250*time.Millisecond, func() {
		w.HealAll(t)
		if i := f.chance.IntN(6); i < 3 {
			w.Cut(t, w.Names()[i], w.Names()[(i+1)%3], f.direction(), links.Refuse)
		}
	})
	w.HealAll(t)
	stop()
	h.check(t)
}

// randomQuestion is about one of two handles, and about new ones every second: the
// shorter their histories, the faster they are checked.
func randomQuestion(chance *rand.Rand, client int, since time.Duration) question {
	q := question{name: fmt.Sprintf("h%d-%d", int(since.Seconds()), chance.IntN(2))}
	switch chance.IntN(4) {
	case 0:
		q.method = "GET"
	case 1, 2:
		q.method, q.claimant = "DELETE", fmt.Sprint("c", client)
	default:
		q.method, q.claimant = "PUT", fmt.Sprint("c", client)
	}
	return q
}

// history is what clients asked and what they were told.
type history struct {
	world *regiontest.World
	begin time.Time

	mu   sync.Mutex
	ops  []porcupine.Operation
	lost int // answers
}

// ask sends a question to a region.
func (h *history) ask(t *testing.T, name string, client int, q question) {
	path, body := "/handle/"+q.name, ""
	switch q.method {
	case "PUT":
		body = fmt.Sprintf(`{"claimant":%q}`, q.claimant)
	case "DELETE":
		path += "?claimant=" + q.claimant
	}
	op := porcupine.Operation{ClientId: client, Input: q, Call: int64(time.Since(h.begin))}
	a, err := h.world.Try(t, name, q.method, path, body, "Prefer", "wait=1")
	op.Return = int64(time.Since(h.begin))
	op.Output = answer{a.Status, a.Field("claimant")}
	if err != nil || a.Status == 504 {
		op.Output, op.Return = answer{}, math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case a.Status == 503, q.method == "GET" && op.Output == answer{}:
		return // nothing was asked, or nothing was told
	case op.Output == answer{}:
		h.lost++
	}
	h.ops = append(h.ops, op)
}

func (h *history) check(t *testing.T) {
	t.Helper()
	t.Logf("%d questions, %d without an answer", len(h.ops), h.lost)
	if len(h.ops) < 100 || h.lost == 0 {
		t.Error("too little happened to show anything")
	}
	for _, part := range handleModel.Partition(h.ops) {
		result := porcupine.CheckOperationsTimeout(handleModel, part, 30*time.Second)
		if result == porcupine.Ok {
			continue
		}
		t.Errorf("the history of a handle: %s", result)
		for _, op := range part {
			t.Logf("%10d %20d client %d %s", op.Call, op.Return, op.ClientId, handleModel.DescribeOperation(op.Input, op.Output))
		}
	}
}

package causal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"pangea/gen/workload"
)

// pair is a write and one that depends on it.
type pair struct{ a, b item }

// at is pair i: a pure function of the seed and i.
func (c Config) at(i int) pair {
	r := rand.New(rand.NewPCG(c.Seed, uint64(i)))
	draw := func(which string) item {
		return item{classes()[r.IntN(len(classes()))], fmt.Sprintf("causal-%d-%d-%s", c.Seed, i, which)}
	}
	return pair{draw("a"), draw("b")}
}

// Sight is what came of a pair.
type Sight struct {
	A, B     workload.Class
	Complete bool // every request was answered, and B came through
	Inverted bool // B was shown without A

	Behind time.Duration // from the answer to B until it was shown in the third region
	Alone  time.Duration // from then until A was, if they were inverted
}

// play makes a pair.
func (p *places) play(ctx context.Context, at pair) Sight {
	sight := Sight{A: at.a.class, B: at.b.class}
	if !put(p.first, at.a.write()) || !await(ctx, p.second, at.a) || !put(p.second, at.b.write()) {
		return sight
	}
	p.see(ctx, at, &sight)
	if begun := time.Now(); sight.Inverted && await(ctx, p.third, at.a) {
		sight.Alone = time.Since(begun)
	}
	return sight
}

// see reads B and then A where they come together.
func (p *places) see(ctx context.Context, at pair, sight *Sight) {
	answered := time.Now()
	if !await(ctx, p.third, at.b) {
		return
	}
	sight.Behind = time.Since(answered)
	there, err := shows(p.third, at.a)
	sight.Complete, sight.Inverted = err == nil, err == nil && !there
}

// plant reports whether a pair is found inverted of which nobody wrote A.
func (p *places) plant(ctx context.Context, at pair) bool {
	var sight Sight
	if put(p.second, at.b.write()) {
		p.see(ctx, at, &sight)
	}
	return sight.Inverted
}

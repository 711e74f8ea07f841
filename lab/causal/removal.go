package causal

import (
	"context"
	"fmt"
	"time"

	"pangea/crdt"
	"pangea/gen/workload"
	"pangea/lab/meter"
)

// removal is a tag that the first region adds and the second, which has seen it, removes.
type removal struct {
	item
	acknowledged bool // both
	early        bool // the third region had stored the removal, and not yet the add
}

func (c Config) removalAt(i int) item {
	return item{workload.Tags, fmt.Sprintf("causal-%d-gone-%d", c.Seed, i)}
}

func (p *places) remove(ctx context.Context, i item) removal {
	r := removal{item: i}
	added, ok := tell(p.first, i.write())
	if !ok || !await(ctx, p.second, i) {
		return r
	}
	removed, ok := tell(p.second, i.take())
	if ok {
		r.acknowledged, r.early = true, p.hearsFirst(ctx, meter.Own(removed, second), meter.Own(added, first))
	}
	return r
}

// hearsFirst reports whether the third region had stored one entry before another, of
// another log, when it was first seen to have stored any of both.
func (p *places) hearsFirst(ctx context.Context, one, other crdt.Vector) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		stored, err := meter.Stored(p.third)
		if err != nil {
			return false
		}
		if has := stored.Covers(one); has || stored.Covers(other) {
			return has && !stored.Covers(other)
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// early counts the removals that were heard of first.
func early(removals []removal) (n int) {
	for _, r := range removals {
		if r.early {
			n++
		}
	}
	return n
}

// check counts the tags that were removed, and of these those that a region still shows.
func (p *places) check(removals []removal) (removed, resurrected int, err error) {
	for _, r := range removals {
		if !r.acknowledged {
			continue
		}
		removed++
		for _, at := range p.all() {
			there, err := shows(at, r.item)
			if err != nil {
				return 0, 0, err
			}
			if there {
				resurrected++
				break
			}
		}
	}
	return removed, resurrected, nil
}

// plantAgain reports whether a tag is found that is put back after its removal.
func (p *places) plantAgain(removals []removal) bool {
	for _, r := range removals {
		if r.acknowledged && put(p.first, r.write()) {
			_, resurrected, err := p.check([]removal{r})
			return err == nil && resurrected == 1
		}
	}
	return false
}

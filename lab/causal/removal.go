package causal

import (
	"context"
	"fmt"

	"pangea/gen/workload"
)

// removal is a tag that the first region adds and the second, which has seen it, removes.
type removal struct {
	item
	acknowledged bool // both
}

func (c Config) removalAt(i int) item {
	return item{workload.Tags, fmt.Sprintf("causal-%d-gone-%d", c.Seed, i)}
}

func (p *places) remove(ctx context.Context, i item) removal {
	done := put(p.first, i.write()) && await(ctx, p.second, i) && put(p.second, i.take())
	return removal{i, done}
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

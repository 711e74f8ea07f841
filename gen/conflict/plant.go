package conflict

import (
	"context"
	"fmt"
	"time"

	"pangea/gen/measure"
)

// plantWithin bounds the wait until every region has the planted pair.
const plantWithin = 30 * time.Second

// Plant makes one pair more, of which only the first write is sent and both are said to be
// acknowledged, and reports whether the verdict is that one is lost: with it an experiment
// shows that it would notice a loss.
func (c *Conflict) Plant(ctx context.Context) (found bool, err error) {
	s := Shot{Pair: c.At(c.cfg.Pairs)}
	c.write(&s, 0, "")
	if s.Outcome[0] != measure.OK {
		return false, fmt.Errorf("plant a loss: %s did not take the write", c.cfg.Regions[s.Pair.Sides[0].Region].Name)
	}
	s.Sent[1], s.Done[1] = time.Now(), time.Now()
	for begun := time.Now(); ; {
		v, err := c.judge(s)
		if err != nil {
			return false, err
		}
		if v.Problem == "" || time.Since(begun) > plantWithin {
			return v.Problem == "" && v.Lost(), nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(pause):
		}
	}
}

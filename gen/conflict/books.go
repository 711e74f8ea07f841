package conflict

import (
	"encoding/json"
	"errors"
	"fmt"

	"pangea/region"
)

// Books are what the regions have booked of writes of the class that are gone, each of its
// own (I9).
type Books struct {
	Superseded int64 `json:"superseded"` // to a write that had seen it: no conflict
	Concurrent int64 `json:"concurrent"` // to a write that had not
	ClockSkew  int64 `json:"clock_skew"` // to one that it had seen itself
}

// Lost is how many were lost to a conflict, or to a clock.
func (b Books) Lost() int64 { return b.Concurrent + b.ClockSkew }

// Books are those since Fire began. Nobody else may write to the class meanwhile.
func (c *Conflict) Books() (Books, error) {
	now, err := c.booked()
	if err = errors.Join(c.unread, err); err != nil {
		return Books{}, err
	}
	return Books{
		Superseded: now.Superseded - c.before.Superseded,
		Concurrent: now.Concurrent - c.before.Concurrent,
		ClockSkew:  now.ClockSkew - c.before.ClockSkew,
	}, nil
}

// booked asks every region for all since it began.
func (c *Conflict) booked() (sum Books, err error) {
	for i, r := range c.cfg.Regions {
		body, err := c.read(i, "/ledger")
		if err != nil {
			return sum, err
		}
		var books struct{ Ledger []region.LedgerRow }
		if err := json.Unmarshal(body, &books); err != nil {
			return sum, fmt.Errorf("ledger of %s: %w", r.Name, err)
		}
		for _, row := range books.Ledger {
			if row.Class == c.cfg.Class.String() {
				sum.Superseded += row.Superseded
				sum.Concurrent += row.Concurrent
				sum.ClockSkew += row.ClockSkew
			}
		}
	}
	return sum, nil
}

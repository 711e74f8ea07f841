package node

import (
	"context"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/store"
)

// outbox is the own log as the shipper sees it.
type outbox struct {
	origin  crdt.Origin
	store   *store.Store
	tracker *position.Tracker
}

func (o outbox) After(ctx context.Context, seq uint64, maxBytes int) ([]region.Record, error) {
	return o.store.Log(ctx, o.origin, o.origin, seq+1, maxBytes)
}

// Floor is one after the last entry that every registered peer has stored.
func (o outbox) Floor(ctx context.Context) (uint64, error) {
	oldest, err := o.store.Oldest(ctx)
	return max(oldest, o.tracker.Fetched()+1), err
}

func (o outbox) At(ctx context.Context, seq uint64) (region.Checksum, bool, error) {
	if head := o.tracker.Local().Head; head.Seq == seq {
		return head.Checksum, true, nil
	}
	records, err := o.store.Log(ctx, o.origin, o.origin, seq, 1)
	if err != nil || len(records) == 0 {
		return region.Checksum{}, false, err
	}
	e, err := region.Decode(records[0].Payload)
	if err != nil {
		return region.Checksum{}, false, err
	}
	return e.Checksum, true, nil
}

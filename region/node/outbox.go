package node

import (
	"context"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/store"
	"pangea/shipper"
)

// outbox is the own log as the shipper sees it.
type outbox struct {
	origin  crdt.Origin
	store   *store.Store
	tracker *position.Tracker
}

func (o outbox) After(ctx context.Context, seq uint64, maxBytes int) ([]region.Record, error) {
	return o.store.Log(ctx, o.origin, seq+1, maxBytes)
}

// Needs tells what peers lack, by their reports or, until those come, by what the
// database remembers of them.
func (o outbox) Needs(ctx context.Context) (n shipper.Needs, err error) {
	oldest, err := o.store.Oldest(ctx)
	if err != nil {
		return n, err
	}
	n.Floor, n.Head = max(oldest, o.tracker.Fetched()+1), o.tracker.Local().Head.Seq
	stored, names := map[string]uint64{}, []string(nil)
	for _, p := range o.tracker.Peers() {
		stored[p.Region], names = p.Stored[o.origin], append(names, p.Region)
	}
	remembered, err := o.store.Peers(ctx, names)
	if err != nil {
		return n, err
	}
	for _, p := range remembered {
		n.Wanted = append(n.Wanted, max(stored[p.Region], p.Stored[o.origin])+1)
	}
	return n, nil
}

func (o outbox) At(ctx context.Context, seq uint64) (region.Checksum, bool, error) {
	if head := o.tracker.Local().Head; head.Seq == seq {
		return head.Checksum, true, nil
	}
	records, err := o.store.Log(ctx, o.origin, seq, 1)
	if err != nil || len(records) == 0 {
		return region.Checksum{}, false, err
	}
	e, err := region.Decode(records[0].Payload)
	if err != nil {
		return region.Checksum{}, false, err
	}
	return e.Checksum, true, nil
}

package node

import (
	"context"
	"errors"
	"sync"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// keeper looks after what grows: it drops what every registered peer has applied (I4)
// and what has become too old or too much, de-registers a peer that holds back too much,
// and measures what is left. No other goroutine drops anything but tombstones.
type keeper struct {
	node   *Node
	growth map[string]*growth  // by store
	behind map[string]*backlog // by peer
	then   crdt.Vector         // what was applied here when the last sweep measured
	failed bool                // in the last round

	mu      sync.Mutex
	spaces  []region.Space
	held    map[string]int64 // bytes kept for each peer
	written int64            // bytes of the database's write-ahead log
}

func newKeeper(n *Node) *keeper {
	return &keeper{node: n, growth: map[string]*growth{}, behind: map[string]*backlog{}}
}

const (
	// sweepEvery is how many rounds pass between two collections.
	sweepEvery = 10
	// A sweep deletes rows in transactions of sweepRows, and leaves the rest to the next
	// after sweepSteps: readers and the writer must get their turn.
	sweepRows, sweepSteps = 10_000, 20
)

func (k *keeper) run(ctx context.Context) error {
	if !k.node.waitOpen(ctx) {
		return nil
	}
	ticker := time.NewTicker(k.node.cfg.KeepEvery)
	defer ticker.Stop()
	for round := 0; ; round++ {
		k.report(ctx, k.round(ctx, round%sweepEvery == 0))
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// report logs the first failure of a row of them, and their end.
func (k *keeper) report(ctx context.Context, err error) {
	if err != nil && !k.failed && ctx.Err() == nil {
		k.node.cfg.Logger.Warn("what grows cannot be looked after; tried again each second", "err", err)
	}
	if err == nil && k.failed {
		k.node.cfg.Logger.Info("what grows is looked after again")
	}
	k.failed = err != nil
}

// round goes on after an error: on a full disk, what can still be dropped makes room.
func (k *keeper) round(ctx context.Context, sweep bool) error {
	if err := k.node.rememberPeers(ctx); err != nil {
		return err
	}
	var errs []error
	if sweep {
		errs = append(errs, k.measure(ctx))
	}
	errs = append(errs, k.node.store.SavePeers(ctx, k.peers())) // who was de-registered, before its logs go
	if sweep {
		errs = append(errs, k.collect(ctx))
	}
	return errors.Join(append(errs, k.publishFloors(ctx))...)
}

// publishFloors lets peers know what can still be read here.
func (k *keeper) publishFloors(ctx context.Context) error {
	floors, err := k.node.store.Floors(ctx)
	if err == nil {
		k.node.tracker.SetFloors(floors)
	}
	return err
}

// collect drops what nobody needs.
func (k *keeper) collect(ctx context.Context) error {
	limits, store := k.node.cfg.Topology.Retention, k.node.store
	errs := []error{
		repeat(func() (int64, error) { return store.Forget(ctx, limits.Idempotency, sweepRows) }),
		repeat(func() (int64, error) { return store.Prune(ctx, limits.Conflicts, sweepRows) }),
	}
	for log, kept := range k.node.tracker.Kept() {
		_, err := store.DropBelow(ctx, log, kept+1, k.ended(log))
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// ended reports whether the region of a log goes on under a later epoch.
func (k *keeper) ended(log crdt.Origin) bool {
	now := k.node.tracker.Head(log.Region).Origin
	if own := k.node.tracker.Local().Origin; log.Region == own.Region {
		now = own
	}
	return now.Epoch > log.Epoch
}

// repeat deletes until there is nothing left to, or it is time for something else.
func repeat(step func() (int64, error)) error {
	for range sweepSteps {
		if n, err := step(); err != nil || n < sweepRows {
			return err
		}
	}
	return nil
}

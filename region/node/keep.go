package node

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"pangea/region/position"
	"pangea/region/store"
)

// keeper looks after what grows (I4): it drops what every registered peer has
// applied, de-registers a peer that holds back too much, and remembers the peers.
type keeper struct {
	node  *Node
	sizes atomic.Pointer[sizes]
}

// sizes is what the logs take.
type sizes struct {
	outbox, inbox int64 // bytes
}

// sweepEvery is how many rounds pass between two collections.
const sweepEvery = 10

func (k *keeper) run(ctx context.Context) error {
	if !k.node.waitOpen(ctx) {
		return nil
	}
	ticker := time.NewTicker(k.node.cfg.KeepEvery)
	defer ticker.Stop()
	for round := 0; ; round++ {
		if err := k.round(ctx, round%sweepEvery == 0); err != nil && ctx.Err() == nil {
			k.node.cfg.Logger.Warn("look after the logs", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (k *keeper) round(ctx context.Context, sweep bool) error {
	if err := k.node.rememberPeers(ctx); err != nil {
		return err
	}
	peers := k.peers()
	if err := k.node.store.SavePeers(ctx, peers); err != nil || !sweep {
		return err
	}
	_, err := k.node.store.Forget(ctx, k.node.cfg.Topology.Retention.Idempotency, 10_000)
	return errors.Join(k.measure(ctx), k.register(ctx), k.collect(ctx), err)
}

// peers is what the database should remember.
func (k *keeper) peers() []store.Peer {
	var peers []store.Peer
	for _, p := range k.node.tracker.Peers() {
		peers = append(peers, store.Peer{
			Region: p.Region, Registered: p.Registered, Reported: p.Reported, Head: p.Head, Stored: p.Stored, Applied: p.Applied,
		})
	}
	return peers
}

func (k *keeper) measure(ctx context.Context) error {
	local, s := k.node.tracker.Local(), sizes{}
	for origin := range local.Stored {
		n, err := k.node.store.LogSize(ctx, origin, origin == local.Origin)
		if err != nil {
			return err
		}
		if origin == local.Origin {
			s.outbox += n
		} else {
			s.inbox += n
		}
	}
	k.sizes.Store(&s)
	return nil
}

// register de-registers peers that were away too long or hold back too much, and
// takes one back that has what was kept for it.
func (k *keeper) register(ctx context.Context) error {
	limits := k.node.cfg.Topology.Retention
	oldest, err := k.node.store.Oldest(ctx)
	if err != nil {
		return err
	}
	local := k.node.tracker.Local()
	for _, p := range k.node.tracker.Peers() {
		away := min(time.Since(p.Reported), p.Silent) // no longer than this process has listened
		behind := p.Stored[local.Origin] < local.Head.Seq
		held := k.sizes.Load().outbox
		switch {
		case p.Registered && away > limits.PeerAge:
			k.deregister(p, fmt.Sprintf("it was away for %s", away.Round(time.Second)))
		case p.Registered && !p.Reachable && behind && held > limits.PeerBytes:
			k.deregister(p, fmt.Sprintf("it holds back %d MiB of the log", held>>20))
		case !p.Registered && p.Reachable && away <= limits.PeerAge && p.Stored[local.Origin]+1 >= oldest:
			k.node.tracker.SetRegistered(p.Region, true)
			k.node.cfg.Logger.Info("peer is registered again", "peer", p.Region)
		}
	}
	return nil
}

func (k *keeper) deregister(p position.PeerState, why string) {
	k.node.tracker.SetRegistered(p.Region, false)
	k.node.cfg.Logger.Error("PEER DE-REGISTERED: its logs are no longer kept, it must re-seed", "peer", p.Region, "why", why)
}

// collect drops the partitions that nobody needs.
func (k *keeper) collect(ctx context.Context) error {
	var errs []error
	own := k.node.tracker.Local().Origin
	for origin, kept := range k.node.tracker.Kept() {
		_, err := k.node.store.DropBelow(ctx, origin, origin == own, kept+1)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

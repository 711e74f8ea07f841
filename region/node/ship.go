package node

import (
	"context"
	"fmt"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
	"pangea/shipper"
)

// ship carries the own log to the stream, one epoch after the other, once the database
// has said which log that is. What the stream has of an earlier one is salvaged first.
func (n *Node) ship(ctx context.Context) error {
	if !n.waitOpen(ctx) {
		return nil
	}
	since := time.Now()
	for ctx.Err() == nil {
		local := n.tracker.Local()
		tail, err := n.tail(ctx, local.Origin)
		if err != nil {
			n.excuse(local.Origin, since, err)
			pause(ctx, salvagePause)
			continue
		}
		if why := contradiction(tail, local.Origin, local.Head); why != "" {
			n.writer.Contradict(local.Origin, tail.Origin.Epoch, why) // it may have asked before this could be read
			_ = n.tracker.WaitEnd(ctx, local.Origin)
			continue
		}
		if err := n.salvage(ctx, local.Origin); err != nil {
			return err
		}
		if err := n.shipEpoch(ctx, local.Origin); err != nil {
			return err
		}
		since = time.Now()
	}
	return nil
}

// shipEpoch carries one log until it has ended.
func (n *Node) shipEpoch(ctx context.Context, origin crdt.Origin) error {
	log, err := n.stream.Log(origin)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = n.tracker.WaitEnd(ctx, origin)
		cancel()
	}()
	err = n.shipper.Run(ctx, shipper.Log{Origin: origin, Outbox: outbox{origin, n.store, n.tracker}, Stream: guarded{log, n}})
	cancel()
	<-ended
	return err
}

// guarded is a stream that is not replaced while it shows the database to be an older
// copy: one that was put in place of the newer one under a running process. The writer
// notices that by itself, and goes on under a new epoch.
type guarded struct {
	*stream.Log
	node *Node
}

func (g guarded) Recreate(ctx context.Context, first uint64) error {
	tail, err := g.Tail(ctx)
	if err != nil {
		return err
	}
	local := g.node.tracker.Local()
	if why := contradiction(tail, local.Origin, local.Head); why != "" && genuine(tail) {
		return fmt.Errorf("the stream is kept, it may have what the database lacks: %s", why)
	}
	return g.Log.Recreate(ctx, first)
}

// genuine reports whether the end of a stream is an entry of the log that it holds.
func genuine(tail stream.Tail) bool {
	e, err := region.Decode(tail.Last.Payload)
	return err == nil && e.Origin == tail.Origin && e.Seq == tail.Last.Seq
}

// evidence is what the stream that the last process left shows (I14): the epoch that it
// holds, and why the database is an older copy, "" if it need not be. A stream that cannot be
// read for evidencePatience may show anything, so it counts as evidence too: a new epoch
// harms nobody.
func (n *Node) evidence(ctx context.Context, origin crdt.Origin, head region.Head) (epoch uint32, why string) {
	ctx, cancel := context.WithTimeout(ctx, evidencePatience)
	defer cancel()
	for {
		tail, err := n.tail(ctx, origin)
		if err == nil {
			return tail.Origin.Epoch, contradiction(tail, origin, head)
		}
		if !pause(ctx, salvagePause) {
			n.cfg.Logger.Warn("the stream cannot tell whether the database is an older copy: taken for one", region.EntryAttr(origin, head.Seq), "err", err)
			return 0, fmt.Sprintf("it may have more than the database: %v", err)
		}
	}
}

// evidencePatience is shorter than the writer, which waits for it, may stand still (I13).
const evidencePatience = 3 * time.Second

func (n *Node) tail(ctx context.Context, origin crdt.Origin) (tail stream.Tail, err error) {
	log, err := n.stream.Log(origin)
	if err == nil {
		tail, err = log.Tail(ctx)
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return tail, err
}

// contradiction says in what a stream that was found contradicts the log's head.
func contradiction(tail stream.Tail, origin crdt.Origin, head region.Head) string {
	switch last := tail.Last.Seq; {
	case tail.Origin.Epoch > origin.Epoch:
		return fmt.Sprintf("the stream holds epoch %d, the database has %d", tail.Origin.Epoch, origin.Epoch)
	case tail.Origin != origin:
		return ""
	case last > head.Seq:
		return fmt.Sprintf("the stream holds the log up to %d, the database ends at %d", last, head.Seq)
	case last == 0 || last < head.Seq:
		return ""
	}
	e, err := region.Decode(tail.Last.Payload)
	if err != nil || e.Checksum == head.Checksum {
		return "" // the shipper replaces a stream that is damaged
	}
	return fmt.Sprintf("the stream ends in another entry %d than the database", e.Seq)
}

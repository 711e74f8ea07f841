package node

import (
	"context"
	"fmt"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
	"pangea/shipper"
)

// ship carries the own log to the stream, once the database has said which log that is;
// one epoch after the other.
func (n *Node) ship(ctx context.Context) error {
	if !n.waitOpen(ctx) {
		return nil
	}
	if local := n.tracker.Local(); n.evidence(ctx, local.Origin, local.Head) != "" {
		// The writer has the same evidence. The stream is needed until then.
		if n.tracker.WaitEnd(ctx, local.Origin) != nil {
			return nil
		}
		found, err := n.salvage(ctx, local.Origin)
		n.cfg.Logger.Info("the former stream was read for what the database lacks", "log", local.Origin, "found", found, "err", err)
	}
	for ctx.Err() == nil {
		if err := n.shipEpoch(ctx, n.tracker.Local().Origin); err != nil {
			return err
		}
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
	err = n.shipper.Run(ctx, shipper.Log{Origin: origin, Outbox: outbox{origin, n.store, n.tracker}, Stream: log})
	cancel()
	<-ended
	return err
}

// evidence says why the stream that the last process left shows that the database is an
// older copy (I14); "" if it does not.
func (n *Node) evidence(ctx context.Context, origin crdt.Origin, head region.Head) string {
	log, err := n.stream.Log(origin)
	if err != nil {
		return ""
	}
	tail, err := log.Tail(ctx)
	if err != nil {
		n.cfg.Logger.Warn("the stream cannot tell whether the database is an older copy", "err", err)
		return ""
	}
	return contradiction(tail, origin, head)
}

// salvage delivers what the stream has of a former log, like a peer's entries, before
// the shipper replaces it: nobody else may have it.
func (n *Node) salvage(ctx context.Context, former crdt.Origin) (found int, err error) {
	log, err := n.stream.Log(former)
	if err != nil {
		return 0, err
	}
	for r, err := range log.Records(ctx, 1) {
		if err != nil {
			return found, err
		}
		next, err := n.readopt(ctx, r)
		if err != nil {
			return found, err
		}
		if next {
			found++
		}
	}
	return found, nil
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

// readopt delivers an entry if it is the next one of its log.
func (n *Node) readopt(ctx context.Context, r region.Record) (bool, error) {
	e, err := region.Decode(r.Payload)
	if err != nil {
		return false, fmt.Errorf("entry %d: %w", r.Seq, err)
	}
	if stored, _ := n.writer.Stored(e.Origin); e.Seq != stored+1 {
		return false, nil
	}
	return true, n.writer.Deliver(ctx, []*region.Entry{e})
}

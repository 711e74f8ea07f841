package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/stream"
	"pangea/region/writer"
)

var (
	// errUnreadable: the stream cannot be read, whatever it has.
	errUnreadable = errors.New("the stream cannot be read")
	// errOutOfReach: what the stream has cannot be stored before a peer is back.
	errOutOfReach = errors.New("nobody in reach has what comes before it")
)

const (
	salvagePause, salvageMaxPause = 200 * time.Millisecond, 2 * time.Second
	// salvageRun is the number of entries that are delivered at once.
	salvageRun = 256
)

// salvage delivers what the stream has of a former log and the database has not, like a
// peer's entries, before the shipper replaces it: nobody else may have it. It goes on
// until all that can be had is stored, or ctx ends. Meanwhile peers read the own log
// without a stream. The region serves nobody (I13), unless what is left is out of reach.
func (n *Node) salvage(ctx context.Context, own crdt.Origin) error {
	log, err := n.stream.Log(own)
	if err != nil {
		return err
	}
	s := &salvage{node: n, log: log, own: own}
	wait, since := salvagePause, time.Now()
	for told := false; ctx.Err() == nil; told = true {
		err := s.read(ctx)
		if err == nil {
			n.tracker.Salvaged(own, true)
			break
		}
		n.excuse(own, since, err)
		if !told && ctx.Err() == nil {
			n.cfg.Logger.Warn("the former stream has what the database lacks, and is kept until that is stored", region.LogAttr(own), "err", err)
		}
		pause(ctx, wait)
		wait = min(2*wait, salvageMaxPause)
	}
	if s.found > 0 {
		n.cfg.Logger.Info("the former stream had what the database lacked", region.LogAttr(own), "entries", s.found)
	}
	return nil
}

// excuse lets the region serve without what only the stream has, rather than not at all:
// that cannot be read, or not be stored for now.
func (n *Node) excuse(own crdt.Origin, since time.Time, err error) {
	if errors.Is(err, errUnreadable) && time.Since(since) > evidencePatience || errors.Is(err, errOutOfReach) {
		n.tracker.Salvaged(own, false)
	}
}

type salvage struct {
	node  *Node
	log   *stream.Log
	own   crdt.Origin // the log of now, which is not salvaged
	found int
}

// read delivers what is left.
func (s *salvage) read(ctx context.Context) error {
	tail, err := s.node.tail(ctx, s.own)
	if err != nil || tail.Origin == s.own {
		return err
	}
	stored, _ := s.node.writer.Stored(tail.Origin)
	var run []*region.Entry
	for r, err := range s.log.Records(ctx, stored+1) {
		if err != nil {
			return fmt.Errorf("%w: %w", errUnreadable, err)
		}
		e, err := region.Decode(r.Payload)
		if err != nil || e.Origin == s.own {
			continue // damaged; the gap that it leaves is found
		}
		if len(run) == salvageRun || !continues(run, e) {
			if err := s.deliver(ctx, run); err != nil {
				return err
			}
			run = nil
		}
		run = append(run, e)
	}
	return s.deliver(ctx, run)
}

// continues reports whether e can be delivered with the entries before it.
func continues(run []*region.Entry, e *region.Entry) bool {
	if len(run) == 0 {
		return true
	}
	last := run[len(run)-1]
	return e.Origin == last.Origin && e.Seq == last.Seq+1 && e.Follows(last.Checksum)
}

// deliver leaves out only what can never be stored: entries of another history, and
// those after a gap that nobody can fill. A gap is no news while a peer's snapshot, or
// what peers have of the log, is still to come.
func (s *salvage) deliver(ctx context.Context, run []*region.Entry) error {
	if len(run) == 0 {
		return nil
	}
	log := run[0].Origin
	before, _ := s.node.writer.Stored(log)
	err := s.node.writer.Deliver(ctx, run)
	if errors.Is(err, writer.ErrGap) && !s.fillable(log, before) {
		err = fmt.Errorf("%w: %w", errOutOfReach, err)
	}
	switch {
	case errors.Is(err, region.ErrFork), errors.Is(err, errOutOfReach) && s.final():
		s.node.cfg.Logger.Error("entries of the former stream cannot be used",
			region.LogAttr(log), "from", run[0].Seq, "to", run[len(run)-1].Seq, "err", err)
		return nil
	case err != nil:
		return err
	}
	after, _ := s.node.writer.Stored(log)
	s.found += int(after - before) //nolint:gosec // a run's length
	return nil
}

// fillable reports whether a peer in reach has more of a log than is stored here, or has
// not said yet.
func (s *salvage) fillable(log crdt.Origin, stored uint64) bool {
	return slices.ContainsFunc(s.node.tracker.Peers(), func(p position.PeerState) bool {
		return p.Reachable && (!p.Heard || p.Stored[log] > stored)
	})
}

// final reports whether no peer that counts is out of reach.
func (s *salvage) final() bool {
	return !slices.ContainsFunc(s.node.tracker.Peers(), func(p position.PeerState) bool {
		return p.Registered && !p.Reachable
	})
}

// pause returns false if ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

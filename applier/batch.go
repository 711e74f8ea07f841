package applier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"pangea/crdt"
	"pangea/region"
)

// Reasons for which a log cannot go on from where it is.
var (
	errGap     = errors.New("entries are missing")
	errForeign = errors.New("the entry is of another log")
)

// batch is a run of consecutive entries that is delivered at once.
type batch struct {
	origin     crdt.Origin
	end        tail // after entries
	entries    []*region.Entry
	events     int
	bytes      int
	duplicates int
}

// fill adds what next yields until the batch is full or next fails; io.EOF means
// that there is no more for now.
func (b *batch) fill(maxEvents, maxBytes int, next func() ([]byte, error)) error {
	for b.events < maxEvents && b.bytes < maxBytes {
		payload, err := next()
		if err != nil {
			return err
		}
		if err := b.add(payload); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) add(payload []byte) error {
	e, err := region.Decode(payload)
	if err != nil {
		return fmt.Errorf("entry after %d of %s: %w", b.end.seq, b.origin, err)
	}
	if e.Origin != b.origin {
		return fmt.Errorf("%w: got one of %s in the log of %s", errForeign, e.Origin, b.origin)
	}
	switch b.end.judge(e) {
	case duplicate:
		b.duplicates++
	case gap:
		return fmt.Errorf("%w: got %d of %s after %d", errGap, e.Seq, b.origin, b.end.seq)
	case fork:
		return fmt.Errorf("%w: entry %d of %s does not continue what is stored up to %d with checksum %s",
			region.ErrFork, e.Seq, b.origin, b.end.seq, b.end.sum)
	case accept:
		b.entries = append(b.entries, e)
		b.end = tail{e.Seq, e.Checksum}
		b.events += len(e.Events)
		b.bytes += len(payload)
	}
	return nil
}

// follow tells of each entry that a peer has sent it.
func (b *batch) follow(l *slog.Logger, peer string) {
	region.Follow(l, region.Received, b.origin, b.entries[0].Seq, b.end.seq, slog.String("peer", peer))
}

// deliver stores the entries.
func (b *batch) deliver(ctx context.Context, sink Sink) error {
	if err := sink.Deliver(ctx, b.entries); err != nil {
		return fmt.Errorf("%w %d to %d of %s: %w", errDeliver, b.entries[0].Seq, b.end.seq, b.origin, err)
	}
	return nil
}

// paused reports whether err only says that there is no more for now.
func paused(err error) bool { return err == nil || err == io.EOF }

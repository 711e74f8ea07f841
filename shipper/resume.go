package shipper

import (
	"context"
	"errors"
	"fmt"

	"pangea/region"
	"pangea/region/stream"
)

// flaw is why a stream cannot be continued: a cause to count, and what was seen.
type flaw struct{ cause, why string }

// resume returns the seq of the entry that the stream waits for. A stream with a flaw
// is replaced first. A suspect is an entry to check, or 0.
func (s *Shipper) resume(ctx context.Context, suspect uint64) (uint64, error) {
	tail, err := s.log.Stream.Tail(ctx)
	if err != nil {
		return 0, err
	}
	needs, err := s.needs(ctx)
	if err != nil {
		return 0, err
	}
	f, err := s.inspect(ctx, tail, needs, suspect)
	if err != nil {
		return 0, err
	}
	if f != nil {
		return s.rebuild(ctx, needs, *f)
	}
	if s.refused.persists(tail.Next) {
		return s.rebuild(ctx, needs, flaw{stuck, "it takes no more entries: is its disk full?"})
	}
	return tail.Next, nil
}

func (s *Shipper) needs(ctx context.Context) (Needs, error) {
	n, err := s.log.Outbox.Needs(ctx)
	if err != nil {
		return n, fmt.Errorf("read what the stream should hold: %w", err)
	}
	return n, nil
}

// inspect finds the first flaw of the stream, nil if it has none. The middle of the
// stream is looked at only where a peer waits for it.
func (s *Shipper) inspect(ctx context.Context, tail stream.Tail, needs Needs, suspect uint64) (*flaw, error) {
	switch {
	case tail.Next == 0:
		return &flaw{absent, tail.Damage}, nil
	case tail.Damage != "":
		return &flaw{damaged, tail.Damage}, nil
	case tail.Last.Seq == 0:
		return empty(tail, needs), nil
	}
	if f, err := s.compare(ctx, tail.Last); f != nil || err != nil {
		return f, err
	}
	if f := cutShort(tail, needs, s.next); f != nil {
		return f, nil
	}
	for _, seq := range append(needs.Wanted, suspect) {
		if seq < tail.First || seq >= tail.Next {
			continue
		}
		if f, err := s.differs(ctx, seq); f != nil || err != nil {
			return f, err
		}
	}
	return nil, nil
}

// empty says whether a stream without entries should have some: it was not just made,
// and a peer needs some that were in it. Nothing shows what those were.
func empty(tail stream.Tail, needs Needs) *flaw {
	within := needs.Floor <= tail.Next && tail.Next <= needs.Head+1
	if tail.Next == 1 || tail.Next == needs.Floor || tail.Refill && within {
		return nil
	}
	return &flaw{emptied, fmt.Sprintf("it is empty and waits for entry %d, the outbox has %d to %d", tail.Next, needs.Floor, needs.Head)}
}

// cutShort finds a stream that held more: a peer has stored later entries. Its
// consumers may have been moved to before or after their readers' positions. What the
// stream never had, as this process knows, peers have from /log: it was out of reach, and
// only has to catch up. With next 0 nothing is known.
func cutShort(tail stream.Tail, needs Needs, next uint64) *flaw {
	held := needs.Head
	if next > 0 {
		held = min(held, next-1)
	}
	for _, seq := range needs.Wanted {
		if read := min(seq-1, held); read >= tail.Next && !tail.Refill {
			return &flaw{rolledBack, fmt.Sprintf("it ends with entry %d, and a peer has stored %d", tail.Last.Seq, read)}
		}
	}
	return nil
}

// differs says in what one entry of the stream differs from the outbox. JetStream
// notices a message that went bad only when it is read.
func (s *Shipper) differs(ctx context.Context, seq uint64) (*flaw, error) {
	r, err := s.log.Stream.Read(ctx, seq)
	if err != nil {
		return nil, err
	}
	if r.Seq != seq {
		return &flaw{damaged, fmt.Sprintf("its entry %d cannot be read", seq)}, nil
	}
	if _, known, err := s.at(ctx, seq); err != nil || !known {
		return nil, err // every peer has applied it
	}
	return s.compare(ctx, r)
}

// compare says in what an entry of the stream contradicts the outbox.
func (s *Shipper) compare(ctx context.Context, r region.Record) (*flaw, error) {
	e, err := region.Decode(r.Payload)
	if err != nil || e.Origin != s.log.Origin || e.Seq != r.Seq {
		return &flaw{contradicted, fmt.Sprintf("its message %d is not entry %d of %s", r.Seq, r.Seq, s.log.Origin)}, nil
	}
	sum, known, err := s.at(ctx, r.Seq)
	if err != nil {
		return nil, err
	}
	if !known {
		return &flaw{contradicted, fmt.Sprintf("its entry %d is not in the outbox", r.Seq)}, nil
	}
	if sum != e.Checksum {
		return &flaw{contradicted, fmt.Sprintf("its entry %d has checksum %s, the outbox says %s", r.Seq, e.Checksum, sum)}, nil
	}
	return nil, nil
}

func (s *Shipper) at(ctx context.Context, seq uint64) (region.Checksum, bool, error) {
	sum, known, err := s.log.Outbox.At(ctx, seq)
	if errors.Is(err, region.ErrTrimmed) {
		return region.Checksum{}, false, nil
	}
	if err != nil {
		return region.Checksum{}, false, fmt.Errorf("look up entry %d in the outbox: %w", seq, err)
	}
	return sum, known, nil
}

// skip goes on with an entry that a peer may need: the one that the stream waits for,
// which no peer does, is gone from the outbox.
func (s *Shipper) skip(ctx context.Context, next uint64) (uint64, error) {
	needs, err := s.needs(ctx)
	if err != nil {
		return next, err
	}
	if needs.Floor <= next {
		return next, fmt.Errorf("entry %d is gone from the outbox, which should begin with %d (I4)", next, needs.Floor)
	}
	why := fmt.Sprintf("it waits for entry %d, the outbox begins with %d", next, needs.Floor)
	return s.rebuild(ctx, needs, flaw{contradicted, why})
}

// rebuild replaces the stream by an empty one and returns the entry that it begins
// with.
func (s *Shipper) rebuild(ctx context.Context, needs Needs, f flaw) (uint64, error) {
	next := first(needs, s.cfg.RefillEntries)
	if err := s.log.Stream.Recreate(ctx, next); err != nil {
		return 0, err
	}
	s.refused, s.next = refusal{}, next
	if f.cause == absent && needs.Head == 0 {
		return next, nil // a new log
	}
	s.metrics.rebuilds.WithLabelValues(f.cause).Inc()
	s.cfg.Logger.Warn("rebuilding the stream from the outbox", region.LogAttr(s.log.Origin), "from", next, "to", needs.Head, "because", f.why)
	return next, nil
}

// first is the entry that a rebuilt stream begins with: the lowest that is needed, but
// not so early that readers of the last ones wait long.
func first(needs Needs, most uint64) uint64 {
	return max(needs.Floor, needs.Head+1-min(needs.Head, most))
}

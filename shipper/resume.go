package shipper

import (
	"context"
	"errors"
	"fmt"

	"pangea/region"
	"pangea/region/stream"
)

// resume returns the seq of the entry that the stream waits for. A stream that
// contradicts the outbox is replaced first. A suspect is an entry to check, or 0.
func (s *Shipper) resume(ctx context.Context, suspect uint64) (uint64, error) {
	tail, err := s.stream.Tail(ctx)
	if err != nil {
		return 0, err
	}
	floor, err := s.outbox.Floor(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the outbox's floor: %w", err)
	}
	switch {
	case tail.Next == 0:
		return s.rebuild(ctx, floor, absent, tail.Damage)
	case tail.Damage != "":
		return s.rebuild(ctx, floor, damaged, tail.Damage)
	}
	why, err := s.contradiction(ctx, tail, floor)
	if err == nil && why == "" && tail.First <= suspect && suspect < tail.Next {
		why, err = s.differs(ctx, suspect)
	}
	if err != nil {
		return 0, err
	}
	if why != "" {
		return s.rebuild(ctx, floor, contradicted, why)
	}
	if s.refused.persists(tail.Next) {
		return s.rebuild(ctx, floor, stuck, "it takes no more entries: is its disk full?")
	}
	return tail.Next, nil
}

// contradiction says in what the end of the stream contradicts the outbox.
func (s *Shipper) contradiction(ctx context.Context, tail stream.Tail, floor uint64) (string, error) {
	if tail.Last.Seq != 0 {
		return s.compare(ctx, tail.Last)
	}
	if tail.Next != 1 && tail.Next != floor {
		// Nothing shows what the entries before it were.
		return fmt.Sprintf("it is empty and waits for entry %d, the outbox begins with %d", tail.Next, floor), nil
	}
	return "", nil
}

// differs says in what one entry of the stream differs from the outbox. JetStream
// notices a message that went bad only when it is read.
func (s *Shipper) differs(ctx context.Context, seq uint64) (string, error) {
	r, err := s.stream.Read(ctx, seq)
	if err != nil {
		return "", err
	}
	if r.Seq != seq {
		return fmt.Sprintf("its entry %d cannot be read", seq), nil
	}
	if _, known, err := s.at(ctx, seq); err != nil || !known {
		return "", err // every peer has applied it
	}
	return s.compare(ctx, r)
}

func (s *Shipper) compare(ctx context.Context, r region.Record) (string, error) {
	e, err := region.Decode(r.Payload)
	if err != nil || e.Origin != s.cfg.Origin || e.Seq != r.Seq {
		return fmt.Sprintf("its message %d is not entry %d of %s", r.Seq, r.Seq, s.cfg.Origin), nil
	}
	sum, known, err := s.at(ctx, r.Seq)
	if err != nil {
		return "", err
	}
	if !known {
		return fmt.Sprintf("its entry %d is not in the outbox", r.Seq), nil
	}
	if sum != e.Checksum {
		return fmt.Sprintf("its entry %d has checksum %s, the outbox says %s", r.Seq, e.Checksum, sum), nil
	}
	return "", nil
}

func (s *Shipper) at(ctx context.Context, seq uint64) (region.Checksum, bool, error) {
	sum, known, err := s.outbox.At(ctx, seq)
	if errors.Is(err, region.ErrTrimmed) {
		return region.Checksum{}, false, nil
	}
	if err != nil {
		return region.Checksum{}, false, fmt.Errorf("look up entry %d in the outbox: %w", seq, err)
	}
	return sum, known, nil
}

// skip goes on with the first entry that a peer may need: the one that the stream
// waits for, which no peer does, is gone from the outbox.
func (s *Shipper) skip(ctx context.Context, next uint64) (uint64, error) {
	floor, err := s.outbox.Floor(ctx)
	if err != nil {
		return next, fmt.Errorf("read the outbox's floor: %w", err)
	}
	if floor <= next {
		return next, fmt.Errorf("entry %d is gone from the outbox, which should begin with %d (I4)", next, floor)
	}
	return s.rebuild(ctx, floor, contradicted, fmt.Sprintf("it waits for entry %d, the outbox begins with %d", next, floor))
}

// rebuild replaces the stream by an empty one that begins with first, which it
// returns.
func (s *Shipper) rebuild(ctx context.Context, first uint64, cause, why string) (uint64, error) {
	if err := s.stream.Recreate(ctx, first); err != nil {
		return 0, err
	}
	s.refused = refusal{}
	s.metrics.rebuilds.WithLabelValues(cause).Inc()
	s.cfg.Logger.Warn("rebuilding the stream from the outbox", "log", s.cfg.Origin, "from", first, "because", why)
	return first, nil
}

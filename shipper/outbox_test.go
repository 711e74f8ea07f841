package shipper_test

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
	"pangea/shipper"
)

// outbox is a log in memory.
type outbox struct {
	origin crdt.Origin
	salt   string

	mu      sync.Mutex
	entries []region.Entry // entry i has seq i+1
	floor   uint64
	wanted  []uint64
}

func newOutbox(o crdt.Origin) *outbox { return &outbox{origin: o, floor: 1} }

// otherHistory is a log of the same name with other content.
func otherHistory() *outbox {
	o := newOutbox(us)
	o.salt = "another"
	return o
}

// commit appends n entries and returns them.
func (o *outbox) commit(n int) []region.Record {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []region.Record
	for range n {
		var prev region.Checksum
		if last := len(o.entries); last > 0 {
			prev = o.entries[last-1].Checksum
		}
		seq := uint64(len(o.entries)) + 1
		e := region.Entry{Origin: o.origin, Seq: seq, FirstOrdinal: seq, Events: []region.Event{
			{Kind: region.ProfilePut, Key: "k", Value: strconv.FormatUint(seq, 10) + o.salt},
		}}
		e.Encode(nil, prev)
		o.entries = append(o.entries, e)
		out = append(out, region.Record{Seq: seq, Payload: e.Payload})
	}
	return out
}

func (o *outbox) trim(floor uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.floor = floor
}

func (o *outbox) head() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return uint64(len(o.entries))
}

func (o *outbox) payload(seq uint64) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.entries[seq-1].Payload
}

// records are entries first to last.
func (o *outbox) records(first, last uint64) (out []region.Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.entries[first-1 : last] {
		out = append(out, region.Record{Seq: e.Seq, Payload: e.Payload})
	}
	return out
}

func (o *outbox) After(_ context.Context, seq uint64, maxBytes int) (out []region.Record, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if seq+1 < o.floor {
		return nil, region.ErrTrimmed
	}
	for i, size := seq, 0; i < uint64(len(o.entries)) && size < maxBytes && len(out) < 16; i++ {
		out = append(out, region.Record{Seq: i + 1, Payload: o.entries[i].Payload})
		size += len(o.entries[i].Payload)
	}
	return out, nil
}

func (o *outbox) Needs(context.Context) (shipper.Needs, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return shipper.Needs{Floor: o.floor, Head: uint64(len(o.entries)), Wanted: o.wanted}, nil
}

// want says which entry a peer lacks first.
func (o *outbox) want(seq uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wanted = []uint64{seq}
}

func (o *outbox) At(_ context.Context, seq uint64) (region.Checksum, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if seq == 0 || seq > uint64(len(o.entries)) || seq < o.floor && seq != uint64(len(o.entries)) {
		return region.Checksum{}, false, nil
	}
	return o.entries[seq-1].Checksum, true, nil
}

// gatedStream publishes nothing while its gate is locked.
type gatedStream struct {
	shipper.Stream
	gate sync.Mutex
}

func (s *gatedStream) Publish(ctx context.Context, records []region.Record) error {
	s.gate.Lock()
	defer s.gate.Unlock()
	return s.Stream.Publish(ctx, records)
}

var errFault = errors.New("fault")

// faults counts the points before and after each effect. It fails the first few, or
// crashes at one: from there on nothing has an effect any more.
type faults struct {
	fail  int
	crash int
	onHit func()

	mu     sync.Mutex
	passed int
}

func (f *faults) point() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.passed++
	if f.passed == f.crash && f.onHit != nil {
		f.onHit()
	}
	if f.passed <= f.fail || f.crash > 0 && f.passed >= f.crash {
		return errFault
	}
	return nil
}

func (f *faults) around(effect func() error) error {
	if err := f.point(); err != nil {
		return err
	}
	if err := effect(); err != nil {
		return err
	}
	return f.point()
}

type faultyOutbox struct {
	shipper.Outbox
	faults *faults
}

func (o *faultyOutbox) After(ctx context.Context, seq uint64, maxBytes int) (out []region.Record, err error) {
	err = o.faults.around(func() error { out, err = o.Outbox.After(ctx, seq, maxBytes); return err })
	return out, err
}

func (o *faultyOutbox) Needs(ctx context.Context) (n shipper.Needs, err error) {
	err = o.faults.around(func() error { n, err = o.Outbox.Needs(ctx); return err })
	return n, err
}

func (o *faultyOutbox) At(ctx context.Context, seq uint64) (sum region.Checksum, ok bool, err error) {
	err = o.faults.around(func() error { sum, ok, err = o.Outbox.At(ctx, seq); return err })
	return sum, ok, err
}

// faultyStream has a point within Publish, where only half of the entries are in.
type faultyStream struct {
	shipper.Stream
	faults *faults
}

func (s *faultyStream) Tail(ctx context.Context) (tail stream.Tail, err error) {
	err = s.faults.around(func() error { tail, err = s.Stream.Tail(ctx); return err })
	return tail, err
}

func (s *faultyStream) Publish(ctx context.Context, records []region.Record) error {
	half := len(records) / 2
	return s.faults.around(func() error {
		if err := s.Stream.Publish(ctx, records[:half]); err != nil {
			return err
		}
		if err := s.faults.point(); err != nil {
			return err
		}
		return s.Stream.Publish(ctx, records[half:])
	})
}

func (s *faultyStream) Recreate(ctx context.Context, first uint64) error {
	return s.faults.around(func() error { return s.Stream.Recreate(ctx, first) })
}

func (s *faultyStream) Offer(ctx context.Context) error {
	return s.faults.around(func() error { return s.Stream.Offer(ctx) })
}

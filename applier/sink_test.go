package applier_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
)

// sink is a database that breaks at whatever is not the continuation of a log (I5).
type sink struct {
	mu     sync.Mutex
	logs   map[crdt.Origin]region.Progress
	broken string
	calls  int
	failOn func(call int) bool // such a call stores half and fails
	// shared: more than one delivers, and what is stored already is dropped.
	shared bool
	// tracker, if set, is told what is stored. Then more than one delivers too.
	tracker *position.Tracker
}

func newSink() *sink { return &sink{logs: map[crdt.Origin]region.Progress{}} }

func (s *sink) Stored(log crdt.Origin) (uint64, region.Checksum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logs[log].Stored, s.logs[log].Checksum
}

func (s *sink) Deliver(_ context.Context, entries []*region.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	fail := s.failOn != nil && s.failOn(s.calls)
	if fail {
		entries = entries[:len(entries)/2]
	}
	for _, e := range entries {
		s.store(e)
	}
	s.advance()
	if fail {
		return errors.New("the database is away")
	}
	return nil
}

func (s *sink) deliveries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *sink) store(e *region.Entry) {
	p := s.logs[e.Origin]
	if e.Seq <= p.Stored && (s.shared || s.tracker != nil) {
		return
	}
	if e.Seq != p.Stored+1 || !e.Follows(p.Checksum) {
		s.broken = fmt.Sprintf("entry %d of %s was delivered after %d", e.Seq, e.Origin, p.Stored)
	}
	s.logs[e.Origin] = region.Progress{Stored: e.Seq, Checksum: e.Checksum}
}

// restore makes e the last entry of its log.
func (s *sink) restore(e region.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[e.Origin] = region.Progress{Stored: e.Seq, Checksum: e.Checksum}
	s.advance()
}

func (s *sink) advance() {
	if s.tracker == nil {
		return
	}
	stored := crdt.Vector{}
	for log, p := range s.logs {
		stored[log] = p.Stored
	}
	own := crdt.Origin{Region: "eu", Epoch: 2}
	s.tracker.Advance(&position.Local{Origin: own, Stored: stored, Applied: maps.Clone(stored)})
}

// await waits until all of h is stored.
func (s *sink) await(t testing.TB, h *history) {
	t.Helper()
	want := h.head()
	eventually(t, fmt.Sprintf("all %d entries of %s are stored", want, h.origin), func() bool {
		seq, _ := s.Stored(h.origin)
		return seq == want
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != "" {
		t.Error(s.broken)
	}
}

package applier_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"pangea/crdt"
	"pangea/region"
)

// history is a log in memory.
type history struct {
	origin crdt.Origin
	salt   string

	mu      sync.Mutex
	entries []region.Entry
}

func newHistory(origin crdt.Origin, salt string) *history {
	return &history{origin: origin, salt: salt}
}

func (h *history) commit(n int) []region.Record {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []region.Record
	for range n {
		var prev region.Checksum
		if last := len(h.entries); last > 0 {
			prev = h.entries[last-1].Checksum
		}
		seq := uint64(len(h.entries)) + 1
		e := region.Entry{Origin: h.origin, Seq: seq, FirstOrdinal: seq, Events: []region.Event{
			{Kind: region.ProfilePut, Key: "k", Value: h.salt + strings.Repeat("x", 200)},
		}}
		e.Encode(nil, prev)
		h.entries = append(h.entries, e)
		out = append(out, region.Record{Seq: seq, Payload: e.Payload})
	}
	return out
}

func (h *history) head() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return uint64(len(h.entries))
}

func (h *history) after(seq uint64, n int) []region.Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	seq = min(seq, uint64(len(h.entries)))
	return h.entries[seq:min(int(seq)+n, len(h.entries))]
}

// logServer answers GET /log from histories, a hundred entries a page.
type logServer struct {
	*httptest.Server

	mu    sync.Mutex
	logs  map[crdt.Origin]*history
	kept  map[crdt.Origin]uint64 // the first entries that are not trimmed
	asked map[crdt.Origin]int
	gaps  []uint64 // entries that were asked for with gap=1
	early uint64   // how many entries too early a page begins
	spoil func(seq uint64, payload []byte) []byte
	stall func(log crdt.Origin) // before it answers
}

func newLogServer(t testing.TB, logs ...*history) *logServer {
	s := &logServer{logs: map[crdt.Origin]*history{}, kept: map[crdt.Origin]uint64{}, asked: map[crdt.Origin]int{}}
	for _, h := range logs {
		s.hold(h)
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *logServer) address() string { return s.Listener.Addr().String() }

// hold serves h from now on.
func (s *logServer) hold(h *history) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[h.origin] = h
}

// trim drops the entries of a log before first.
func (s *logServer) trim(log crdt.Origin, first uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[log] = first
}

func (s *logServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	log, seq := crdt.Origin{Region: strings.TrimPrefix(r.URL.Path, "/log/")}, uint64(0)
	if _, err := fmt.Sscanf(r.URL.Query().Get("from"), "%d.%d", &log.Epoch, &seq); err != nil {
		http.Error(w, "what log is "+r.URL.String()+"?", http.StatusNotFound)
		return
	}
	if s.stall != nil {
		s.stall(log)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[log]++
	if r.URL.Query().Get("gap") == "1" {
		s.gaps = append(s.gaps, seq)
	}
	if seq < s.kept[log] {
		http.Error(w, "trimmed", http.StatusGone)
		return
	}
	if s.logs[log] != nil {
		s.page(w, s.logs[log], seq)
	}
}

func (s *logServer) page(w http.ResponseWriter, h *history, seq uint64) {
	for _, e := range h.after(seq-1-min(seq-1, s.early), 100) {
		payload := e.Payload
		if s.spoil != nil {
			payload = s.spoil(e.Seq, payload)
		}
		if err := region.WriteFrame(w, payload); err != nil {
			return
		}
	}
}

func (s *logServer) gapsAsked() []uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]uint64(nil), s.gaps...)
}

// times is how often a log was asked for.
func (s *logServer) times(log crdt.Origin) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[log]
}

package console

import (
	"slices"
	"sync"
)

// message is a snapshot as it is sent. Its id is the time, in ms: it rises across
// restarts, so a browser that comes back is sent what it has missed.
type message struct {
	id   int64
	data []byte
}

// hub hands each message to all watchers, and the last ones to who comes later.
type hub struct {
	wake chan struct{} // the first watcher has come

	mu       sync.Mutex
	watchers map[chan message]struct{}
	recent   []message
	held     int // bytes of recent
	closed   bool
}

const (
	maxWatchers    = 64
	maxRecent      = 300     // five minutes
	maxRecentBytes = 8 << 20 // the clients' data path shares the memory
	maxUnread      = 8       // of one watcher
)

func newHub() *hub {
	return &hub{wake: make(chan struct{}, 1), watchers: map[chan message]struct{}{}}
}

// join returns what came after the message last, and a channel of what comes next, which
// is closed when the watcher is cut off. It fails if there are too many, or none any more.
func (h *hub) join(last int64) (missed []message, next chan message, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.watchers) == maxWatchers {
		return nil, nil, false
	}
	next = make(chan message, maxUnread)
	h.watchers[next] = struct{}{}
	select {
	case h.wake <- struct{}{}:
	default:
	}
	i := slices.IndexFunc(h.recent, func(m message) bool { return m.id > last })
	if i < 0 {
		i = len(h.recent)
	}
	return slices.Clone(h.recent[i:]), next, true
}

// leave is for a watcher that may have been cut off already.
func (h *hub) leave(next chan message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(next)
}

func (h *hub) drop(next chan message) {
	if _, watches := h.watchers[next]; watches {
		delete(h.watchers, next)
		close(next)
	}
}

func (h *hub) watched() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.watchers) > 0
}

// publish waits for nobody.
func (h *hub) publish(m message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keep(m)
	for next := range h.watchers {
		select {
		case next <- m:
		default:
			h.drop(next)
		}
	}
}

func (h *hub) keep(m message) {
	h.recent, h.held = append(h.recent, m), h.held+len(m.data)
	for len(h.recent) > maxRecent || h.held > maxRecentBytes {
		h.held -= len(h.recent[0].data)
		h.recent = slices.Delete(h.recent, 0, 1) // the array must not hold on to it
	}
}

// close cuts off all watchers, and lets nobody join.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for next := range h.watchers {
		h.drop(next)
	}
}

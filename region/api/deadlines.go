package api

import (
	"context"
	"sync"
	"time"
)

// tick is how long a deadline is given out, and so the most by which it is late.
const tick = time.Second

// deadlines gives calls a context with a timeout. Those that begin within a tick share
// one, so that most calls need no context and no timer of their own.
type deadlines struct {
	parent context.Context

	mu     sync.Mutex
	shared map[time.Duration]shared // by timeout, of which there are few: waits are whole seconds
}

type shared struct {
	ctx  context.Context
	last time.Time // to give it out
}

func newDeadlines(parent context.Context) *deadlines {
	return &deadlines{parent: parent, shared: map[time.Duration]shared{}}
}

// after returns a context that ends with the parent, or at the earliest when timeout has
// passed since now.
func (d *deadlines) after(timeout time.Duration, now time.Time) context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.shared[timeout]
	if !ok || now.After(s.last) {
		ctx, cancel := context.WithDeadline(d.parent, now.Add(timeout+tick))
		_ = cancel // others may have it: it ends at its deadline
		s = shared{ctx, now.Add(tick)}
		d.shared[timeout] = s
	}
	return s.ctx
}

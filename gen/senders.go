package gen

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"pangea/gen/workload"
)

// order is an operation to send: when it is due, by whom and from where.
type order struct {
	op             workload.Op
	due            time.Time
	session, place int
}

// senders are as many goroutines as there were ever operations in flight at once: one
// that is started anew for each operation costs more than the operation's own code. All
// but finish and busy are for one goroutine.
type senders struct {
	send     func(order)
	orders   chan order
	most     int // how many there may be
	started  int
	inFlight atomic.Int64
	running  sync.WaitGroup
}

func newSenders(most int, send func(order)) *senders {
	return &senders{send: send, orders: make(chan order), most: most}
}

// take gives the order to a sender that is free, or starts one. It reports false if
// all are busy and there may be no more.
func (s *senders) take(o order) bool {
	s.inFlight.Add(1)
	select {
	case s.orders <- o:
		return true
	default:
	}
	if s.started == s.most {
		s.inFlight.Add(-1)
		return false
	}
	s.started++
	s.running.Go(func() { s.work(o) })
	return true
}

// wait gives the order to the next sender that is free, unless ctx is done before.
func (s *senders) wait(ctx context.Context, o order) {
	s.inFlight.Add(1)
	select {
	case s.orders <- o:
	case <-ctx.Done():
		s.inFlight.Add(-1)
	}
}

func (s *senders) work(o order) {
	for more := true; more; o, more = <-s.orders {
		s.send(o)
		s.inFlight.Add(-1)
	}
}

func (s *senders) busy() int { return int(s.inFlight.Load()) }

// finish waits for what is in flight. Nothing may be taken after.
func (s *senders) finish() {
	close(s.orders)
	s.running.Wait()
}

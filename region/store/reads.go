package store

import (
	"context"
	"sync"
	"time"
)

const (
	// readersPerClass is how many queries of one class may run at once.
	readersPerClass = 2
	readTimeout     = 5 * time.Second
)

// reads answers what waits for rows of one class with one query: the readers' group
// commit. An idle region asks at once; under load each query serves everybody who
// came while the ones before it ran. A query begins after the calls that it
// answers, so a caller sees what was committed before it asked.
type reads[V any] struct {
	// load returns what there is for keys.
	load func(ctx context.Context, keys []string) (map[string]V, error)

	mu      sync.Mutex
	next    *page[V] // collects keys for the next query; nil if nobody waits
	running int      // queries
}

// page is one query, and its answer once done is closed.
type page[V any] struct {
	keys   map[string]bool
	done   chan struct{}
	values map[string]V
	err    error
}

func (r *reads[V]) get(ctx context.Context, key string) (v V, ok bool, err error) {
	p := r.join(key)
	select {
	case <-p.done:
		v, ok = p.values[key]
		return v, ok, p.err
	case <-ctx.Done():
		return v, false, ctx.Err()
	}
}

func (r *reads[V]) join(key string) *page[V] {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next == nil {
		r.next = &page[V]{keys: map[string]bool{}, done: make(chan struct{})}
	}
	r.next.keys[key] = true
	if r.running < readersPerClass {
		r.running++
		go r.run()
	}
	return r.next
}

// run makes queries until nobody waits.
func (r *reads[V]) run() {
	for p := r.take(); p != nil; p = r.take() {
		keys := make([]string, 0, len(p.keys))
		for key := range p.keys {
			keys = append(keys, key)
		}
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		p.values, p.err = r.load(ctx, keys)
		cancel()
		close(p.done)
	}
}

func (r *reads[V]) take() *page[V] {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.next
	if r.next = nil; p == nil {
		r.running--
	}
	return p
}

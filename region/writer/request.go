package writer

import (
	"context"
	"fmt"
	"sync"

	"pangea/region"
)

// request is a caller's writes. They are committed in order, in one group or in
// several.
type request struct {
	writes  []region.Write
	results []region.Result
	errs    []error
	done    chan struct{} // closed when every write is answered

	mu        sync.Mutex
	taken     int  // writes that have joined a group
	abandoned bool // the caller has gone: take no more
	answered  int
}

func newRequest(ws []region.Write) *request {
	return &request{
		writes: ws, results: make([]region.Result, len(ws)), errs: make([]error, len(ws)), done: make(chan struct{}),
	}
}

// take lets the next write, its index in the request, join a group if fits says
// so. more is false once none is left.
func (r *request) take(fits func(*region.Write) bool) (i int, ok, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.abandoned || r.taken == len(r.writes) {
		return 0, false, false
	}
	if !fits(&r.writes[r.taken]) {
		return 0, false, true
	}
	r.taken++
	return r.taken - 1, true, true
}

func (r *request) answer(i int, result region.Result, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[i], r.errs[i] = result, err
	if r.answered++; r.answered == len(r.writes) {
		close(r.done)
	}
}

// refuse answers every write that has not joined a group.
func (r *request) refuse(err error) {
	for {
		r.mu.Lock()
		i := r.taken
		if i == len(r.writes) || r.abandoned {
			r.mu.Unlock()
			return
		}
		r.taken++
		r.mu.Unlock()
		r.answer(i, region.Result{}, err)
	}
}

// abandon takes what was answered so far for the whole answer: a write in a group
// may stand, one that never joined certainly does not.
func (r *request) abandon(cause error) ([]region.Result, []error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.abandoned = true
	results, errs := make([]region.Result, len(r.writes)), make([]error, len(r.writes))
	for i := range r.writes {
		switch {
		case r.results[i].Outcome != 0 || r.errs[i] != nil:
			results[i], errs[i] = r.results[i], r.errs[i]
		case i < r.taken:
			errs[i] = fmt.Errorf("%w: %w", region.ErrUnknown, cause)
		default:
			errs[i] = fmt.Errorf("%w: %w", region.ErrUnavailable, cause)
		}
	}
	return results, errs
}

// Do makes one write and returns when it is committed, or refused. Its errors wrap
// region.ErrUnavailable (certainly no effect), region.ErrUnknown (it may stand),
// region.ErrOverflow, region.ErrReused or region.ErrRejected.
func (w *Writer) Do(ctx context.Context, write region.Write) (region.Result, error) {
	results, errs := w.DoAll(ctx, []region.Write{write})
	return results[0], errs[0]
}

// DoAll makes several writes, in order. Each has its own result; they may be
// committed in several groups.
func (w *Writer) DoAll(ctx context.Context, ws []region.Write) ([]region.Result, []error) {
	r := newRequest(ws)
	if len(ws) == 0 {
		return r.results, r.errs
	}
	if err := w.submit(r); err != nil {
		r.refuse(err)
		return r.results, r.errs
	}
	select {
	case <-r.done:
		return r.results, r.errs
	case <-ctx.Done():
		return r.abandon(ctx.Err())
	}
}

func (w *Writer) submit(r *request) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.open {
		return region.ErrUnavailable
	}
	select {
	case w.requests <- r:
		return nil
	default:
		return fmt.Errorf("%w: too many writes are waiting", region.ErrUnavailable)
	}
}

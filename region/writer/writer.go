package writer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/store"
)

// Writer is the one goroutine that changes a region's state. Create it with New,
// then call Run once; the other methods may be called by anyone at any time.
type Writer struct {
	cfg     Config
	store   *store.Store
	tracker *position.Tracker
	metrics *metrics

	requests   chan *request
	deliveries chan *delivery
	joins      chan *joining
	commits    chan region.Record

	mu        sync.Mutex
	open      bool                            // a session is there: writes are accepted
	positions map[crdt.Origin]region.Progress // as last committed
	found     finding                         // against the log

	// The rest belongs to Run's goroutine.
	session   *store.Session
	proof     proof
	held      bool        // nothing may be merged: this database may need a snapshot first
	applied   crdt.Vector // the own log included
	ordinals  crdt.Vector
	current   *request    // not all of its writes have joined a group; nil if none waits
	arrived   []*delivery // not stored yet
	logs      map[crdt.Origin]*waitingLog
	lost      region.Position // the last that was told to be lost for good
	standing  string          // why entries of peers wait, as it was told
	more      bool            // entries that wait may be applicable
	full      bool            // the last run ended at MaxRun
	unsettled *unsettled
	disk      disk
	localAt   time.Time // the next group may start
	mergeAt   time.Time // the next run may start
	tickAt    time.Time
	sweepAt   time.Time
	awakeAt   time.Time // the last step began
}

// New validates cfg. It starts nothing.
func New(cfg Config, s *store.Store, t *position.Tracker) (*Writer, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Writer{
		cfg: cfg, store: s, tracker: t, metrics: newMetrics(cfg.Registerer),
		requests:   make(chan *request, cfg.MaxQueue),
		deliveries: make(chan *delivery, 16),
		joins:      make(chan *joining),
		commits:    make(chan region.Record, 256),
		logs:       map[crdt.Origin]*waitingLog{},
	}, nil
}

// Commits carries each entry of the own log as it is committed, and a zero Record
// when some may have been missed. When nobody receives, records are dropped: the
// outbox has them.
func (w *Writer) Commits() <-chan region.Record { return w.commits }

// Run opens sessions and works until ctx is cancelled, which is a clean stop, or
// until another process has the database: region.ErrFenced.
func (w *Writer) Run(ctx context.Context) error {
	const firstPause, lastPause = 50 * time.Millisecond, time.Second
	pause := firstPause
	for down := false; ; {
		err := w.serve(ctx, down)
		if ctx.Err() != nil {
			w.giveUp()
			return nil
		}
		if errors.Is(err, region.ErrFenced) || errors.Is(err, store.ErrOtherRegion) {
			return err
		}
		if !down || w.session != nil {
			w.cfg.Logger.Warn("the database is not available; writes are refused until it is back", "err", err)
		}
		if w.session != nil {
			pause = firstPause
		}
		w.session, down = nil, true
		timer := time.NewTimer(pause)
		pause = min(2*pause, lastPause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// serve works on one session until it breaks.
func (w *Writer) serve(ctx context.Context, again bool) error {
	session, err := w.store.Acquire(ctx, w.cfg.LockPatience)
	if err != nil {
		return err
	}
	w.session = session
	defer session.Close()
	if err := w.settle(ctx); err != nil {
		return err
	}
	w.proof.resume(session)
	defer func() { w.proof.cycle = session.Head().Cycle }()
	w.load()
	if w.proof.evidence != "" {
		if err := w.doubt(ctx, region.Older); err != nil {
			return err
		}
	}
	if again {
		w.cfg.Logger.Info("the database is open again", region.EntryAttr(session.Head().Origin, session.Head().Seq))
	}
	w.setOpen(true)
	defer w.close()
	for ctx.Err() == nil {
		if err := w.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// giveUp answers the group whose outcome nobody will learn any more.
func (w *Writer) giveUp() {
	if w.unsettled != nil {
		w.unsettled.group.fail(fmt.Errorf("%w: the region is stopping", region.ErrUnknown))
		w.unsettled = nil
	}
}

// load takes head and positions from the session.
func (w *Writer) load() {
	w.drop()
	head := w.session.Head()
	w.applied = crdt.Vector{head.Origin: head.Seq}
	w.ordinals = crdt.Vector{head.Origin: head.Ordinal}
	for origin, p := range w.session.Positions() {
		w.applied[origin], w.ordinals[origin] = p.Applied, p.Ordinal
	}
	w.more = true // what waits in the inbox may be applicable
	w.held = true
	w.publish()
	w.wakeShipper(region.Record{})
}

// step does what is due, or waits for something to become due.
func (w *Writer) step(ctx context.Context) error {
	w.drain()
	w.held = w.held && w.tracker.Hold()
	w.wake()
	select {
	case j := <-w.joins:
		return w.join(ctx, j)
	default:
	}
	now := time.Now()
	// A cycle that has begun is finished even if ctx ends, but not for ever.
	cycle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	switch {
	case w.current != nil && !now.Before(w.localAt) && !(w.mergeable() && w.mergeAt.Before(w.localAt)):
		err := w.localCycle(cycle)
		w.localAt = next(now, time.Now(), w.cfg.LocalPace)
		return err
	case w.mergeable() && !now.Before(w.mergeAt):
		err := w.merge(cycle)
		w.drain() // a write that came meanwhile has its turn
		w.mergeAt = later(w.mergeAt, nextRun(now, time.Now(), w.cfg.MergePace, w.full, w.current != nil))
		return err
	case !now.Before(w.tickAt):
		w.tickAt = now.Add(w.tickEvery())
		return w.tick(cycle, now)
	default:
		return w.idle(ctx, now)
	}
}

func (w *Writer) mergeable() bool { return !w.held && (len(w.arrived) > 0 || w.more) }

// intake is where the next request comes from: nowhere while one is current. The
// others wait in the channel, which bounds them.
func (w *Writer) intake() <-chan *request {
	if w.current != nil {
		return nil
	}
	return w.requests
}

// incoming is where the next delivery comes from: nowhere while nothing may be merged, as
// those who deliver give up and come again.
func (w *Writer) incoming() <-chan *delivery {
	if w.held {
		return nil
	}
	return w.deliveries
}

// drain takes what has come without waiting.
func (w *Writer) drain() {
	for {
		select {
		case r := <-w.intake():
			w.current = r
		case d := <-w.incoming():
			w.arrived = append(w.arrived, d)
		default:
			return
		}
	}
}

// idle waits until something comes or becomes due. A snapshot to join is joined.
func (w *Writer) idle(ctx context.Context, now time.Time) error {
	due := w.tickAt
	if w.current != nil && w.localAt.Before(due) {
		due = w.localAt
	}
	if w.mergeable() && w.mergeAt.Before(due) {
		due = w.mergeAt
	}
	timer := time.NewTimer(due.Sub(now))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case r := <-w.intake():
		w.current = r
	case d := <-w.incoming():
		w.arrived = append(w.arrived, d)
	case j := <-w.joins:
		return w.join(ctx, j)
	}
	return nil
}

func (w *Writer) setOpen(open bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = open
}

// refuse answers the writes that wait.
func (w *Writer) refuse() {
	for w.drain(); w.current != nil; w.drain() {
		w.current.refuse(region.ErrUnavailable)
		w.current = nil
	}
}

// close refuses whatever waits: nobody is answered by a session that is gone.
func (w *Writer) close() {
	w.setOpen(false)
	w.refuse()
	for _, d := range w.arrived {
		d.done <- fmt.Errorf("deliver: %w", region.ErrUnavailable)
	}
	w.arrived = nil
}

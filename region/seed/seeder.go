package seed

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"pangea/region"
	"pangea/region/snapshot"
)

// Tracker knows whether a snapshot is needed, and is told what comes of it.
type Tracker interface {
	// Need says why a snapshot is needed, "" if it is not, and who can give one, the best
	// first.
	Need() (why string, donors []string)
	// Join says whose snapshot is being joined; "" that it no longer is.
	Join(donor string)
	// Joined says that it was.
	Joined()
	// Yield says that no donor's could be had.
	Yield()
}

// Writer merges a snapshot into the region's state. It returns once all of it is
// committed; after an error nothing of it is, and another can be joined.
type Writer interface {
	Join(ctx context.Context, s *snapshot.Reader) error
}

// Seeder fetches a snapshot when one is needed.
type Seeder struct {
	cfg     Config
	tracker Tracker
	writer  Writer
	client  *http.Client
	metrics *metrics
	told    map[string]string // by Run: how the last attempt with a donor failed

	mu      sync.Mutex
	why     string   // a snapshot is needed
	current *attempt // nil between two
	before  amount   // read in earlier attempts
	failure string   // of the last attempt
	last    *region.SeedResult
}

// New returns a seeder that is not running.
func New(cfg Config, tracker Tracker, writer Writer) (*Seeder, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Seeder{cfg: cfg, tracker: tracker, writer: writer, client: newClient(cfg.AnswerTimeout), told: map[string]string{}}
	s.metrics = newMetrics(cfg.Registerer, s)
	return s, nil
}

// Run joins snapshots as they are needed, until ctx is cancelled.
func (s *Seeder) Run(ctx context.Context) error {
	pause := s.cfg.RetryMin
	for {
		wait := s.cfg.Every
		why, donors := s.tracker.Need()
		s.note(why, donors)
		if why == "" {
			pause = s.cfg.RetryMin
		}
		if len(donors) > 0 {
			wait = pause/2 + rand.N(pause)
			pause = min(2*pause, s.cfg.RetryMax)
			s.round(ctx, donors, wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// note keeps the reason for Status, and tells when it is a new one that nobody can do
// anything about.
func (s *Seeder) note(why string, donors []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if why != "" && why != s.why && len(donors) == 0 {
		s.cfg.Logger.Warn("a snapshot is needed: waiting for a peer that can give one, and that serves meanwhile", "why", why)
	}
	if s.why = why; why == "" {
		s.failure = ""
	}
}

// round asks the donors in turn until one's snapshot is joined. If none is, other regions that
// need one need not wait for this.
func (s *Seeder) round(ctx context.Context, donors []string, pause time.Duration) {
	for i, donor := range donors {
		err := s.try(ctx, donor)
		if err == nil {
			clear(s.told)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		next := fmt.Sprintf("asking again in %s", pause.Round(time.Millisecond))
		if i+1 < len(donors) {
			next = "asking " + donors[i+1]
		}
		level := slog.LevelWarn
		if s.told[donor] == err.Error() {
			level = slog.LevelDebug
		}
		s.cfg.Logger.Log(ctx, level, "a snapshot was not joined, nothing of it is here", "peer", donor, "err", err, "next", next)
		s.told[donor] = err.Error()
	}
	s.tracker.Yield()
}

// try joins one donor's snapshot.
func (s *Seeder) try(ctx context.Context, donor string) error {
	stream, err := s.open(ctx, donor)
	if err != nil {
		return s.failed(err)
	}
	defer stream.Close()
	snap, err := snapshot.NewReader(stream)
	if err != nil {
		return s.failed(err)
	}
	if snap.Header.Donor != donor {
		return s.failed(fmt.Errorf("it is %s's: check the addresses of %s in topology.yaml", snap.Header.Donor, donor))
	}
	s.tracker.Join(donor)
	if err := s.join(ctx, s.begin(donor, snap)); err != nil {
		s.tracker.Join("")
		return s.failed(err)
	}
	s.tracker.Joined()
	s.joined()
	return nil
}

// join has the writer join the snapshot, and tells meanwhile how far it has come.
func (s *Seeder) join(ctx context.Context, a *attempt) error {
	told, stop := context.WithCancel(ctx)
	var telling sync.WaitGroup
	telling.Go(func() { s.tell(told, a) })
	defer telling.Wait()
	defer stop()
	return s.writer.Join(ctx, a.snapshot)
}

func (s *Seeder) tell(ctx context.Context, a *attempt) {
	tick := time.NewTicker(s.cfg.ProgressEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.cfg.Logger.Info("joining a snapshot: under way", a.progress()...)
		}
	}
}

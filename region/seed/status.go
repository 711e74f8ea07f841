package seed

import (
	"time"

	"pangea/region"
	"pangea/region/snapshot"
)

// attempt is a snapshot that is being joined.
type attempt struct {
	donor    string
	start    time.Time
	snapshot *snapshot.Reader
}

// amount is what was read of snapshots.
type amount struct{ rows, bytes int64 }

func (a *attempt) read() amount {
	rows, bytes := a.snapshot.Progress()
	return amount{rows, bytes}
}

// status is how far a has come, and how long the rest will take at the rate so far.
func (a *attempt) status() region.SeedStatus {
	n, took := a.read(), time.Since(a.start).Seconds()
	of := max(n.rows, a.snapshot.Header.Rows)
	left := -1.0
	if n.rows > 0 {
		left = took * float64(of-n.rows) / float64(n.rows)
	}
	return region.SeedStatus{Donor: a.donor, Rows: n.rows, Of: of, Bytes: n.bytes, Seconds: took, SecondsLeft: left}
}

// progress is status for the log.
func (a *attempt) progress() []any {
	s := a.status()
	left := "unknown"
	if s.SecondsLeft >= 0 {
		left = seconds(s.SecondsLeft).Round(time.Second).String()
	}
	return []any{
		"peer", s.Donor, "rows", s.Rows, "of_about", s.Of, "mb", s.Bytes >> 20,
		"rows_per_s", int64(float64(s.Rows) / s.Seconds), "left", left,
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// begin notes that donor sends a snapshot.
func (s *Seeder) begin(donor string, snap *snapshot.Reader) *attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = &attempt{donor: donor, start: time.Now(), snapshot: snap}
	s.cfg.Logger.Info("joining a snapshot", "peer", donor, "rows_about", snap.Header.Rows, "at", snap.Header.Vector(), "why", s.why)
	return s.current
}

// failed notes how an attempt ended.
func (s *Seeder) failed(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
	s.failure = err.Error()
	s.metrics.failed.Inc()
	return err
}

// joined notes that the present attempt has succeeded.
func (s *Seeder) joined() {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.current.status()
	s.end()
	s.why, s.failure = "", ""
	s.last = &region.SeedResult{Donor: is.Donor, Rows: is.Rows, Seconds: is.Seconds, At: time.Now()}
	s.metrics.joined.Inc()
	s.cfg.Logger.Info("joined a snapshot", "peer", is.Donor, "rows", is.Rows, "mb", is.Bytes>>20, "took", seconds(is.Seconds).Round(time.Millisecond))
}

// end has no attempt be the present one.
func (s *Seeder) end() {
	s.before, s.current = s.total(), nil
}

// total is what was read since the start.
func (s *Seeder) total() amount {
	n := s.before
	if s.current != nil {
		now := s.current.read()
		n.rows, n.bytes = n.rows+now.rows, n.bytes+now.bytes
	}
	return n
}

// Status is nil if no snapshot was needed since the start.
func (s *Seeder) Status() *region.SeedStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == "" && s.last == nil {
		return nil
	}
	var is region.SeedStatus
	if s.current != nil {
		is = s.current.status()
	} else if s.why != "" {
		is.SecondsLeft = -1
	}
	is.Why, is.Failure, is.Last = s.why, s.failure, s.last
	return &is
}

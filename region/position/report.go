package position

import (
	"context"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// Publisher sends a report to every peer that listens.
type Publisher interface {
	PublishReport(r region.Report) error
}

const (
	reportEvery = time.Second
	// askEvery is the same while the region waits for its peers' answers (I13).
	askEvery = 200 * time.Millisecond
	// reportPause bounds the reports that applies cause: acknowledgements come at
	// most this much later for it.
	reportPause = 10 * time.Millisecond
)

// Report sends this region's report each second and after each change of what it
// stores or applies of others, until ctx is cancelled. A report that cannot be
// sent is replaced by the next.
func (t *Tracker) Report(ctx context.Context, to Publisher) error {
	var last *Local
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	sent, waiting := time.Now(), true
	for {
		changed, local := t.peek()
		if local != nil && (last == nil || progressed(last, local)) {
			r := t.report()
			_ = to.PublishReport(r)
			last, sent = local, time.Now()
			waiting = !r.Ready
			if !pause(ctx, reportPause) {
				return nil
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-ticker.C:
			if waiting || time.Since(sent) >= reportEvery {
				last = nil
			}
		}
	}
}

// progressed reports whether a log other than the own one has moved.
func progressed(from, to *Local) bool {
	for origin, seq := range to.Stored {
		if origin != to.Origin && (from.Stored[origin] != seq || from.Applied[origin] != to.Applied[origin]) {
			return true
		}
	}
	return false
}

func (t *Tracker) peek() (<-chan struct{}, *Local) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changed, t.local
}

func (t *Tracker) report() region.Report {
	ready, _ := t.Ready()
	t.mu.Lock()
	defer t.mu.Unlock()
	r := region.Report{
		Origin: t.local.Origin, Instance: t.instance, Head: t.local.Head,
		Stored: t.local.Stored, Applied: t.local.Applied, Ordinals: t.local.Ordinals, Floors: t.floors,
		Ready: ready && t.unwhole() == "", Needs: t.need() != "" && !t.yields(), Unproven: !t.local.Proven, Salvaging: t.salvaging(),
		SentAt: t.now(), Echoes: map[string]region.Echo{}, Sums: map[crdt.Origin]region.Checksum{},
	}
	for _, p := range t.peers {
		if p.lastSeen.IsZero() {
			continue
		}
		// Our clock now, less how long ago the report came.
		r.Echoes[p.name] = region.Echo{
			Instance: p.report.Instance, SentAt: p.report.SentAt, ReceivedAt: r.SentAt.Add(-time.Since(p.lastSeen)),
		}
		if p.report.Unproven {
			r.Sums[p.report.Origin] = t.local.Sums[p.report.Origin]
		}
	}
	return r
}

// PeerState is a peer as the tracker knows it.
type PeerState struct {
	Region     string
	Registered bool
	Reachable  bool
	Ready      bool
	Heard      bool          // since this process started
	Silent     time.Duration // since its last report
	Reported   time.Time
	Head       region.Position
	Stored     crdt.Vector
	Applied    crdt.Vector
}

// Peers lists every peer's state, in no order.
func (t *Tracker) Peers() []PeerState {
	t.mu.Lock()
	defer t.mu.Unlock()
	var states []PeerState
	for _, p := range t.peers {
		states = append(states, PeerState{
			Region: p.name, Registered: p.registered, Reachable: t.silent(p) < Silence, Ready: p.report.Ready,
			Heard: !p.lastSeen.IsZero(), Silent: t.silent(p), Reported: p.reported,
			Head:   region.Position{Origin: p.report.Origin, Seq: p.report.Head.Seq},
			Stored: p.stored.Clone(), Applied: p.applied.Clone(),
		})
	}
	return states
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

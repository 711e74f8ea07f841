package position

import (
	"time"

	"pangea/crdt"
	"pangea/region"
)

// clock estimates how far a peer's clock is ahead of ours, as NTP does: from the
// exchange with the shortest round trip of late (RFC 5905, section 8).
type clock struct {
	offset time.Duration
	rtt    time.Duration
	at     time.Time
}

// keepExchange is how long the best exchange stands before a worse one may replace it.
const keepExchange = time.Minute

func (c *clock) observe(r region.Report, self string, received time.Time) {
	echo, ok := r.Echoes[self]
	if !ok || echo.SentAt.IsZero() {
		return
	}
	rtt := received.Sub(echo.SentAt) - r.SentAt.Sub(echo.ReceivedAt)
	if rtt < 0 || (c.rtt != 0 && rtt > c.rtt && received.Sub(c.at) < keepExchange) {
		return
	}
	c.offset = (echo.ReceivedAt.Sub(echo.SentAt) + r.SentAt.Sub(received)) / 2
	c.rtt, c.at = rtt, received
}

// marks remembers when a peer's log had reached which entry, by its own clock, so
// that the age of what is missing can be told without the missing entries.
type marks struct{ points []mark }

type mark struct {
	origin crdt.Origin
	seq    uint64
	at     time.Time
}

// maxMarks bounds the memory: at ten reports a second it is several minutes.
const maxMarks = 4096

func (m *marks) add(r region.Report) {
	last := len(m.points) - 1
	if last >= 0 && m.points[last].origin == r.Origin && m.points[last].seq >= r.Head.Seq {
		return
	}
	if len(m.points) == maxMarks {
		m.points = append(m.points[:1], m.points[2:]...) // the oldest missing one matters most
	}
	m.points = append(m.points, mark{r.Origin, r.Head.Seq, r.SentAt})
}

// since is when the log was first known to go beyond seq; zero if it does not. It
// drops what came before, an earlier epoch's marks too.
func (m *marks) since(origin crdt.Origin, seq uint64) time.Time {
	for len(m.points) > 0 && (m.points[0].origin != origin || m.points[0].seq <= seq) {
		m.points = m.points[1:]
	}
	if len(m.points) == 0 {
		return time.Time{}
	}
	return m.points[0].at
}

// Lag is how far this region is behind each peer's log. A peer that has gone
// silent may have written anything since: the silence counts as age.
func (t *Tracker) Lag() map[crdt.Origin]region.Lag {
	t.mu.Lock()
	defer t.mu.Unlock()
	lags := map[crdt.Origin]region.Lag{}
	if t.local == nil {
		return lags
	}
	for _, p := range t.peers {
		if o := p.report.Origin; o != (crdt.Origin{}) {
			lags[o] = t.lag(p, o)
		}
	}
	return lags
}

func (t *Tracker) lag(p *peer, o crdt.Origin) region.Lag {
	head, applied := p.report.Head, t.local.Applied[o]
	for _, other := range t.peers {
		head.Seq = max(head.Seq, other.report.Stored[o])
		head.Ordinal = max(head.Ordinal, other.report.Ordinals[o])
	}
	var lag region.Lag
	if head.Seq > applied {
		lag.Entries = head.Seq - applied
		// An entry that a peer stores and nobody reports to have applied counts as one.
		lag.Writes = max(lag.Entries, head.Ordinal-min(head.Ordinal, t.local.Ordinals[o]))
		if since := p.marks.since(o, applied); !since.IsZero() {
			lag.Age = max(0, t.now().Sub(since)+p.clock.offset)
		}
	}
	if silent := t.silent(p); silent > 2*time.Second {
		lag.Age = max(lag.Age, silent)
	}
	return lag
}

// Offset is how far a peer's clock is ahead of this region's, by the best estimate.
func (t *Tracker) Offset(name string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.peers[name]; p != nil {
		return p.clock.offset
	}
	return 0
}

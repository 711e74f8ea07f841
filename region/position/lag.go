package position

import (
	"fmt"
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

// Lag is how far this region is behind each log that a peer writes, or a reachable one
// stores: the former ones too. A peer that has gone silent may have written anything
// since: the silence counts as age.
func (t *Tracker) Lag() map[crdt.Origin]region.Lag {
	t.mu.Lock()
	defer t.mu.Unlock()
	lags := map[crdt.Origin]region.Lag{}
	for o, head := range t.heads() {
		lags[o] = t.lag(o, head)
	}
	return lags
}

func (t *Tracker) lag(o crdt.Origin, head region.Head) region.Lag {
	lag, now := t.missing(o, head), time.Now()
	if f := t.flows[o]; lag.Entries > 0 && f != nil {
		lag.Left = f.left(lag.Writes, now)
		lag.Age = now.Sub(f.behind)
	}
	p := t.peers[o.Region]
	if p == nil || p.report.Origin != o {
		return lag
	}
	if since := p.marks.since(o, t.local.Applied[o]); !since.IsZero() {
		lag.Age = max(0, t.now().Sub(since)+p.clock.offset)
	}
	if silent := t.silent(p); silent > 2*time.Second {
		lag.Age = max(lag.Age, silent)
	}
	return lag
}

// missing is what of a log is not applied. An entry that a peer stores and nobody
// reports to have applied counts as one event.
func (t *Tracker) missing(o crdt.Origin, head region.Head) region.Lag {
	applied := t.local.Applied[o]
	if head.Seq <= applied {
		return region.Lag{}
	}
	entries := head.Seq - applied
	return region.Lag{Entries: entries, Writes: max(entries, head.Ordinal-min(head.Ordinal, t.local.Ordinals[o]))}
}

// heads is where the logs of others end, by what is known.
func (t *Tracker) heads() map[crdt.Origin]region.Head {
	heads := map[crdt.Origin]region.Head{}
	if t.local == nil {
		return heads
	}
	for o := range t.known() {
		heads[o] = region.Head{}
	}
	for _, p := range t.peers {
		if p.report.Origin != (crdt.Origin{}) {
			heads[p.report.Origin] = p.report.Head
		}
	}
	delete(heads, t.local.Origin)
	for o, head := range heads {
		for _, p := range t.peers {
			head.Seq = max(head.Seq, p.report.Stored[o])
			head.Ordinal = max(head.Ordinal, p.report.Ordinals[o])
		}
		heads[o] = head
	}
	return heads
}

// follow notes how the logs move. It is called whenever one may have.
func (t *Tracker) follow() {
	now := time.Now()
	for o, head := range t.heads() {
		f := t.flows[o]
		if f == nil {
			f = &flow{}
			t.flows[o] = f
		}
		f.observe(head.Ordinal, t.local.Ordinals[o], now)
		switch {
		case head.Seq <= t.local.Applied[o]:
			f.behind = time.Time{}
		case f.behind.IsZero():
			f.behind = now
		}
	}
}

// within says how long it will take to apply the next entries of a log, which do not
// become more: "" if that cannot be told.
func (t *Tracker) within(o crdt.Origin, entries uint64) string {
	lag, f, now := t.missing(o, t.heads()[o]), t.flows[o], time.Now()
	if f == nil || lag.Entries == 0 {
		return ""
	}
	left := lasting(entries*lag.Writes/lag.Entries, f.applying(now))
	if left < 0 {
		return ""
	}
	return fmt.Sprintf(", about %s left", max(left.Round(time.Second), time.Second))
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

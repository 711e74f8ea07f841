package meter

import (
	"cmp"
	"slices"
	"time"
)

// Report tells what was seen between two moments: of counters, between the first and
// the last look that lie within.
func (m *Meter) Report(from, to time.Time) *Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := window{samples: slices.DeleteFunc(slices.Clone(m.samples), func(s sample) bool {
		return s.at.Before(from) || s.at.After(to)
	})}
	r := &Report{From: from}
	if len(w.samples) > 0 {
		r.From = w.first().at
		r.Took = w.last().at.Sub(r.From)
	}
	for _, name := range slices.Compact(slices.Clone(m.names)) {
		r.Processes = append(r.Processes, w.process(name))
	}
	for _, region := range m.world.Names() {
		r.Logs = append(r.Logs, w.log(region))
		for _, origin := range m.world.Peers(region) {
			l := w.link(way{origin, region})
			l.Delay = m.world.Distance(origin, region) / 2
			l.Message = m.messages.spread(way{origin, region}, from, to)
			l.Visible = m.visible.spread(way{origin, region}, from, to)
			r.Links = append(r.Links, l)
		}
	}
	slices.SortFunc(r.Links, func(a, b Link) int {
		return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Region, b.Region))
	})
	return r
}

// window is the samples of a stretch of time, in its order.
type window struct{ samples []sample }

func (w window) first() sample { return w.samples[0] }
func (w window) last() sample  { return w.samples[len(w.samples)-1] }

func (w window) since(s sample) float64 { return s.at.Sub(w.first().at).Seconds() }

func (w window) process(name string) Process {
	p := Process{Name: name}
	var first, last time.Duration
	for _, s := range w.samples {
		u, ok := s.uses[name]
		if !ok {
			continue
		}
		if len(p.RSS) == 0 {
			first = u.cpu
		}
		last = u.cpu
		p.RSS = append(p.RSS, Point{w.since(s), float64(u.rss)})
		p.Peak = max(p.Peak, u.rss)
	}
	p.CPU = last - first
	return p
}

func (w window) log(region string) Log {
	l := Log{Region: region}
	first, last := w.told(region)
	l.Events = grown(first.events, last.events)
	l.Entries = grown(first.entries, last.entries)
	l.Stream = grown(first.stream, last.stream)
	var wal []uint64
	for _, s := range w.samples {
		if position, ok := s.wal[region]; ok {
			wal = append(wal, position)
		}
	}
	if len(wal) > 0 {
		l.WAL = grown(wal[0], wal[len(wal)-1])
	}
	return l
}

func (w window) link(of way) Link {
	l := Link{Origin: of.origin, Region: of.region}
	for _, s := range w.samples {
		b, ok := s.told[of.region].behind[of.origin]
		if !ok {
			continue
		}
		l.LagSeconds = append(l.LagSeconds, Point{w.since(s), b.seconds})
		l.LagWrites = append(l.LagWrites, Point{w.since(s), b.writes})
	}
	first, last := w.told(of.region)
	l.Applied = spread(last.applied[of.origin].Since(first.applied[of.origin]))
	return l
}

// told is what a region said first and last.
func (w window) told(region string) (first, last told) {
	found := false
	for _, s := range w.samples {
		t, ok := s.told[region]
		if !ok {
			continue
		}
		if !found {
			first, found = t, true
		}
		last = t
	}
	return first, last
}

// grown is how much a counter rose; one that fell has begun anew.
func grown(first, last uint64) uint64 {
	if last < first {
		return last
	}
	return last - first
}

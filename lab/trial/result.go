package trial

import (
	"strings"
	"time"

	"pangea/lab/meter"
	"pangea/lab/trend"
	"pangea/lab/wrk"
)

// Result is what a trial found.
type Result struct {
	Started  time.Time     `json:"started"`
	Took     time.Duration `json:"took_ns"` // of the load
	Offered  float64       `json:"offered"` // writes per second, 0 for as many as are answered
	Achieved float64       `json:"achieved"`
	Writes   uint64        `json:"writes"` // acknowledged, the probe's too
	Failed   uint64        `json:"failed"` // answered with no success, or not at all

	// Drain is how long after the load all regions had all, and -1 if they never had.
	Drain time.Duration `json:"drain_ns"`

	Load      []wrk.Result `json:"load"` // by region
	Windows   []Window     `json:"windows"`
	Links     []Link       `json:"links"`
	Processes []Process    `json:"processes"`
}

// Window is a stretch of the trial, as the probe and the regions saw it.
type Window struct {
	At       float64       `json:"at"` // seconds after the start, its middle
	Writes   float64       `json:"writes_per_second"`
	WriteP50 time.Duration `json:"write_p50_ns"`
	WriteP99 time.Duration `json:"write_p99_ns"`
	ReadP50  time.Duration `json:"read_p50_ns"`
	ReadP99  time.Duration `json:"read_p99_ns"`
}

// Link is the way of one region's log to another, in the last two thirds.
type Link struct {
	Origin  string        `json:"origin"`
	Region  string        `json:"region"`
	Delay   time.Duration `json:"delay_ns"` // configured, one way
	Visible meter.Spread  `json:"visible"`  // from a write's acknowledgement to its being read there
	Applied meter.Spread  `json:"applied"`  // from commit to commit, of every entry
	Lag     trend.Summary `json:"lag"`      // seconds: the age of the oldest entry that is missing
	Line    trend.Line    `json:"line"`     // of that lag
	Curve   []trend.Point `json:"-"`        // of that lag, the first third too
}

// Name is "us → eu".
func (l Link) Name() string { return l.Origin + " → " + l.Region }

// Process is what one part of the stack took, in the last two thirds.
type Process struct {
	Name  string        `json:"name"`
	CPU   float64       `json:"cpu"` // processors
	RSS   trend.Summary `json:"rss"` // bytes
	Line  trend.Line    `json:"line"`
	Curve []trend.Point `json:"-"` // the first third too
}

// Region reports whether the process is a region.
func (p Process) Region() bool { return strings.HasPrefix(p.Name, "region-") }

// shown is how many points a curve keeps.
const shown = 240

func (t *Trial) result(started, ended time.Time, answers []wrk.Result) *Result {
	took := ended.Sub(started)
	all, judged := t.meter.Report(started, ended), t.meter.Report(started.Add(took/3), ended)
	total := wrk.Total(answers)
	r := &Result{
		Started: started, Took: took, Offered: t.cfg.Rate, Achieved: total.WritesPerSecond(),
		Writes: total.Writes, Failed: total.Failed(), Load: answers,
	}
	for _, w := range t.probe.windows {
		r.add(w, t.meter.Report(w.from, w.to))
	}
	for _, l := range judged.Links {
		r.Links = append(r.Links, newLink(l, all))
	}
	for _, p := range judged.Processes {
		r.Processes = append(r.Processes, newProcess(p, judged.Took, all))
	}
	return r
}

func newLink(l meter.Link, all *meter.Report) Link {
	lag, curve := points(l.LagSeconds), meter.Series{}
	for _, other := range all.Links {
		if other.Origin == l.Origin && other.Region == l.Region {
			curve = other.LagSeconds
		}
	}
	return Link{
		Origin: l.Origin, Region: l.Region, Delay: l.Delay, Visible: l.Visible, Applied: l.Applied,
		Lag: trend.Summarise(trend.Values(lag)), Line: trend.Fit(lag), Curve: trend.Thin(points(curve), shown),
	}
}

func newProcess(p meter.Process, took time.Duration, all *meter.Report) Process {
	rss, curve := points(p.RSS), meter.Series{}
	for _, other := range all.Processes {
		if other.Name == p.Name {
			curve = other.RSS
		}
	}
	return Process{
		Name: p.Name, CPU: p.CPU.Seconds() / max(took, time.Nanosecond).Seconds(),
		RSS: trend.Summarise(trend.Values(rss)), Line: trend.Fit(rss), Curve: trend.Thin(points(curve), shown),
	}
}

func (r *Result) add(w window, seen *meter.Report) {
	writes, reads := w.report.Writes, w.report.Reads
	r.Writes += writes.OK
	r.Failed += w.report.Total.Count - w.report.Total.OK
	r.Windows = append(r.Windows, Window{
		At:       w.from.Add(w.to.Sub(w.from) / 2).Sub(r.Started).Seconds(),
		Writes:   perSecond(seen),
		WriteP50: writes.P50, WriteP99: writes.P99, ReadP50: reads.P50, ReadP99: reads.P99,
	})
}

// perSecond is how many writes clients of all regions committed.
func perSecond(seen *meter.Report) float64 {
	return float64(seen.Events()) / max(seen.Took, time.Nanosecond).Seconds()
}

func points(series meter.Series) []trend.Point {
	points := make([]trend.Point, len(series))
	for i, p := range series {
		points[i] = trend.Point(p)
	}
	return points
}

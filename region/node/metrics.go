package node

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// collector exports what the tracker and the keeper know, as of the scrape.
type collector struct {
	node *Node

	ready, registered, reachable, silent, offset *prometheus.Desc
	head, applied, stored                        *prometheus.Desc
	lagEntries, lagWrites, lagSeconds, lagLeft   *prometheus.Desc
	blocked                                      *prometheus.Desc

	spaceBytes, spaceRows, spaceLimitBytes, spaceLimitRows *prometheus.Desc
	spaceBlocked, spaceRunsOut, held, written              *prometheus.Desc
}

func newCollector(n *Node) *collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("pangea_"+name, help, labels, nil)
	}
	return &collector{
		node:       n,
		ready:      desc("ready", "1 if the region serves clients."),
		registered: desc("peer_registered", "1 if the peer's progress holds this region's logs back.", "peer"),
		reachable:  desc("peer_reachable", "1 if the peer was heard of within 5 s.", "peer"),
		silent:     desc("peer_silent_seconds", "Time since the peer's last report.", "peer"),
		offset:     desc("peer_clock_offset_seconds", "How far the peer's clock is ahead of this region's, by the best estimate.", "peer"),
		head:       desc("log_head_entries", "Last entry of this region's own log."),
		applied:    desc("log_applied_entries", "Last entry applied here, by log.", "origin"),
		stored:     desc("log_stored_entries", "Last entry in the database, applied or not, by log.", "origin"),
		lagEntries: desc("lag_entries", "Entries of another log that are not applied here.", "origin"),
		lagWrites:  desc("lag_writes", "Events of another log that are not applied here.", "origin"),
		lagSeconds: desc("lag_seconds", "Age of the oldest entry of another log that is not applied here, corrected for the clocks' difference; at least the time since the peer was heard of, if that is over 2 s.", "origin"),
		lagLeft:    desc("lag_seconds_left", "Time until nothing of another log is missing here, as fast as it was applied and written of late; -1 if that cannot be told, as when the lag does not shrink.", "origin"),
		blocked:    desc("blocked_seconds", "How long the next entry of a log has waited for an entry of another that it depends on.", "origin", "on"),

		spaceBytes:      desc("space_bytes", "What a store that grows takes.", "store"),
		spaceRows:       desc("space_rows", "How many rows a store that grows has; beyond 10,000 an estimate.", "store"),
		spaceLimitBytes: desc("space_limit_bytes", "Size at which a store is cut back, or cannot grow.", "store"),
		spaceLimitRows:  desc("space_limit_rows", "Rows at which a store is cut back.", "store"),
		spaceBlocked:    desc("space_blocked", "1 if a store keeps what could be collected but for this peer.", "store", "peer"),
		spaceRunsOut:    desc("space_runs_out_seconds", "Time until a store reaches its limit, at the growth of the last five minutes; +Inf if it does not.", "store"),
		held:            desc("peer_held_bytes", "What is kept of the logs for a peer that has not applied it.", "peer"),
		written:         desc("wal_written_bytes_total", "What the database has written to its write-ahead log, since its cluster was made."),
	}
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	n := c.node
	ready, _ := n.tracker.Ready()
	gauge(c.ready, number(ready))
	for _, p := range n.tracker.Peers() {
		gauge(c.registered, number(p.Registered), p.Region)
		gauge(c.reachable, number(p.Reachable), p.Region)
		gauge(c.silent, p.Silent.Seconds(), p.Region)
		gauge(c.offset, n.tracker.Offset(p.Region).Seconds(), p.Region)
	}
	for origin, lag := range n.tracker.Lag() {
		gauge(c.lagEntries, float64(lag.Entries), origin.String())
		gauge(c.lagWrites, float64(lag.Writes), origin.String())
		gauge(c.lagSeconds, lag.Age.Seconds(), origin.String())
		gauge(c.lagLeft, lag.Left.Seconds(), origin.String())
	}
	c.collectSpace(ch, gauge)
	local := n.tracker.Local()
	if local == nil {
		return
	}
	gauge(c.head, float64(local.Head.Seq))
	for origin, seq := range local.Stored {
		gauge(c.stored, float64(seq), origin.String())
		gauge(c.applied, float64(local.Applied[origin]), origin.String())
	}
	for origin, w := range local.Waiting {
		gauge(c.blocked, time.Since(w.Since).Seconds(), origin.String(), w.On.Origin.String())
	}
}

// collectSpace exports the last measurement of what grows.
func (c *collector) collectSpace(ch chan<- prometheus.Metric, gauge func(*prometheus.Desc, float64, ...string)) {
	if written := c.node.keeper.walWritten(); written > 0 {
		ch <- prometheus.MustNewConstMetric(c.written, prometheus.CounterValue, float64(written))
	}
	spaces, held := c.node.keeper.space()
	for peer, bytes := range held {
		gauge(c.held, float64(bytes), peer)
	}
	for _, s := range spaces {
		size, limit := c.spaceBytes, c.spaceLimitBytes
		if s.Unit == "rows" {
			size, limit = c.spaceRows, c.spaceLimitRows
		}
		gauge(size, float64(s.Size), s.Name)
		if s.Limit > 0 {
			gauge(limit, float64(s.Limit), s.Name)
		}
		for peer := range held {
			gauge(c.spaceBlocked, number(s.BlockedBy == peer), s.Name, peer)
		}
		left := s.RunsOutSeconds
		if left < 0 {
			left = math.Inf(1)
		}
		gauge(c.spaceRunsOut, left, s.Name)
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

package ledger

import (
	"strings"
	"testing"
	"time"

	"pangea/gen/audit"
	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/lab/causal"
	"pangea/lab/convergence"
	"pangea/lab/failback"
	"pangea/lab/failover"
	"pangea/lab/loss"
	"pangea/lab/lww"
	"pangea/lab/meter"
	"pangea/lab/replay"
	"pangea/lab/results"
	"pangea/lab/ryw"
	"pangea/lab/split"
	"pangea/lab/tax"
	"pangea/lab/trend"
	"pangea/lab/trial"
)

// reading is what a figure must be of what an experiment found.
type reading struct {
	name   string
	figure figure
	of     any
	want   string // empty: it has no such figure
	held   bool
}

func expect(t *testing.T, readings []reading) {
	t.Helper()
	for _, r := range readings {
		got, err := r.figure.read(&results.Record{Name: r.figure.experiment, Figures: r.of})
		if err != nil || got.held != r.held || !strings.Contains(got.text, r.want) || (r.want == "") != (got.text == "") {
			t.Errorf("%s: got %+v, %v; want %q, held %t", r.name, got, err, r.want, r.held)
		}
	}
}

func TestFigures_OfConflicts(t *testing.T) {
	kept := func(class workload.Class, lost, wrong int) *conflict.Report {
		return &conflict.Report{Config: conflict.Config{Class: class}, Pairs: 100, Acknowledged: 100, Lost: lost, Wrong: make([]conflict.Verdict, wrong)}
	}
	classes := func(different string, reports ...*conflict.Report) convergence.Finding {
		return convergence.Finding{Reports: reports, Equal: different}
	}
	older := func(mode string, seen bool, won int) []*lww.Finding {
		return []*lww.Finding{{Scene: lww.Scene{Mode: mode, Skew: -time.Second, Seen: seen}, Report: &conflict.Report{Ordered: 90, OlderWon: won}}}
	}
	cut := func(relay bool, after time.Duration, wrong int) *split.Finding {
		return &split.Finding{Relay: relay, Cut: time.Minute, Converged: after, Reports: []*conflict.Report{kept(workload.Tags, 0, wrong)}}
	}
	expect(t, []reading{
		{"counters keep", atOnce(workload.Counter), classes("", kept(workload.Profile, 99, 0), kept(workload.Counter, 0, 0)), "0 of 100", true},
		{"counters lose", atOnce(workload.Counter), classes("", kept(workload.Counter, 1, 0)), "1 of 100", false},
		{"profiles lose", atOnce(workload.Profile), classes("", kept(workload.Profile, 99, 0)), "99 of 100", true},
		{"profiles were in no conflict", atOnce(workload.Profile), classes("", kept(workload.Profile, 0, 0)), "0 of 100", false},
		{"not of this class", atOnce(workload.Tags), classes(""), "", false},
		{"identical", identical(), classes("", kept(workload.Tags, 0, 0)), "0 of 100 keys differ", true},
		{"digests differ", identical(), classes("tags", kept(workload.Tags, 0, 0)), "digests differ: tags", false},
		{"the older won", olderWon(), older("wall", false, 45), "45 of 90 with wall clocks", true},
		{"it never did", olderWon(), older("wall", false, 0), "0 of 90", false},
		{"the seen lost", seenWins(), older("hlc", true, 0), "0 of 90 with hybrid clocks", true},
		{"the seen won", seenWins(), older("hlc", true, 1), "1 of 90", false},
		{"soon", converged(), []*split.Finding{cut(false, 2*time.Second, 0), cut(true, time.Second, 0)}, "relay off: 2.00 s; relay on: 1.00 s", true},
		{"one late", converged(), []*split.Finding{cut(false, 4*time.Second, 0), cut(true, time.Second, 0)}, "4.00 s", false},
		{"one value", oneValue(), []*split.Finding{cut(false, 0, 0)}, "0 of 100 differ", true},
		{"two values", oneValue(), []*split.Finding{cut(false, 0, 0), cut(true, 0, 1)}, "relay on: 1 of 100 differ", false},
		{"both serve", bothServe(), []*split.Finding{cut(false, 0, 0)}, "100 of 100 pairs in 1m0s", true},
		{"a cut", acrossCut(workload.Tags), []*split.Finding{cut(true, 0, 0)}, "relay on: 0 of 100", true},
	})
}

func TestFigures_OfFailures(t *testing.T) {
	lost := func(fault loss.Fault, k loss.Kind, a loss.Acks) *loss.Finding {
		return &loss.Finding{Fault: fault, Rounds: []*loss.Round{{Acks: map[loss.Kind]*loss.Acks{k: &a}, Unanswered: 7}}}
	}
	peer, alone := loss.Kind{Class: workload.Tags, Ack: loss.Peer}, loss.Kind{Class: workload.Tags, Ack: loss.Local}
	killed := func(gap time.Duration, wrong int) []*failover.Finding {
		counters := audit.Property{Name: "counters", Checked: 80, Unanswered: 3, Violated: wrong}
		return []*failover.Finding{{Policy: "static", Rounds: []failover.Round{{Gap: gap}}, Audit: audit.Report{Properties: []audit.Property{counters}}}}
	}
	expect(t, []reading{
		{"nothing is gone", rpoWithPeer(workload.Tags), []*loss.Finding{lost(loss.Killed, peer, loss.Acks{Given: 5}), lost(loss.Destroyed, peer, loss.Acks{Given: 6})}, "killed: 0 of 5 lost; destroyed: 0 of 6 lost", true},
		{"one is gone", rpoWithPeer(workload.Tags), []*loss.Finding{lost(loss.Killed, peer, loss.Acks{Given: 5}), lost(loss.Destroyed, peer, loss.Acks{Given: 6, Lost: 1})}, "1 of 6 lost", false},
		{"none was given", rpoWithPeer(workload.Prefs), []*loss.Finding{lost(loss.Killed, peer, loss.Acks{Given: 5}), lost(loss.Destroyed, peer, loss.Acks{Given: 6})}, "0 of 0", false},
		{"young ones are gone", rpo(loss.Destroyed, alone), []*loss.Finding{lost(loss.Destroyed, alone, loss.Acks{Given: 6, Lost: 2, Span: 40 * time.Millisecond})}, "2 of 6 lost, the oldest 40 ms old, in 1 rounds with 7 writes unanswered", true},
		{"old ones are gone", rpo(loss.Destroyed, alone), []*loss.Finding{lost(loss.Destroyed, alone, loss.Acks{Given: 6, Lost: 2, Span: time.Minute})}, "60000 ms", false},
		{"not of this fault", rpo(loss.Killed, alone), []*loss.Finding{lost(loss.Destroyed, alone, loss.Acks{Given: 6})}, "", false},
		{"served again", rto(), killed(9*time.Second, 0), "at most 9.00 s, in 1 kills", true},
		{"served too late", rto(), killed(10*time.Second, 0), "10.00 s", false},
		{"counted once", recounted(), killed(0, 0), "0 counters wrong after 80 writes, 3 of them unanswered", true},
		{"counted twice", recounted(), killed(0, 1), "1 counters wrong after 80", false},
	})
}

func TestFigures_OfReturns(t *testing.T) {
	back := func(guard bool, stale, lost int) []*failback.Finding {
		return []*failback.Finding{{
			Readiness: guard, Changed: 20, Counters: 9, Acks: 80,
			Backlog: failback.Backlog{Entries: 70, Drained: 2 * time.Second},
			Reads:   failback.Reads{Before: failback.Answers{Served: 50, Refused: 7, Stale: map[string]int{"tags": stale}}},
			Flaws:   map[failback.Flaw]int{failback.Lost: lost},
			Replay:  &failback.Replay{Finding: &replay.Finding{Rows: 5, Entries: 6}, Differs: map[bool]string{true: "tags"}[lost > 0]},
		}}
	}
	late := back(true, 0, 0)
	late[0].Backlog.Drained = 11 * time.Second
	expect(t, []reading{
		{"caught up", caughtUp(), back(true, 0, 0), "guard on: 70 entries in 2.00 s", true},
		{"too late", caughtUp(), late, "guard on: 70 entries in 11.00 s", false},
		{"no stale read", stale(true), back(true, 0, 0), "0 stale; while it lacked entries it answered 50 and refused 7", true},
		{"a stale one", stale(true), back(true, 1, 0), "1 stale", false},
		{"stale without the guard", stale(false), back(false, 1, 0), "1 stale", true},
		{"none without the guard", stale(false), back(false, 0, 0), "0 stale", false},
		{"no flaw", flawless(), back(true, 0, 0), "0 flaws in 20 subjects, 0 of 9 counters wrong", true},
		{"a flaw", flawless(), back(false, 0, 1), "guard off: 1 flaws", false},
		{"replayed", replayed(), back(true, 0, 0), "5 rows and 6 entries: equal digests", true},
		{"replayed to something else", replayed(), back(true, 0, 1), "tags", false},
	})
}

func TestFigures_OfTimes(t *testing.T) {
	soaked := func(took, p99 time.Duration, low float64) trial.Result {
		return trial.Result{Took: took, Achieved: 8000, Links: []trial.Link{{
			Line: trend.Line{Known: true, Slope: low + 1, Low: low, Freedom: 50}, Visible: meter.Spread{Count: 1, P50: 40 * time.Millisecond, P99: p99},
		}}}
	}
	costs := func(p99, claim time.Duration) tax.Finding {
		return tax.Finding{Costs: []tax.Cost{
			{Kind: tax.Kind{Region: "us"}, Count: 1, P99: p99},
			{Kind: tax.Kind{Region: "us", Owner: "eu"}, RTT: 80 * time.Millisecond, Count: 1, P50: claim, P99: claim},
		}}
	}
	expect(t, []reading{
		{"steady", steady(), soaked(30*time.Minute, 0, -1), "1 of 1 links does not rise", true},
		{"rises", steady(), soaked(30*time.Minute, 0, 1), "0 of 1", false},
		{"short", steady(), soaked(time.Minute, 0, -1), "1m0s", false},
		{"prompt", prompt(), soaked(0, 90*time.Millisecond, 0), "40.0 ms (p50), 90.0 ms (p99)", true},
		{"late", prompt(), soaked(0, 3*time.Second, 0), "3000.0 ms (p99)", false},
		{"near", local(), costs(14*time.Millisecond, 0), "14.0 ms in us", true},
		{"slow", local(), costs(15*time.Millisecond, 0), "15.0 ms in us", false},
		{"far", strong(), costs(0, 90*time.Millisecond), "90.0 ms from us to eu (80ms apart)", true},
		{"faster than the way", strong(), costs(0, 70*time.Millisecond), "70.0 ms", false},
		{"a win", win(), costs(9*time.Millisecond, 90*time.Millisecond), "9.0 ms to 9.0 ms (of profiles), against 90.0 ms to 90.0 ms", true},
		{"none", win(), costs(9*time.Millisecond, 8*time.Millisecond), "8.0 ms", false},
	})
}

func TestFigures_OfSessions(t *testing.T) {
	read := func(mode ryw.Mode, stale int) ryw.Finding {
		return ryw.Finding{Counts: []ryw.Count{{Mode: mode, Reads: 400, Stale: [4]int{stale}}}}
	}
	expect(t, []reading{
		{"pinned", pinned(), read(ryw.Pinned, 0), "0 of 400 reads miss it", true},
		{"pinned and stale", pinned(), read(ryw.Pinned, 1), "1 of 400", false},
		{"hopping", hopping(), read(ryw.Hopping, 9), "9 of 400", true},
		{"hopping and blind", hopping(), read(ryw.Hopping, 0), "0 of 400", false},
		{"vector", vector(), read(ryw.Vector, 0), "0 of 400", true},
		{"vector and stale", vector(), read(ryw.Vector, 1), "1 of 400", false},
		{"in order", inOrder(true), []*causal.Finding{{Wait: true, Complete: 50}}, "0 of 50", true},
		{"inverted", inOrder(true), []*causal.Finding{{Wait: true, Complete: 50, Inverted: 1}}, "1 of 50", false},
		{"inverted without the wait", inOrder(false), []*causal.Finding{{Complete: 50, Inverted: 9}}, "9 of 50", true},
		{"removed", staysRemoved(), []*causal.Finding{{Removed: 5, Early: 4}}, "0 of 5 came back, 4 were heard of before their add", true},
		{"none heard of first", staysRemoved(), []*causal.Finding{{Removed: 5}}, "0 of 5", false},
		{"resurrected", staysRemoved(), []*causal.Finding{{Removed: 5, Resurrected: 1}}, "1 of 5", false},
	})
}

package failback

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pangea/gen/workload"
	"pangea/lab/replay"
	"pangea/lab/results/resultstest"
	"pangea/lab/trend"
)

// flawless are findings of which every claim holds.
func flawless() []*Finding {
	whole := func(guard bool) *Finding {
		return &Finding{
			Readiness: guard, Subjects: 100, Changed: 100, Writes: 5000,
			Backlog: Backlog{Entries: 900, Ready: time.Second, Drained: 2 * time.Second, Missing: []trend.Point{{At: 1, Value: 900}, {At: 2}}},
			Taken:   30,
			Reads: Reads{
				First: time.Second, Before: Answers{Served: 8, Stale: map[string]int{}, Refused: 10, Unanswered: 5}, After: Answers{Served: 50, Stale: map[string]int{}},
			},
			Flaws:    map[Flaw]int{},
			Counters: 20, Acks: 300, Planted: true,
		}
	}
	on, off := whole(true), whole(false)
	on.Replay = &Replay{Finding: &replay.Finding{From: "us=1", To: "us=9", Rows: 10, Entries: 8}, Donor: "ap", Planted: true}
	off.Reads.Before.Stale["tags"] = 7
	return []*Finding{on, off}
}

func TestClaims(t *testing.T) {
	const on, off = "readiness guard on: ", "readiness guard off: "
	for want, spoil := range map[string]func(on, off *Finding){
		"": func(_, _ *Finding) {},
		on + "no read that the returned region answers is stale":                        func(on, _ *Finding) { on.Reads.After.Stale["profile"] = 1 },
		off + "some that it answers are stale: it is the guard that keeps them back":    func(_, off *Finding) { clear(off.Reads.Before.Stale) },
		on + "it has what it lacked within 10s":                                         func(on, _ *Finding) { on.Backlog.Drained = 11 * time.Second },
		off + "it had taken writes of the load when it was killed":                      func(_, off *Finding) { off.Taken = 0 },
		off + "every change is acknowledged":                                            func(_, off *Finding) { off.Changed-- },
		on + "nothing acknowledged is lost, doubled or resurrected, in any region":      func(on, _ *Finding) { on.Flaws[Resurrected] = 1 },
		off + "nothing acknowledged is lost, doubled or resurrected, in any region":     func(_, off *Finding) { off.Flaws[Doubled] = 1 },
		on + "no increment of the load is lost, and none counts twice":                  func(on, _ *Finding) { on.Wrong = 1 },
		off + "what is lost, doubled and resurrected on purpose is found":               func(_, off *Finding) { off.Planted = false },
		off + "all regions hold the same in the end":                                    func(_, off *Finding) { off.Equal = "eu differs" },
		on + "so does the database that was made from a snapshot and the logs after it": func(on, _ *Finding) { on.Replay.Differs = "another digest of tags" },
		on + "without the last write it does not: the comparison can tell":              func(on, _ *Finding) { on.Replay.Planted = false },
	} {
		found := flawless()
		spoil(found[0], found[1])
		if want == "" {
			resultstest.Breaks(t, Record(found, 500))
		} else {
			resultstest.Breaks(t, Record(found, 500), want)
		}
	}
}

// What is left out is claimed neither way.
func TestClaims_WithoutReplay(t *testing.T) {
	found := flawless()[:1]
	found[0].Replay, found[0].LeftOut = nil, true
	r := Record(found, 500)
	resultstest.Breaks(t, r)
	for _, c := range r.Claims {
		if strings.Contains(c.Text, "snapshot") || strings.Contains(c.Text, "last write") {
			t.Errorf("it is claimed: %s", c.Text)
		}
	}
}

// What was not measured holds no claim.
func TestClaims_OfNothingAreBroken(t *testing.T) {
	resultstest.HoldsNothing(t, Record([]*Finding{{Readiness: true, Equal: "?"}, {Equal: "?"}}, 500))
}

func TestSubject_Flaws(t *testing.T) {
	s := &subject{key: "k", changed: []string{"us", "ap"}}
	for _, test := range []struct {
		class  workload.Class
		status int
		body   string
		want   Flaw
	}{
		{workload.Profile, 200, `{"value":"us"}`, ""},
		{workload.Profile, 200, `{"value":"ap"}`, ""},
		{workload.Profile, 200, `{"value":"kept"}`, Lost},
		{workload.Profile, 200, `{"value":"mars"}`, Strange},
		{workload.Profile, 404, `{"detail":"nothing there"}`, Lost},
		{workload.Counter, 200, `{"value":111}`, ""},
		{workload.Counter, 200, `{"value":11}`, Lost},
		{workload.Counter, 200, `{"value":121}`, Doubled},
		{workload.Tags, 200, `{"tags":["ap","kept","us"]}`, ""},
		{workload.Tags, 200, `{"tags":["ap","doomed","kept","us"]}`, Resurrected},
		{workload.Tags, 200, `{"tags":["doomed","kept"]}`, Resurrected},
		{workload.Tags, 200, `{"tags":["kept","us"]}`, Lost},
		{workload.Tags, 200, `{"tags":["ap","kept","mars","us"]}`, Strange},
		{workload.Prefs, 200, `{"value":{"ap":"made","kept":"made","us":"made"}}`, ""},
		{workload.Prefs, 200, `{"value":{"ap":"made","doomed":"made","kept":"made","us":"made"}}`, Resurrected},
		{workload.Prefs, 200, `{"value":{"ap":"made","us":"made"}}`, Lost},
	} {
		got, err := s.flaw(test.class, test.status, []byte(test.body))
		if err != nil || got != test.want {
			t.Errorf("%s %d %s: got %q, %v, want %q", test.class, test.status, test.body, got, err, test.want)
		}
	}
	for class, body := range map[workload.Class]string{workload.Tags: "{", workload.Counter: `{"value":"x"}`, workload.Prefs: `{"value":1}`, workload.Profile: `{"value":1}`} {
		if flaw, err := s.flaw(class, 200, []byte(body)); err == nil {
			t.Errorf("%s %s: got %q and no error", class, body, flaw)
		}
	}
}

// Only what the region itself answers may be stale.
func TestReads_AreOfTheRegionItself(t *testing.T) {
	r := sumUp([]glance{
		{},
		{by: victim, refused: true, at: time.Second},
		{class: workload.Tags, by: "us", flaw: Lost, at: time.Second},
		{class: workload.Tags, by: victim, flaw: Resurrected, at: 3 * time.Second},
		{class: workload.Counter, by: victim, at: 2 * time.Second},
		{class: workload.Counter, by: victim, at: 4 * time.Second},
	}, 4*time.Second)
	want := Reads{
		First:  2 * time.Second,
		Before: Answers{Served: 2, Stale: map[string]int{"tags": 1}, Refused: 1, Elsewhere: 1, Unanswered: 1},
		After:  Answers{Served: 1, Stale: map[string]int{}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

// That no read is stale says nothing of a region that was not asked while it lacked some.
func TestReads_ProveNothingOfARegionThatIsWhole(t *testing.T) {
	whole := Reads{Before: Answers{Elsewhere: 9, Unanswered: 9}, After: Answers{Served: 50}}
	if whole.Proves(true) || whole.Proves(false) {
		t.Errorf("%s: that proves something", whole)
	}
	whole.Before.Refused = 1
	if !whole.Proves(true) {
		t.Errorf("%s: that proves nothing", whole)
	}
}

func TestBacklog_InTime(t *testing.T) {
	for want, b := range map[bool]Backlog{
		true:  {Entries: 9, Drained: soon, Missing: []trend.Point{{Value: 3}, {Value: 0}}},
		false: {Entries: 9, Drained: soon + 1, Missing: []trend.Point{{Value: 3}}},
	} {
		if b.InTime() != want || (b.left() == 0) != want {
			t.Errorf("%+v: in time %t, %d left", b, b.InTime(), b.left())
		}
	}
	if (Backlog{}).InTime() {
		t.Error("nothing to catch up with, in time")
	}
}

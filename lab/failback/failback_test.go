package failback

import (
	"slices"
	"testing"
	"time"

	"pangea/gen/workload"
	"pangea/lab/replay"
	"pangea/lab/trend"
)

// flawless are findings of which every claim holds.
func flawless() []*Finding {
	whole := func(guard bool) *Finding {
		return &Finding{
			Readiness: guard, Subjects: 100, Changed: 100, Writes: 5000,
			Backlog:  Backlog{Entries: 900, Ready: time.Second, Drained: 2 * time.Second, Missing: []trend.Point{{At: 1, Value: 900}, {At: 2}}},
			Reads:    Reads{Served: 50, First: time.Second, Stale: map[string]int{}, Refused: 10},
			Flaws:    map[Flaw]int{},
			Counters: 20, Acks: 300, Planted: true,
		}
	}
	on, off := whole(true), whole(false)
	on.Replay = &Replay{Finding: &replay.Finding{From: "us=1", To: "us=9", Rows: 10, Entries: 8}, Donor: "ap", Planted: true}
	off.Reads.Stale["tags"] = 7
	return []*Finding{on, off}
}

func TestClaims(t *testing.T) {
	const on, off = "readiness guard on: ", "readiness guard off: "
	for want, spoil := range map[string]func(on, off *Finding){
		"": func(_, _ *Finding) {},
		on + "no read that the returned region answers is stale":                        func(on, _ *Finding) { on.Reads.Stale["profile"] = 1 },
		off + "some that it answers are stale: it is the guard that keeps them back":    func(_, off *Finding) { clear(off.Reads.Stale) },
		on + "it has what it lacked within 10s":                                         func(on, _ *Finding) { on.Backlog.Drained = 11 * time.Second },
		off + "every change is acknowledged":                                            func(_, off *Finding) { off.Changed-- },
		on + "nothing acknowledged is lost, doubled or resurrected, in any region":      func(on, _ *Finding) { on.Flaws[Resurrected] = 1 },
		off + "nothing acknowledged is lost, doubled or resurrected, in any region":     func(_, off *Finding) { off.Flaws[Doubled] = 1 },
		on + "no increment of the load is lost, and none counts twice":                  func(on, _ *Finding) { on.Wrong = 1 },
		off + "what is lost, doubled and resurrected on purpose is found":               func(_, off *Finding) { off.Planted = false },
		off + "all regions hold the same in the end":                                    func(_, off *Finding) { off.Equal = "eu differs" },
		on + "so does the database that was made from a snapshot and the logs after it": func(on, _ *Finding) { on.Replay.Differs = "another digest of tags" },
		on + "that database differs once the regions are written to":                    func(on, _ *Finding) { on.Replay.Planted = false },
	} {
		found := flawless()
		spoil(found[0], found[1])
		var broken []string
		for _, c := range Record(found, 500).Broken() {
			broken = append(broken, c.Text)
		}
		if want == "" && len(broken) > 0 || want != "" && !slices.Equal(broken, []string{want}) {
			t.Errorf("got %q broken, want %q", broken, want)
		}
	}
}

// What was not measured holds no claim.
func TestClaims_OfNothingAreBroken(t *testing.T) {
	r := Record([]*Finding{{Readiness: true, Equal: "?"}, {Equal: "?"}}, 500)
	for _, c := range r.Claims {
		if c.Held {
			t.Errorf("%s: held, by %s", c.Text, c.Found)
		}
	}
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
	r := Reads{Stale: map[string]int{}}
	for _, g := range []glance{
		{},
		{class: workload.Tags, served: "us", flaw: Lost, at: time.Second},
		{class: workload.Tags, served: victim, flaw: Resurrected, at: 3 * time.Second},
		{class: workload.Counter, served: victim, at: 2 * time.Second},
	} {
		r.add(g)
	}
	if r.Refused != 1 || r.Elsewhere != 1 || r.Served != 2 || r.First != 2*time.Second || r.stale() != 1 || r.Stale["tags"] != 1 {
		t.Errorf("got %+v", r)
	}
}

package console

import (
	"strings"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// digest is of any region: three of them are the world.
func digest(vector, counters string) region.Digest {
	return region.Digest{Vector: vector, Classes: map[string]region.ClassDigest{"counter": {Rows: 1, Digest: counters}}}
}

// TestJudge_ComparesAtEqualVectorsOnly: a region that is behind is not called wrong, and
// one that is wrong is not excused by another that is behind (I7).
func TestJudge_ComparesAtEqualVectorsOnly(t *testing.T) {
	cases := []struct {
		want    string
		digests []region.Digest
	}{
		{Unknown, nil},
		{Unknown, []region.Digest{digest("us=1", "a")}},
		{Equal, []region.Digest{digest("us=1", "a"), digest("us=1", "a"), digest("us=1", "a")}},
		{Partly, []region.Digest{digest("us=1", "a"), digest("us=1", "a")}},
		{Behind, []region.Digest{digest("us=1", "a"), digest("us=2", "b"), digest("us=2", "b")}},
		{Behind, []region.Digest{digest("us=1", "a"), digest("us=2", "a")}},
		{Broken, []region.Digest{digest("us=1", "a"), digest("us=1", "b")}},
		{Broken, []region.Digest{digest("us=1", "a"), digest("us=2", "b"), digest("us=1", "c")}},
		{Broken, []region.Digest{digest("us=1", "a"), digest("us=1", "c"), digest("us=2", "b")}},
	}
	for i, c := range cases {
		if got := judge(time.Now(), 3, c.digests).Verdict; got != c.want {
			t.Errorf("case %d: got %s, want %s", i, got, c.want)
		}
	}
}

func TestChanges_TellEachChangeOnce(t *testing.T) {
	world := func(change func(*Snapshot)) *Snapshot {
		s := &Snapshot{
			Regions: []Region{{Name: "us", Ready: true}, {Name: "eu", Ready: true}},
			Routers: []Router{{Region: "us", Current: "us"}, {Region: "eu", Current: "eu"}},
			Links: []Link{
				{From: "us", To: "eu", State: Healthy, RTT: new(.08)}, {From: "eu", To: "us", State: Healthy, RTT: new(.08)},
			},
			Agreement: Agreement{Verdict: Equal},
		}
		change(s)
		return s
	}
	whole := func(*Snapshot) {}
	cut := func(s *Snapshot) { s.Links[0].State, s.Links[1].State = "refused", "refused" }
	oneWay := func(s *Snapshot) { s.Links[1].State = "blackholed" }
	cases := []struct {
		before, after func(*Snapshot)
		want          string
	}{
		{whole, whole, ""},
		{cut, cut, ""},
		{whole, cut, "cut: us and eu cannot reach each other (refused)"},
		{cut, whole, "healed: us and eu reach each other"},
		{whole, oneWay, "cut: eu's data does not reach us (blackholed)"},
		{oneWay, whole, "healed: eu's data reaches us"},
		{whole, func(s *Snapshot) { s.Links[0].RTT, s.Links[1].RTT = new(.5), new(.5) }, "slowed: the round trip between us and eu is 500 ms, before 80 ms"},
		{whole, func(s *Snapshot) { s.Regions[1] = Region{Name: "eu", Error: "refused"} }, "gone: eu is silent: refused"},
		{func(s *Snapshot) { s.Regions[1] = Region{Name: "eu", Error: "refused"} }, whole, "back: eu serves"},
		{whole, func(s *Snapshot) { s.Routers[1].Current = "us" }, "moved: clients near eu go to us, before to eu"},
		{cut, func(s *Snapshot) { s.LinksError = "toxiproxy is gone" }, ""},
		{whole, func(s *Snapshot) { s.Agreement.Verdict = Broken }, "wrong: regions differ at equal vectors: run go tool task verify"},
		{func(s *Snapshot) { s.Agreement.Verdict = Behind }, whole, "agreed: all regions hold the same: their vectors and digests are equal"},
	}
	for i, c := range cases {
		var known last
		known.changes(world(c.before))
		if got := tell(known.changes(world(c.after))); got != c.want {
			t.Errorf("case %d: got %q, want %q", i, got, c.want)
		}
	}
	if got := new(last).changes(world(cut)); len(got) != 0 {
		t.Errorf("the first snapshot tells %v, want nothing", got)
	}
}

func tell(events []Event) string {
	var told []string
	for _, e := range events {
		told = append(told, e.Kind+": "+e.Text)
	}
	return strings.Join(told, "; ")
}

// TestChanges_WhileNothingWasKnown are told when it is known again.
func TestChanges_WhileNothingWasKnown(t *testing.T) {
	links := func(state string) []Link {
		return []Link{{From: "us", To: "eu", State: state}, {From: "eu", To: "us", State: state}}
	}
	steps := []struct {
		now  Snapshot
		want string
	}{
		{Snapshot{Links: links(Healthy), Agreement: Agreement{Verdict: Behind}}, ""},
		{Snapshot{Links: links("unknown"), LinksError: "toxiproxy is gone", Agreement: Agreement{Verdict: Partly}}, ""},
		{Snapshot{Links: links("refused"), Agreement: Agreement{Verdict: Unknown}}, "cut: us and eu cannot reach each other (refused)"},
		{Snapshot{Links: links("refused"), Agreement: Agreement{Verdict: Equal}}, "agreed: all regions hold the same: their vectors and digests are equal"},
		{Snapshot{Links: links("refused"), Agreement: Agreement{Verdict: Partly}}, ""},
		{Snapshot{Links: links("refused"), Agreement: Agreement{Verdict: Equal}}, ""},
	}
	var known last
	for i, s := range steps {
		if got := tell(known.changes(&s.now)); got != s.want {
			t.Errorf("step %d: got %q, want %q", i, got, s.want)
		}
	}
}

// TestHeads_CountWritesOfEntries: exact where the log was seen, in proportion between.
func TestHeads_CountWritesOfEntries(t *testing.T) {
	us := crdt.Origin{Region: "us", Epoch: 1}
	var h heads
	for _, end := range []head{{10, 100}, {10, 100}, {20, 500}} {
		h.add(us, end)
	}
	for seq, want := range map[uint64]uint64{20: 0, 15: 200, 10: 400, 5: 450, 0: 500, 99: 0} {
		if got := h.writesAfter(seq); got != want {
			t.Errorf("after entry %d: got %d writes, want %d", seq, got, want)
		}
	}
	if h.add(crdt.Origin{Region: "us", Epoch: 2}, head{1, 3}); h.writesAfter(0) != 3 {
		t.Errorf("another log begins anew: got %d, want 3", h.writesAfter(0))
	}
}

package node

import (
	"math"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region/position"
	"pangea/region/topology"
)

var us, eu = crdt.Origin{Region: "us", Epoch: 1}, crdt.Origin{Region: "eu", Epoch: 1}

// measured is at us: of its own log 100 to 199 are kept, of eu's 1 to 100, each entry of
// 10 bytes.
func measured(peers ...position.PeerState) *measurement {
	m := &measurement{
		own: us, stored: crdt.Vector{us: 199, eu: 100}, floors: crdt.Vector{us: 100, eu: 1},
		logs: map[crdt.Origin]int64{us: 1000, eu: 1000}, peers: peers,
		held: map[string]int64{}, gain: map[string]float64{},
	}
	for _, p := range peers {
		m.held[p.Region] = m.kept(p.Applied)
	}
	return m
}

func at(name string, ofUs, ofEu uint64) position.PeerState {
	return position.PeerState{
		Region: name, Registered: true, Heard: true, Reachable: true, Reported: time.Now(),
		Stored: crdt.Vector{us: ofUs, eu: ofEu}, Applied: crdt.Vector{us: ofUs, eu: ofEu},
	}
}

// silent is a peer that was not heard of for so long.
func silent(p position.PeerState, d time.Duration) position.PeerState {
	p.Reachable, p.Silent, p.Reported = false, d, p.Reported.Add(-d)
	return p
}

// What is kept for a peer is what it has not applied, of what is there.
func TestMeasurement_KeptIsWhatAPeerLacks(t *testing.T) {
	for _, c := range []struct {
		ofUs, ofEu uint64
		want       int64
	}{{199, 100, 0}, {198, 100, 10}, {199, 40, 600}, {149, 90, 600}, {50, 100, 1000}, {300, 100, 0}} {
		if got := measured(at("ap", c.ofUs, c.ofEu)).held["ap"]; got != c.want {
			t.Errorf("%d bytes are kept for a peer at us=%d,eu=%d, want %d", got, c.ofUs, c.ofEu, c.want)
		}
	}
}

// Of several peers that are behind, most is kept for one. One that is not registered, or
// is behind only in what came of late, or in other logs, holds nothing back.
func TestMeasurement_NamesThePeerThatMostIsKeptFor(t *testing.T) {
	then := crdt.Vector{us: 190, eu: 90}
	out := at("xx", 100, 0)
	out.Registered = false
	own := func(log crdt.Origin) bool { return log == us }
	for _, c := range []struct {
		peers []position.PeerState
		want  string
	}{
		{[]position.PeerState{at("eu", 189, 100), at("ap", 150, 100)}, "ap"},
		{[]position.PeerState{at("eu", 150, 100), at("ap", 189, 100)}, "eu"},
		{[]position.PeerState{silent(at("eu", 150, 100), time.Second), silent(at("ap", 150, 100), time.Minute)}, "ap"},
		{[]position.PeerState{at("eu", 190, 100), at("ap", 195, 0), out}, ""},
		{[]position.PeerState{at("eu", 189, 100), at("ap", 195, 0), out}, "eu"},
	} {
		if got := measured(c.peers...).blocker(then, own); got != c.want {
			t.Errorf("%q holds the outbox back, want %q: %+v", got, c.want, c.peers)
		}
	}
}

// The logs are not kept any more when either limit is reached, whichever comes first.
func TestMeasurement_ForecastsTheFirstLimit(t *testing.T) {
	limits := topology.Retention{PeerBytes: 2600, PeerAge: time.Hour} // 2,000 more than ap lacks
	for _, c := range []struct {
		peer position.PeerState
		gain float64
		want float64
	}{
		{at("ap", 149, 90), 10, 200},
		{at("ap", 149, 90), 0, -1},
		{silent(at("ap", 149, 90), 50*time.Minute), 0, 600},
		{silent(at("ap", 149, 90), 50*time.Minute), 10, 200},
		{silent(at("ap", 149, 90), 50*time.Minute), 2, 600},
		{silent(at("ap", 149, 90), 2*time.Hour), 2, 0},
	} {
		m := measured(at("eu", 199, 100), c.peer)
		m.gain["ap"] = c.gain
		if got := m.left(limits, "ap"); math.Abs(got-c.want) > 0.1 {
			t.Errorf("%.1f s are left, want %.1f: %+v at %v bytes/s", got, c.want, c.peer, c.gain)
		}
		if got := m.left(limits, ""); got != -1 {
			t.Errorf("%.1f s are left with nobody behind", got)
		}
	}
}

// A peer is de-registered for its silence or for what is kept for it, and taken back when
// that is well below the limit and the own log reaches back to what it has.
func TestMeasurement_JudgesAPeer(t *testing.T) {
	out := func(p position.PeerState) position.PeerState { p.Registered = false; return p }
	unheard := func(p position.PeerState) position.PeerState { p.Heard = false; return p }
	listened := silent(at("ap", 199, 100), time.Hour) // remembered as of long ago
	listened.Silent = time.Second
	for _, c := range []struct {
		what  string
		peer  position.PeerState
		bytes int64
		want  bool
	}{
		{"up to date", at("ap", 199, 100), 1000, true},
		{"behind, up to the limit", at("ap", 149, 90), 600, true},
		{"behind, beyond the limit", at("ap", 149, 90), 599, false},
		{"away, not for long", silent(at("ap", 199, 100), 59*time.Second), 1000, true},
		{"away for too long", silent(at("ap", 199, 100), 61*time.Second), 1000, false},
		{"away for as long as this process knows", listened, 1000, true},
		{"out, up to date", out(at("ap", 199, 100)), 1000, true},
		{"out, and not heard yet", unheard(out(at("ap", 199, 100))), 1000, false},
		{"out, at half the limit", out(at("ap", 149, 90)), 1200, true},
		{"out, above half the limit", out(at("ap", 149, 90)), 1199, false},
		{"out, lacks the first entry that is kept", out(at("ap", 99, 100)), 1 << 20, true},
		{"out, lacks one that is gone", out(at("ap", 98, 100)), 1 << 20, false},
		{"out, silent", out(silent(at("ap", 199, 100), 10*time.Second)), 1000, false},
	} {
		limits := topology.Retention{PeerBytes: c.bytes, PeerAge: time.Minute}
		if got, why := measured(c.peer).judge(limits, c.peer); got != c.want || !got && c.peer.Registered && why == "" {
			t.Errorf("%s: registered is %t because of %q, want %t", c.what, got, why, c.want)
		}
	}
}

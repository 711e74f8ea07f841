package rehearsal

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"pangea/crdt"
	"pangea/gen/audit"
	"pangea/gen/history"
	"pangea/gen/measure"
	"pangea/gen/workload"
	"pangea/region"
)

// Scene is a history, and the state of the regions after it.
type Scene struct {
	History *history.History
	State   *audit.State
}

const (
	sessions = 9 // three near each region
	keys     = 4 // of each class
	members  = 3 // tags, or fields, of each key
	handles  = 8
	settled  = 401
)

// newScene is the start of one, which follows from the seed.
func newScene(seed uint64) *scene {
	return &scene{model: newModel(rand.New(rand.NewPCG(seed, 1)))}
}

// play has the clients do n things or a few more, side by side.
func (sc *scene) play(n int) {
	links := 1 // that are up at a time, as it were: with 0 nobody hears of anybody
	for len(sc.records) < n {
		sc.now += 1 + sc.rand.Int64N(60)
		if sc.rand.IntN(20) == 0 {
			links = sc.rand.IntN(5)
		}
		for range links {
			sc.deliver(sc.sites[sc.rand.IntN(3)], sc.sites[sc.rand.IntN(3)])
		}
		if len(sc.late) > 0 && sc.rand.IntN(8) == 0 {
			sc.late[0]()
			sc.late = sc.late[1:]
		}
		session := sc.rand.IntN(sessions)
		s := sc.sites[session%3]
		if sc.rand.IntN(3) == 0 {
			s = sc.sites[sc.rand.IntN(3)]
		}
		switch sc.rand.IntN(10) {
		case 0:
			sc.handle(session, s)
		case 1, 2, 3, 4:
			sc.perform(session, s, sc.draw(true), true, sc.least(session))
		default:
			sc.group(session, s)
		}
	}
}

// group makes a few writes of different clients in one entry.
func (sc *scene) group(session int, s *site) {
	size := 1 + sc.rand.IntN(3)
	for i := range size {
		sc.catchUp(s, sc.least((session+3*i)%sessions))
	}
	if sc.rand.IntN(20) == 0 { // refused
		a := sc.draw(false)
		sc.records = append(sc.records, sc.sent(session, s, a, measure.Unavailable))
		return
	}
	s.open = true
	for i := range size {
		client := (session + 3*i) % sessions
		a := sc.draw(false)
		switch sc.rand.IntN(20) {
		case 0: // it never happens
			sc.records = append(sc.records, sc.sent(client, s, a, measure.Unanswered))
		case 1: // it happens when nobody waits for it any more
			sc.records = append(sc.records, sc.sent(client, s, a, measure.Unanswered))
			sc.late = append(sc.late, func() {
				s.open = true
				sc.commit(s, a)
			})
		case 2: // its answer is lost
			forget(sc.perform(client, s, a, true, sc.least(client)))
		default:
			sc.perform(client, s, a, true, sc.least(client))
		}
	}
}

// handle asks about a handle, or claims it.
func (sc *scene) handle(session int, s *site) {
	a := action{kind: workload.Claim, class: workload.Handle, key: fmt.Sprint("h", sc.rand.IntN(handles)), value: fmt.Sprint("user:", sc.rand.IntN(3))}
	switch sc.rand.IntN(6) {
	case 0:
		sc.records = append(sc.records, sc.sent(session, s, a, measure.Unanswered))
		sc.late = append(sc.late, func() { sc.claim(a) })
	case 1:
		forget(sc.perform(session, s, a, true, nil))
	case 2, 3:
		sc.perform(session, s, action{class: workload.Handle, key: a.key}, true, nil)
	default:
		sc.perform(session, s, a, true, nil)
	}
}

// sent is the line of an operation without an answer, that has had no effect yet.
func (sc *scene) sent(session int, s *site, a action, outcome measure.Outcome) history.Record {
	start, end := sc.span(true)
	return history.Record{
		Index: uint64(len(sc.records)), Session: session, At: s.name, Class: a.class, Key: a.key, Kind: a.kind, Arg: a.arg(),
		Start: max(start, sc.now), End: max(end, sc.now+1), Outcome: outcome, Error: "read answer: i/o timeout",
	}
}

// least is what a client sends along: every third sends what it was shown.
func (sc *scene) least(session int) crdt.Vector {
	least := crdt.Vector{}
	if session/3 != 0 {
		return least
	}
	for i := range sc.records {
		if r := &sc.records[i]; r.Session == session && r.End < sc.now-settled {
			least.Join(vectorOf(r))
		}
	}
	return least
}

// draw is a random read, or write, with a value that no other has.
func (sc *scene) draw(read bool) action {
	class := []workload.Class{workload.Counter, workload.Profile, workload.Tags, workload.Prefs}[sc.rand.IntN(4)]
	a := action{class: class, key: fmt.Sprint("k", sc.rand.IntN(keys)), set: sc.rand.IntN(3) > 0}
	if read {
		return a
	}
	unique := fmt.Sprintf(`"v%d"`, sc.rand.Uint32())
	switch class {
	case workload.Counter:
		a.kind, a.by = workload.Incr, 1+sc.rand.Int64N(9)
		if !a.set {
			a.kind, a.by = workload.Decr, -a.by
		}
	case workload.Profile:
		a.kind, a.set, a.value = workload.Put, true, unique
	case workload.Tags:
		a.kind, a.member = workload.Add, fmt.Sprint("t", sc.rand.IntN(members))
		if !a.set {
			a.kind = workload.Remove
		}
	case workload.Prefs:
		a.kind, a.member, a.value = workload.Patch, fmt.Sprint("f", sc.rand.IntN(members)), unique
	}
	return a
}

// end is the scene once all that is under way has happened, and everyone has everything.
func (sc *scene) end() (*Scene, error) {
	for _, happen := range sc.late {
		happen()
	}
	sc.late = nil
	sc.settle()
	s := &Scene{
		History: &history.History{Header: history.Header{Run: "rehearsal", Ledgers: history.Ledgers{}}, Records: sc.records},
		State:   &audit.State{Vector: sc.sites[0].vector.Clone(), Ledgers: sc.books()},
	}
	asked := map[string]bool{}
	for i := range sc.records {
		r := &sc.records[i]
		at := name(r.Class, r.Key)
		if asked[at] {
			continue
		}
		asked[at] = true
		for _, site := range sc.sites {
			status, body := sc.answer(site, r.Class, r.Key, site.vector)
			a, err := audit.NewAnswer(site.name, r.Class, r.Key, status, body)
			if err != nil {
				return nil, err
			}
			s.State.Answers = append(s.State.Answers, a)
		}
	}
	for _, site := range sc.sites {
		s.State.Regions = append(s.State.Regions, site.name)
	}
	return s, nil
}

// books have every event as live: how they end is not what is rehearsed.
func (sc *scene) books() history.Ledgers {
	books := history.Ledgers{}
	for _, s := range sc.sites {
		for _, class := range workload.Classes() {
			n := sc.committed(s, class)
			books[s.name] = append(books[s.name], region.LedgerRow{Class: class.String(), Origin: s.name, Committed: n, Live: n})
		}
	}
	return books
}

// committed is how many events of a class the region has made. One owns all handles.
func (sc *scene) committed(s *site, class workload.Class) (n int64) {
	if class == workload.Handle && s == sc.sites[0] {
		return sc.claims
	}
	for at, events := range sc.events {
		for _, e := range events {
			if e.origin == s.origin && strings.HasPrefix(at, name(class, "")) {
				n++
			}
		}
	}
	return n
}

package rehearsal

import (
	"encoding/json"
	"fmt"

	"pangea/crdt"
	"pangea/gen/history"
	"pangea/gen/measure"
	"pangea/gen/workload"
)

// action is what a client does.
type action struct {
	kind   workload.Kind
	class  workload.Class
	key    string
	member string // a tag, or a field
	set    bool
	value  string // JSON of a profile or field; a claimant
	by     int64
}

// arg is the body that it sends.
func (a action) arg() json.RawMessage {
	switch a.kind {
	case workload.Incr, workload.Decr:
		return fmt.Appendf(nil, `{"by":%d}`, max(a.by, -a.by))
	case workload.Add, workload.Remove:
		return fmt.Appendf(nil, `{"tag":%q}`, a.member)
	case workload.Put:
		return json.RawMessage(a.value)
	case workload.Patch:
		if !a.set {
			return fmt.Appendf(nil, `{%q:null}`, a.member)
		}
		return fmt.Appendf(nil, `{%q:%s}`, a.member, a.value)
	case workload.Claim:
		return fmt.Appendf(nil, `{"claimant":%q}`, a.value)
	}
	return nil
}

// scene is a model, the clients in it, and what they remember.
type scene struct {
	*model
	records []history.Record
	late    []func() // what is under way, and nobody waits for
}

// span is when an operation is sent and answered, around the moment that it takes effect.
func (sc *scene) span(wide bool) (start, end int64) {
	if !wide {
		return sc.now, sc.now + 1
	}
	return max(sc.now-sc.rand.Int64N(400), 0), sc.now + 1 + sc.rand.Int64N(400)
}

// do has a client do something at a region, alone, and returns the number of its line.
func (sc *scene) do(session int, s *site, a action) int {
	sc.now += 2
	if a.kind != workload.Read && a.class != workload.Handle {
		s.open = true
	}
	sc.perform(session, s, a, false, nil)
	return len(sc.records) - 1
}

// perform has a client do something, and ask for no less than it says. It returns the line.
func (sc *scene) perform(session int, s *site, a action, wide bool, least crdt.Vector) *history.Record {
	start, end := sc.span(wide)
	r := history.Record{
		Index: uint64(len(sc.records)), Session: session, At: s.name, Class: a.class, Key: a.key, Kind: a.kind,
		Arg: a.arg(), Min: least.String(), Start: start, End: end, By: s.name,
	}
	var claim crdt.Vector
	switch {
	case a.class == workload.Handle:
		claim = crdt.Vector{}
	case a.kind == workload.Read:
		claim = s.shownAt(start + sc.rand.Int64N(sc.now-start+1)).Clone()
		if !claim.Covers(least) {
			sc.catchUp(s, least)
			claim = s.vector.Clone()
		}
	default:
		sc.commit(s, a)
		claim = s.vector.Clone()
	}
	if a.kind == workload.Claim {
		r.Status, r.Answer = sc.claim(a)
	} else {
		r.Status, r.Answer = sc.answer(s, a.class, a.key, claim)
	}
	if a.kind != workload.Read && a.class != workload.Handle {
		r.Status = 200
	}
	r.Outcome = measure.OutcomeOf(a.kind, r.Status, nil)
	sc.records = append(sc.records, r)
	return &sc.records[len(sc.records)-1]
}

// claim decides as the owner of the handle does.
func (sc *scene) claim(a action) (status int, body []byte) {
	status = 201
	switch holder := sc.holders[a.key]; holder {
	case "":
		sc.holders[a.key] = a.value
		sc.claims++
	case a.value:
		status = 200
	default:
		return 409, fmt.Appendf(nil, `{"status":409,"claimant":%q}`, holder)
	}
	return status, fmt.Appendf(nil, `{"name":%q,"claimant":%q}`, a.key, a.value)
}

// forget turns an answered operation into one of unknown outcome.
func forget(r *history.Record) {
	r.Outcome, r.Status, r.Answer, r.By, r.Error = measure.Unanswered, 0, nil, "", "read answer: i/o timeout"
}

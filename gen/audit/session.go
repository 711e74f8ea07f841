package audit

import (
	"cmp"
	"fmt"
	"slices"

	"pangea/crdt"
	"pangea/gen/workload"
)

// session is what one client knows at a moment of its life. Every promise to it is of a
// region that answers it again, or of the vector that it sends along.
type session struct {
	shown map[string]crdt.Vector           // by region: the answers so far
	wrote map[place]map[string]crdt.Vector // its own writes of a key, by region
}

// moment is the start of an operation, or its end.
type moment struct {
	at    int64
	start bool
	*operation
}

// judgeSessions follows each client through its operations.
func (j *judgement) judgeSessions() {
	bySession := map[int][]moment{}
	for _, o := range j.ops {
		if o.Class != workload.Handle && o.ok() {
			bySession[o.Session] = append(bySession[o.Session], moment{o.Start, true, o}, moment{o.End, false, o})
		}
	}
	for _, life := range bySession {
		slices.SortStableFunc(life, func(a, b moment) int { // what ends as another starts is not before it
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank(), b.rank()))
		})
		s := &session{shown: map[string]crdt.Vector{}, wrote: map[place]map[string]crdt.Vector{}}
		for _, m := range life {
			if m.start {
				j.step()
				j.judgeOwn(s, m.operation)
				j.judgeBack(s, m.operation)
			} else {
				s.learn(m.operation)
			}
		}
	}
}

func (m moment) rank() int {
	if m.start {
		return 0
	}
	return 1
}

func (s *session) learn(o *operation) {
	join(s.shown, o.By, o.seen)
	if o.read() {
		return
	}
	key := place{o.Class, o.Key, ""}
	if s.wrote[key] == nil {
		s.wrote[key] = map[string]crdt.Vector{}
	}
	join(s.wrote[key], o.By, o.seen)
}

func join(to map[string]crdt.Vector, region string, v crdt.Vector) {
	if to[region] == nil {
		to[region] = crdt.Vector{}
	}
	to[region].Join(v)
}

// judgeOwn: a read shows the client's own writes that the same region took, or that the
// vector covers which it sent along.
func (j *judgement) judgeOwn(s *session, o *operation) {
	if !o.read() {
		return
	}
	promised := crdt.Vector{}
	sent := o.sent()
	for region, v := range s.wrote[place{o.Class, o.Key, ""}] {
		if region == o.By || sent.Covers(v) {
			promised.Join(v)
		}
	}
	if len(promised) == 0 {
		return
	}
	j.own.Checked++
	j.judgePromise(&j.own, o, promised, "the client's own write")
}

// judgeBack: an answer shows what the same region had shown the client before, and what it
// was asked to show at least.
func (j *judgement) judgeBack(s *session, o *operation) {
	promised := o.sent()
	promised.Join(s.shown[o.By])
	if len(promised) == 0 {
		return
	}
	j.back.Checked++
	if !o.seen.Covers(promised) {
		j.back.violate(fmt.Sprintf("%v is answered with the vector %v, after the client had been shown, or asked for, %v", o.place(), o.seen, promised), o)
		return
	}
	if o.read() {
		j.judgePromise(&j.back, o, promised, "what the client was shown before")
	}
}

// judgePromise judges a read as if it claimed what was promised, and no more.
func (j *judgement) judgePromise(p *Property, o *operation, promised crdt.Vector, what string) {
	if f := j.judgeAnswer(o, promised); f != nil && !f.early {
		p.violate(fmt.Sprintf("%v %s; it was promised %s, up to %v", o.place(), f.text, what, promised), append(f.proof, o)...)
	}
}

// sent is the vector that went along, never nil.
func (o *operation) sent() crdt.Vector {
	v, err := crdt.ParseVector(o.Min)
	if err != nil {
		return crdt.Vector{}
	}
	return v
}

func (o *operation) place() place { return place{o.Class, o.Key, ""} }

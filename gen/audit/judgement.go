package audit

import (
	"fmt"
	"math"
	"slices"
	"time"

	"pangea/crdt"
	"pangea/gen/history"
	"pangea/gen/workload"
)

// judgement is a report in the making.
type judgement struct {
	header *history.Header
	ops    []*operation
	cells  *cells
	state  *State
	within time.Duration // bounds the search of judgeHandles for one handle

	done     int
	progress func(done, of int)

	counters, tags, registers Property // what is left at the end
	answers, own, back        Property // what was shown meanwhile
	causes, handles, books    Property
}

// Judge compares a history with what the regions hold. It tells progress how far it is. Its
// error is of a history, or an answer, that makes no sense.
func Judge(h *history.History, state *State, progress func(done, of int)) (*Report, error) {
	ops, err := understand(h.Records)
	if err != nil {
		return nil, err
	}
	j := &judgement{header: &h.Header, ops: ops, cells: newCells(ops), state: state, within: handleWithin, progress: progress}
	j.name()
	for _, o := range ops {
		if p := j.final(o.Class); p != nil && o.write() {
			p.count(o)
		}
	}
	j.judgeEnd()
	j.judgeAnswers()
	j.judgeSessions()
	j.judgeCauses()
	j.judgeHandles()
	j.judgeBooks()
	return j.report(), nil
}

// passes over the operations take nearly all of the time: by answers, sessions and causes.
const passes = 3

// step is once for each operation and pass.
func (j *judgement) step() {
	j.done++
	j.progress(j.done, passes*len(j.ops))
}

// name says what is decided.
func (j *judgement) name() {
	for p, words := range map[*Property][3]string{
		&j.counters:  {"counters", "writes", "each acknowledged increment counts, once"},
		&j.tags:      {"tags", "writes", "no added tag is lost, no removed one is back, none is made up"},
		&j.registers: {"registers", "writes", "no profile or field is back or made up, or lost but to concurrent writes"},
		&j.answers:   {"answers", "reads", "a read shows all that its version vector claims"},
		&j.own:       {"own writes", "reads", "clients read what they wrote"},
		&j.back:      {"reads go on", "answers", "clients are never shown less than before"},
		&j.causes:    {"causes", "answers", "no effect is seen before its cause"},
		&j.handles:   {"handles", "operations", "the operations on a handle are linearizable"},
		&j.books:     {"books", "writes", "the events committed are those acknowledged, and accounted for"},
	} {
		p.Name, p.Unit, p.Promise = words[0], words[1], words[2]
	}
}

func (j *judgement) report() *Report {
	return &Report{Run: j.header.Run, Operations: len(j.ops), Properties: []Property{
		j.counters, j.tags, j.registers, j.answers, j.own, j.back, j.causes, j.handles, j.books,
	}}
}

// final is the property of what a class holds at the end; nil of handles.
func (j *judgement) final(class workload.Class) *Property {
	switch class {
	case workload.Counter:
		return &j.counters
	case workload.Tags:
		return &j.tags
	case workload.Profile, workload.Prefs:
		return &j.registers
	}
	return nil
}

// judgeEnd judges the regions' state as answers that claim everything, and compares the
// regions with each other (I7).
func (j *judgement) judgeEnd() {
	all := j.state.Vector.Clone()
	for _, o := range j.ops {
		all.Join(o.seen) // what was claimed to be there must be there, or it is lost
	}
	wrong := map[place]bool{} // once is enough
	for i := range j.state.Answers {
		a := &j.state.Answers[i]
		p, at := j.final(a.Class), place{a.Class, a.Key, ""}
		if p == nil || wrong[at] {
			continue
		}
		if f := j.cells.judge(a.Class, a.Key, &a.got, all, math.MaxInt64); f != nil {
			wrong[at] = true
			p.violate(fmt.Sprintf("%v: %s %s; all show %s", at, a.Region, f.text, j.state.shown(a.Class, a.Key)), f.proof...)
		}
	}
	j.judgeEqual(wrong)
}

// judgeEqual finds keys that the regions show differently.
func (j *judgement) judgeEqual(wrong map[place]bool) {
	first := map[place]*Answer{}
	for i := range j.state.Answers {
		a := &j.state.Answers[i]
		at := place{a.Class, a.Key, ""}
		p := j.final(a.Class)
		switch {
		case p == nil || wrong[at]:
		case first[at] == nil:
			first[at] = a
		case !first[at].same(a):
			wrong[at] = true
			p.violate(fmt.Sprintf("%v: the regions differ: %s", at, j.state.shown(a.Class, a.Key)))
		}
	}
}

func (a *Answer) same(b *Answer) bool {
	return a.Status == b.Status && string(a.got.Value) == string(b.got.Value) && slices.Equal(a.got.Tags, b.got.Tags)
}

// judgeAnswers judges every read by the vector of its answer.
func (j *judgement) judgeAnswers() {
	for _, o := range j.ops {
		j.step()
		if !o.read() || !o.ok() || o.Class == workload.Handle {
			continue
		}
		j.answers.Checked++
		if f := j.judgeAnswer(o, o.seen); f != nil && !f.early {
			j.answers.violate(fmt.Sprintf("%v %s; its vector is %v", o.place(), f.text, o.seen), append(f.proof, o)...)
		}
	}
}

// judgeAnswer is of a read, for a vector that it claims.
func (j *judgement) judgeAnswer(o *operation, claim crdt.Vector) *fault {
	return j.cells.judge(o.Class, o.Key, &o.got, claim, o.End)
}

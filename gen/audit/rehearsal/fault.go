package rehearsal

import (
	"encoding/json"
	"fmt"

	"pangea/gen/audit"
	"pangea/gen/history"
	"pangea/gen/measure"
	"pangea/gen/workload"
)

// Fault is one broken promise.
type Fault struct {
	Name   string
	Breaks string // the property that must say so

	// plant adds what it needs to a scene, and returns what to change once that has ended.
	plant func(*scene) func(*Scene)
}

// Faults are all that can be planted.
func Faults() []Fault {
	var all []Fault
	for _, some := range [][]Fault{countFaults(), tagFaults(), registerFaults(), readFaults(), causeFaults(), handleFaults(), bookFaults()} {
		all = append(all, some...)
	}
	return all
}

// Plant makes a history of so many operations, which follows from the seed, with the fault
// in it.
func (f Fault) Plant(seed uint64, operations int) (*Scene, error) {
	sc := newScene(seed)
	sc.play(operations)
	change := f.plant(sc)
	s, err := sc.end()
	if err == nil {
		change(s)
	}
	return s, err
}

// key is what faults are planted in. The other clients leave it alone.
const key = "planted"

// The regions of a scene.
const (
	us = iota
	eu
	ap
)

// The clients of a fault.
const (
	ann = sessions + iota
	ben
)

func incr(by int64) action {
	return action{kind: workload.Incr, class: workload.Counter, key: key, set: true, by: by}
}

func put(value string) action {
	return action{kind: workload.Put, class: workload.Profile, key: key, set: true, value: fmt.Sprintf("%q", value)}
}

func add(tag string) action {
	return action{kind: workload.Add, class: workload.Tags, key: key, member: tag, set: true}
}

func remove(tag string) action {
	return action{kind: workload.Remove, class: workload.Tags, key: key, member: tag}
}

func patch(field, value string) action {
	return action{kind: workload.Patch, class: workload.Prefs, key: key, member: field, set: true, value: fmt.Sprintf("%q", value)}
}

func drop(field string) action {
	return action{kind: workload.Patch, class: workload.Prefs, key: key, member: field}
}

func claim(claimant string) action {
	return action{kind: workload.Claim, class: workload.Handle, key: key, value: claimant}
}

func read(class workload.Class) action { return action{class: class, key: key} }

// at is a client's action at a region. It returns the number of the line.
func (sc *scene) at(client, region int, a action) int { return sc.do(client, sc.sites[region], a) }

// show has the regions named show something else of the key at the end; all, if none is.
func (s *Scene) show(class workload.Class, status int, member string, value any, regions ...string) {
	for i := range s.State.Answers {
		a := &s.State.Answers[i]
		named := len(regions) == 0
		for _, r := range regions {
			named = named || r == a.Region
		}
		if a.Class == class && a.Key == key && named {
			*a = must(audit.NewAnswer(a.Region, class, key, status, body(member, value, "")))
		}
	}
}

// tell changes the answer of a line.
func (s *Scene) tell(line, status int, member string, value any, vector string) {
	r := &s.History.Records[line]
	r.Status, r.Answer = status, body(member, value, vector)
	r.Outcome = measure.OutcomeOf(r.Kind, status, nil)
}

// vector is the one of a line's answer.
func (s *Scene) vector(line int) string { return vectorOf(&s.History.Records[line]).String() }

func body(member string, value any, vector string) []byte {
	fields := map[string]any{"version_vector": vector}
	if member != "" {
		fields[member] = value
	}
	return must(json.Marshal(fields))
}

// must is for what a rehearsal makes itself.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// lose has the answer of a line get lost.
func (sc *scene) lose(line int) { forget(&sc.records[line]) }

// row finds the books of a class in a region.
func row(books history.Ledgers, name string, class workload.Class) (i int) {
	for i = range books[name] {
		if books[name][i].Class == class.String() {
			return i
		}
	}
	panic("no books of " + class.String())
}

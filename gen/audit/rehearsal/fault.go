package rehearsal

import (
	"encoding/json"
	"fmt"

	"pangea/gen/audit"
	"pangea/gen/measure"
	"pangea/gen/workload"
	"pangea/region"
)

// Fault is one broken promise.
type Fault struct {
	Name   string
	Breaks []string // the properties that may say so, and no other; the first must

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

// none is no fault: all that a judge says of it is wrong.
func none() Fault {
	return Fault{Name: "none", plant: func(*scene) func(*Scene) { return func(*Scene) {} }}
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

// key is what faults are planted in, but for those of the books. The other clients leave it
// alone.
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

// counted is the counters' row in the books of a region.
func (s *Scene) counted(name string) *region.LedgerRow {
	for i := range s.State.Ledgers[name] {
		if r := &s.State.Ledgers[name][i]; r.Class == workload.Counter.String() {
			return r
		}
	}
	panic("no books of counters in " + name)
}

// bounds are how many events of counters the clients know of: those acknowledged, and all
// that may stand.
func (s *Scene) bounds() (low, high int64) {
	for _, r := range s.History.Records {
		if r.Class != workload.Counter || r.Kind == workload.Read {
			continue
		}
		switch r.Outcome {
		case measure.OK:
			low, high = low+1, high+1
		case measure.Unanswered:
			high++
		}
	}
	return low, high
}

// commit has the books say that the regions have so many events of counters, all live.
func (s *Scene) commit(n int64) {
	for _, name := range s.State.Regions {
		n -= s.counted(name).Committed
	}
	r := s.counted("us")
	r.Committed += n
	r.Live += n
}

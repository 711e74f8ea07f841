package rehearsal

import (
	"pangea/crdt"
	"pangea/gen/workload"
)

// readFaults are of what clients were shown. Ann replaces her profile a by b in us; then it
// is read.
func readFaults() []Fault {
	written := func(sc *scene) (a, b int) { return sc.at(ann, us, put("a")), sc.at(ann, us, put("b")) }
	// old has a line show profile a, by the vector that belongs to it.
	old := func(line, a int) func(*Scene) {
		return func(s *Scene) { s.tell(line, 200, "value", "a", s.vector(a)) }
	}
	along := func(sc *scene, line, b int) { sc.records[line].Min = vectorOf(&sc.records[b]).String() }
	return []Fault{
		{"a read hides what its vector claims", []string{"answers"}, func(sc *scene) func(*Scene) {
			_, b := written(sc)
			line := sc.at(ben, us, read(workload.Profile))
			return func(s *Scene) { s.tell(line, 200, "value", "a", s.vector(b)) }
		}},
		{"a counter is read without an increment that its vector claims", []string{"answers"}, func(sc *scene) func(*Scene) {
			sc.at(ann, us, incr(5))
			line := sc.at(ben, us, read(workload.Counter))
			return func(s *Scene) { s.tell(line, 200, "value", 0, s.vector(line)) }
		}},
		{"a tag is read after its removal", []string{"answers"}, func(sc *scene) func(*Scene) {
			sc.at(ann, us, add("a"))
			sc.at(ann, us, remove("a"))
			line := sc.at(ben, us, read(workload.Tags))
			return func(s *Scene) { s.tell(line, 200, "tags", []string{"a"}, s.vector(line)) }
		}},
		{"a client does not read its own write", []string{"own writes", "reads go on"}, func(sc *scene) func(*Scene) {
			a, _ := written(sc)
			return old(sc.at(ann, us, read(workload.Profile)), a)
		}},
		{"nor elsewhere, with the vector sent along", []string{"own writes", "reads go on"}, func(sc *scene) func(*Scene) {
			a, b := written(sc)
			line := sc.at(ann, eu, read(workload.Profile))
			along(sc, line, b)
			return old(line, a)
		}},
		{"a client is shown an older value than before", []string{"reads go on"}, func(sc *scene) func(*Scene) {
			a, _ := written(sc)
			sc.at(ben, us, read(workload.Profile))
			return old(sc.at(ben, us, read(workload.Profile)), a)
		}},
		{"or a vector that has gone back", []string{"reads go on"}, func(sc *scene) func(*Scene) {
			a, _ := written(sc)
			sc.at(ben, us, read(workload.Profile))
			line := sc.at(ben, us, read(workload.Profile))
			return func(s *Scene) { s.tell(line, 200, "value", "b", s.vector(a)) }
		}},
		{"or an older value by the same vector", []string{"reads go on", "answers"}, func(sc *scene) func(*Scene) {
			_, b := written(sc)
			sc.at(ben, us, read(workload.Profile))
			line := sc.at(ben, us, read(workload.Profile))
			return func(s *Scene) { s.tell(line, 200, "value", "a", s.vector(b)) }
		}},
		{"nor is the vector kept that it sent along", []string{"reads go on"}, func(sc *scene) func(*Scene) {
			a, b := written(sc)
			line := sc.at(ben, eu, read(workload.Profile))
			along(sc, line, b)
			return old(line, a)
		}},
	}
}

func causeFaults() []Fault {
	return []Fault{
		{"a region claims a write without what it had seen", []string{"causes"}, func(sc *scene) func(*Scene) {
			sc.at(ann, us, put("a"))
			sc.settle()
			seen := sc.at(ben, eu, put("b"))
			line := sc.at(ann, ap, read(workload.Profile))
			return func(s *Scene) {
				v := vectorOf(&s.History.Records[seen]).Clone()
				v[crdt.Origin{Region: "us", Epoch: 1}]--
				s.tell(line, 200, "value", "b", v.String())
			}
		}},
		{"a value is read before it is written", []string{"causes"}, func(sc *scene) func(*Scene) {
			sc.at(ann, us, put("a"))
			line := sc.at(ben, us, read(workload.Profile))
			sc.at(ann, us, put("b"))
			return func(s *Scene) { s.tell(line, 200, "value", "b", s.vector(line)) }
		}},
		{"a tag is read before it is added", []string{"causes"}, func(sc *scene) func(*Scene) {
			line := sc.at(ben, us, read(workload.Tags))
			sc.at(ann, us, add("a"))
			return func(s *Scene) { s.tell(line, 200, "tags", []string{"a"}, s.vector(line)) }
		}},
		{"a vector claims what is not sent yet", []string{"causes"}, func(sc *scene) func(*Scene) {
			line := sc.at(ben, us, read(workload.Counter))
			later := sc.at(ann, us, incr(5))
			return func(s *Scene) { s.tell(line, 200, "value", 5, s.vector(later)) }
		}},
	}
}

func handleFaults() []Fault {
	claimed := func(sc *scene) { sc.at(ann, us, claim("ann")) }
	return []Fault{
		{"a handle has two claimants", []string{"handles", "books"}, func(sc *scene) func(*Scene) {
			claimed(sc)
			line := sc.at(ben, eu, claim("ben"))
			return func(s *Scene) { s.tell(line, 201, "claimant", "ben", "") }
		}},
		{"a handle is read as free after it was claimed", []string{"handles"}, func(sc *scene) func(*Scene) {
			claimed(sc)
			line := sc.at(ben, eu, read(workload.Handle))
			return func(s *Scene) { s.tell(line, 404, "", nil, "") }
		}},
		{"a claim is lost", []string{"handles"}, func(sc *scene) func(*Scene) {
			claimed(sc)
			return func(s *Scene) { s.show(workload.Handle, 404, "", nil) }
		}},
		{"a region holds another claimant", []string{"handles"}, func(sc *scene) func(*Scene) {
			claimed(sc)
			return func(s *Scene) { s.show(workload.Handle, 200, "claimant", "ben", "ap") }
		}},
	}
}

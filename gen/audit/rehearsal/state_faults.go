package rehearsal

import "pangea/gen/workload"

// countFaults are of counters at the end. Ann adds 5, Ben 3.
func countFaults() []Fault {
	shows := func(value int64, regions ...string) func(*scene) func(*Scene) {
		return func(sc *scene) func(*Scene) {
			sc.at(ann, us, incr(5))
			sc.at(ben, eu, incr(3))
			return func(s *Scene) { s.show(workload.Counter, 200, "value", value, regions...) }
		}
	}
	return []Fault{
		{"an increment is lost", []string{"counters"}, shows(3)},
		{"an increment is lost in one region", []string{"counters"}, shows(3, "ap")},
		{"an increment is doubled", []string{"counters"}, shows(13)},
		{"an increment is made up", []string{"counters"}, shows(9)},
		{"an unanswered increment counts in one region only", []string{"counters"}, func(sc *scene) func(*Scene) {
			sc.at(ann, us, incr(5))
			sc.lose(sc.at(ben, eu, incr(3)))
			return func(s *Scene) { s.show(workload.Counter, 200, "value", 5, "us") }
		}},
		{"a counter nobody wrote has a value", []string{"counters"}, func(sc *scene) func(*Scene) {
			sc.at(ann, us, read(workload.Counter))
			return func(s *Scene) { s.show(workload.Counter, 200, "value", 1) }
		}},
	}
}

func tagFaults() []Fault {
	shows := func(do func(*scene), tags ...string) func(*scene) func(*Scene) {
		return func(sc *scene) func(*Scene) {
			do(sc)
			return func(s *Scene) { s.show(workload.Tags, 200, "tags", append([]string{}, tags...)) }
		}
	}
	added := func(sc *scene) { sc.at(ann, us, add("a")) }
	removed := func(sc *scene) {
		sc.at(ann, us, add("a"))
		sc.at(ben, us, remove("a"))
	}
	crossed := func(sc *scene) { // eu removes its own add, and has not heard of that of us
		sc.at(ann, us, add("a"))
		sc.at(ben, eu, add("a"))
		sc.at(ben, eu, remove("a"))
	}
	return []Fault{
		{"a tag is lost", []string{"tags"}, shows(added)},
		{"a tag is lost to a removal that had not seen it", []string{"tags"}, shows(crossed)},
		{"a removed tag is back", []string{"tags"}, shows(removed, "a")},
		{"a tag is made up", []string{"tags"}, shows(added, "a", "b")},
		{"a tag is there twice", []string{"tags"}, shows(added, "a", "a")},
	}
}

// registerFaults are of profiles and prefs at the end.
func registerFaults() []Fault {
	shows := func(class workload.Class, status int, value any, writes ...action) func(*scene) func(*Scene) {
		return func(sc *scene) func(*Scene) {
			for _, w := range writes {
				sc.at(ann, us, w)
			}
			return func(s *Scene) { s.show(class, status, "value", value) }
		}
	}
	object := func(v string) map[string]string { return map[string]string{"f": v} }
	return []Fault{
		{"a profile is lost", []string{"registers"}, shows(workload.Profile, 404, nil, put("a"))},
		{"a profile that was replaced is back", []string{"registers"}, shows(workload.Profile, 200, "a", put("a"), put("b"))},
		{"a profile is made up", []string{"registers"}, shows(workload.Profile, 200, "c", put("a"))},
		{"a field is lost", []string{"registers"}, shows(workload.Prefs, 200, map[string]string{}, patch("f", "a"))},
		{"a field is lost to a removal that had found nothing", []string{"registers"}, func(sc *scene) func(*Scene) {
			sc.at(ann, us, patch("f", "a"))
			sc.at(ben, eu, drop("f"))
			return func(s *Scene) { s.show(workload.Prefs, 200, "value", map[string]string{}) }
		}},
		{"a removed field is back", []string{"registers"}, shows(workload.Prefs, 200, object("a"), patch("f", "a"), drop("f"))},
		{"a field that was replaced is back", []string{"registers"}, shows(workload.Prefs, 200, object("a"), patch("f", "a"), patch("f", "b"))},
		{"a field is made up", []string{"registers"}, shows(workload.Prefs, 200, object("c"), patch("f", "a"))},
		{"of two concurrent profiles each side keeps its own", []string{"registers"}, func(sc *scene) func(*Scene) {
			sc.at(ann, us, put("a"))
			sc.at(ben, eu, put("b"))
			return func(s *Scene) {
				s.show(workload.Profile, 200, "value", "a", "us", "ap")
				s.show(workload.Profile, 200, "value", "b", "eu")
			}
		}},
	}
}

// bookFaults are of the ledgers, of what all clients wrote: by the least that is wrong.
func bookFaults() []Fault {
	book := func(change func(*Scene)) func(*scene) func(*Scene) {
		return func(sc *scene) func(*Scene) {
			sc.at(ann, us, incr(1))
			return change
		}
	}
	return []Fault{
		{"an event has no verdict", []string{"books"}, book(func(s *Scene) { s.counted("us").Live-- })},
		{"fewer are committed than acknowledged", []string{"books"}, book(func(s *Scene) {
			low, _ := s.bounds()
			s.commit(low - 1)
		})},
		{"more are committed than sent", []string{"books"}, book(func(s *Scene) {
			_, high := s.bounds()
			s.commit(high + 1)
		})},
	}
}

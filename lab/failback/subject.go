package failback

import (
	"encoding/json"
	"fmt"
	"net/http"

	"pangea/gen/client"
	"pangea/gen/workload"
)

// subject is one key in each class that every region may write.
type subject struct {
	key     string
	changed []string // by whom: everything that was acknowledged
}

// classes are those of a subject.
func classes() []workload.Class {
	return []workload.Class{workload.Profile, workload.Counter, workload.Tags, workload.Prefs}
}

func (s *subject) path(class workload.Class) string { return "/" + class.String() + "/" + s.key }

// What a subject is made with: one is deleted later, and the other stays.
const doomed, kept = "doomed", "kept"

func (s *subject) made() []client.Request {
	return append(s.write(kept, 1), s.add(doomed), s.patch(`{%q:"made"}`, doomed))
}

// changes are what the region of that name and number does to a subject: deletions first.
func (s *subject) changes(by string, number int) []client.Request {
	return append([]client.Request{
		{Method: http.MethodPost, Path: s.path(workload.Tags) + "/remove", Body: fmt.Appendf(nil, `{"tag":%q}`, doomed)},
		s.patch(`{%q:null}`, doomed),
	}, s.write(by, step(number))...)
}

// step is what a region adds to the counter: each has a digit of its own in the sum.
func step(number int) int64 {
	by := int64(10)
	for range number {
		by *= 10
	}
	return by
}

// write changes every class in the name of a writer.
func (s *subject) write(by string, count int64) []client.Request {
	return []client.Request{
		{Method: http.MethodPut, Path: s.path(workload.Profile), Body: fmt.Appendf(nil, "%q", by)},
		s.count(count), s.add(by), s.patch(`{%q:"made"}`, by),
	}
}

func (s *subject) count(by int64) client.Request {
	return client.Request{Method: http.MethodPost, Path: s.path(workload.Counter) + "/incr", Body: fmt.Appendf(nil, `{"by":%d}`, by)}
}

func (s *subject) add(tag string) client.Request {
	return client.Request{Method: http.MethodPost, Path: s.path(workload.Tags) + "/add", Body: fmt.Appendf(nil, `{"tag":%q}`, tag)}
}

func (s *subject) patch(format, field string) client.Request {
	return client.Request{Method: http.MethodPatch, Path: s.path(workload.Prefs), Body: fmt.Appendf(nil, format, field)}
}

// answer is what any class answers.
type answer struct {
	Value json.RawMessage
	Tags  []string
}

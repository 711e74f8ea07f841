package failback

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"pangea/gen/workload"
)

// Flaw is how an answer contradicts what clients were told; empty if it does not.
type Flaw string

// The flaws. A region that is behind shows the first two.
const (
	Lost        Flaw = "lost"        // less than was acknowledged
	Resurrected Flaw = "resurrected" // what was deleted
	Doubled     Flaw = "doubled"     // more than was sent
	Strange     Flaw = "strange"     // what nobody wrote
)

// Flaws lists them.
func Flaws() []Flaw { return []Flaw{Lost, Resurrected, Doubled, Strange} }

// flaw judges an answer with status 200 or 404 to a read of a changed subject. An error means
// that it cannot be read.
func (s *subject) flaw(class workload.Class, status int, body []byte) (Flaw, error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return "", fmt.Errorf("decode the answer to GET %s: %w", s.path(class), err)
	}
	if status == http.StatusNotFound {
		return Lost, nil
	}
	switch class {
	case workload.Counter:
		return s.counted(a.Value)
	case workload.Tags:
		return s.members(a.Tags), nil
	case workload.Prefs:
		fields := map[string]string{}
		if err := json.Unmarshal(a.Value, &fields); err != nil {
			return "", fmt.Errorf("decode the answer to GET %s: %w", s.path(class), err)
		}
		var names []string
		for name := range fields {
			names = append(names, name)
		}
		return s.members(names), nil
	default:
		return s.written(a.Value)
	}
}

// counted compares the counter with the sum of all steps.
func (s *subject) counted(value json.RawMessage) (Flaw, error) {
	var n int64
	if err := json.Unmarshal(value, &n); err != nil {
		return "", fmt.Errorf("decode the counter %s: %w", s.key, err)
	}
	want := int64(1)
	for i := range s.changed {
		want += step(i)
	}
	switch {
	case n < want:
		return Lost, nil
	case n > want:
		return Doubled, nil
	}
	return "", nil
}

// members compares the tags, or the fields, with those that were added and not removed.
func (s *subject) members(names []string) Flaw {
	want := append([]string{kept}, s.changed...)
	if slices.Contains(names, doomed) {
		return Resurrected
	}
	if slices.ContainsFunc(want, func(name string) bool { return !slices.Contains(names, name) }) {
		return Lost
	}
	if slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(want, name) }) {
		return Strange
	}
	return ""
}

// written compares the profile with the writes that were made at once: one of them stays.
func (s *subject) written(value json.RawMessage) (Flaw, error) {
	var by string
	if err := json.Unmarshal(value, &by); err != nil {
		return "", fmt.Errorf("decode the profile %s: %w", s.key, err)
	}
	switch {
	case by == kept:
		return Lost, nil
	case !slices.Contains(s.changed, by):
		return Strange, nil
	}
	return "", nil
}

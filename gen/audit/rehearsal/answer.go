package rehearsal

import (
	"encoding/json"
	"slices"

	"pangea/crdt"
	"pangea/gen/history"
	"pangea/gen/workload"
)

// answer is the body of an answer about a key, with its status.
func (m *model) answer(s *site, class workload.Class, key string, claim crdt.Vector) (status int, body []byte) {
	at := name(class, key)
	fields := map[string]any{"key": key, "version_vector": claim.String()}
	status = 200
	switch class {
	case workload.Counter:
		sum := int64(0)
		for _, e := range m.events[at] {
			if s.sees(e) {
				sum += e.by
			}
		}
		fields["value"] = sum
	case workload.Tags:
		fields["tags"] = m.tags(s, at)
	case workload.Profile:
		if won := m.winner(s, at, ""); won != nil {
			fields["value"] = json.RawMessage(won.value)
		} else {
			status = 404
		}
	case workload.Prefs:
		object, exists := m.object(s, at)
		if fields["value"] = object; !exists {
			status = 404
			delete(fields, "value")
		}
	case workload.Handle:
		delete(fields, "version_vector")
		if holder := m.holders[key]; holder != "" {
			fields["claimant"] = holder
		} else {
			status = 404
		}
	}
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err) // of maps of strings and numbers
	}
	return status, body
}

func (m *model) tags(s *site, at string) []string {
	tags := []string{}
	for _, e := range m.events[at] {
		if !slices.Contains(tags, e.member) && len(m.dots(s, at, e.member)) > 0 {
			tags = append(tags, e.member)
		}
	}
	slices.Sort(tags)
	return tags
}

func (m *model) object(s *site, at string) (object map[string]json.RawMessage, exists bool) {
	object = map[string]json.RawMessage{}
	for _, e := range m.events[at] {
		exists = exists || s.sees(e)
		if won := m.winner(s, at, e.member); won != nil && won.set {
			object[e.member] = json.RawMessage(won.value)
		}
	}
	return object, exists
}

// vectorOf is the vector of an answer, empty if there is none.
func vectorOf(r *history.Record) crdt.Vector {
	var told struct {
		Vector string `json:"version_vector"`
	}
	if json.Unmarshal(r.Answer, &told) != nil {
		return crdt.Vector{}
	}
	v, err := crdt.ParseVector(told.Vector)
	if err != nil {
		return crdt.Vector{}
	}
	return v
}

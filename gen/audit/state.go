package audit

import (
	"encoding/json"
	"fmt"
	"strings"

	"pangea/crdt"
	"pangea/gen/history"
	"pangea/gen/workload"
)

// State is what the regions hold, once they are equal.
type State struct {
	Regions []string
	Vector  crdt.Vector // that all of them have applied
	Answers []Answer    // about each key of the history, by each region
	Ledgers history.Ledgers

	byKey map[place][]*Answer
}

// Answer is what a region shows of a key.
type Answer struct {
	Region string
	Class  workload.Class
	Key    string
	Status int
	got    answer
}

// NewAnswer reads the body of an answer.
func NewAnswer(region string, class workload.Class, key string, status int, body []byte) (Answer, error) {
	a := Answer{Region: region, Class: class, Key: key, Status: status}
	if err := json.Unmarshal(body, &a.got); err != nil {
		return a, fmt.Errorf("answer of %s about %v %s: %w: %.200s", region, class, key, err, body)
	}
	return a, nil
}

// shown is a key as each region shows it.
func (s *State) shown(class workload.Class, key string) string {
	if s.byKey == nil {
		s.byKey = map[place][]*Answer{}
		for i := range s.Answers {
			a := &s.Answers[i]
			at := place{a.Class, a.Key, ""}
			s.byKey[at] = append(s.byKey[at], a)
		}
	}
	var parts []string
	for _, a := range s.byKey[place{class, key, ""}] {
		parts = append(parts, a.Region+"="+a.text())
	}
	return strings.Join(parts, " ")
}

func (a *Answer) text() string {
	switch {
	case a.Status == 404:
		return "nothing"
	case a.Class == workload.Tags:
		return fmt.Sprint(a.got.Tags)
	case a.Class == workload.Handle:
		return a.got.holder()
	}
	return string(a.got.Value)
}

package audit

import (
	"encoding/json"
	"fmt"

	"pangea/crdt"
	"pangea/gen/workload"
)

// view is a cell as somebody was shown it.
type view struct {
	claim crdt.Vector // all that must be in it
	until int64       // nothing sent later can be in it
	set   bool
	value string
	count int64 // of a counter
}

// fault is what is wrong with a view, and the writes that prove it.
type fault struct {
	early bool // it shows a write before that was sent
	text  string
	proof []*operation
}

// judge returns nil if some order of the writes that may stand explains the view.
func (c *cell) judge(v view) *fault {
	switch c.class {
	case workload.Counter:
		return c.judgeCounter(v)
	case workload.Tags:
		return c.judgeTag(v)
	default:
		return c.judgeRegister(v)
	}
}

// judge judges an answer about a key: each cell of it, also those that it shows nothing of.
// An early fault is returned only if there is no other.
func (all *cells) judge(class workload.Class, key string, a *answer, claim crdt.Vector, until int64) (worst *fault) {
	views, err := a.views(class)
	if err != nil {
		return &fault{text: err.Error()}
	}
	for _, c := range all.members[place{class, key, ""}] {
		v := views[c.member]
		delete(views, c.member)
		v.claim, v.until = claim, until
		if f := c.judge(v); f != nil && (worst == nil || worst.early) {
			worst = f
			if c.member != "" {
				worst.text = c.member + ": " + f.text
			}
		}
	}
	for member, v := range views { // of no cell
		if v.set || v.count != 0 {
			return &fault{text: fmt.Sprintf("shows %s%s, and nobody wrote it", member, v)}
		}
	}
	return worst
}

// views are the members of an answer: one without a name, of a counter or a profile.
func (a *answer) views(class workload.Class) (map[string]view, error) {
	views := map[string]view{}
	switch class {
	case workload.Counter:
		var n int64
		if err := json.Unmarshal(a.Value, &n); err != nil {
			return nil, fmt.Errorf("shows %s, which is no number", a.Value)
		}
		views[""] = view{count: n}
	case workload.Tags:
		for _, tag := range a.Tags {
			if views[tag].set {
				return nil, fmt.Errorf("shows the tag %q twice", tag)
			}
			views[tag] = view{set: true}
		}
	case workload.Profile:
		if len(a.Value) > 0 {
			views[""] = view{set: true, value: string(a.Value)}
		}
	case workload.Prefs:
		for field, value := range fields(a.Value) {
			views[field] = view{set: true, value: string(value)}
		}
	}
	return views, nil
}

// String is what is seen of it.
func (v view) String() string {
	if v.count != 0 {
		return fmt.Sprint(v.count)
	}
	return v.value
}

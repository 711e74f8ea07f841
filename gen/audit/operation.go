package audit

import (
	"encoding/json"
	"fmt"
	"slices"

	"pangea/crdt"
	"pangea/gen/history"
	"pangea/gen/measure"
	"pangea/gen/workload"
)

// operation is a line of the history, understood.
type operation struct {
	*history.Record
	seen crdt.Vector // what the answer claims to show; nil unless it is good
	at   dot         // where the log of the region was that answered
	arg  argument
	got  answer
}

// dot is a place in a log: an entry, which several writes may share.
type dot struct {
	origin crdt.Origin
	seq    uint64
}

// argument is what any operation sends.
type argument struct {
	By       int64
	Tag      string
	Claimant string
	raw      json.RawMessage // a profile, or the fields of prefs
}

// answer is what any answer shows.
type answer struct {
	Value    json.RawMessage
	Tags     []string
	Claimant *string
	Vector   string `json:"version_vector"`
}

func (o *operation) ok() bool    { return o.Outcome == measure.OK }
func (o *operation) read() bool  { return o.Kind == workload.Read }
func (o *operation) open() bool  { return o.Outcome == measure.Unanswered }
func (o *operation) write() bool { return !o.read() && (o.ok() || o.open()) }

// understand reads the records, in the order in which they were sent.
func understand(records []history.Record) ([]*operation, error) {
	ops := make([]*operation, len(records))
	for i := range records {
		o := &operation{Record: &records[i]}
		if err := o.parse(); err != nil {
			return nil, fmt.Errorf("operation %d of the history: %w", o.Index, err)
		}
		ops[i] = o
	}
	slices.SortStableFunc(ops, func(a, b *operation) int { return int(a.Start - b.Start) })
	return ops, nil
}

func (o *operation) parse() error {
	if o.arg.raw = o.Arg; len(o.Arg) > 0 && o.Class != workload.Profile && o.Class != workload.Prefs {
		if err := json.Unmarshal(o.Arg, &o.arg); err != nil {
			return fmt.Errorf("its argument: %w", err)
		}
	}
	if !o.ok() {
		return nil
	}
	if err := json.Unmarshal(o.Answer, &o.got); err != nil {
		return fmt.Errorf("its answer: %w", err)
	}
	if o.Class == workload.Handle { // whose vector is the owner's, and proves nothing here
		return nil
	}
	var err error
	if o.seen, err = crdt.ParseVector(o.got.Vector); err != nil {
		return err
	}
	for origin, seq := range o.seen {
		if origin.Region == o.By && origin.Epoch >= o.at.origin.Epoch {
			o.at = dot{origin, seq}
		}
	}
	if o.write() && o.at.seq == 0 && o.certain() {
		return fmt.Errorf("%s answered a write with the vector %q, in which it is not", o.By, o.got.Vector)
	}
	return nil
}

// certain reports whether a write made an event if it was acknowledged: a removal of what is
// not there makes none.
func (o *operation) certain() bool {
	switch o.Kind {
	case workload.Remove:
		return false
	case workload.Patch:
		_, removes := o.arg.removal()
		return !removes
	}
	return !o.read()
}

// removal is the field of a patch that takes one away. The workload patches one at a time.
func (a *argument) removal() (field string, is bool) {
	for name, value := range fields(a.raw) {
		return name, string(value) == "null"
	}
	return "", false
}

// fields are the members of an object. One that is none has none.
func fields(object json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	_ = json.Unmarshal(object, &m)
	return m
}

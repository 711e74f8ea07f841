package api

import (
	"bytes"

	"pangea/region"
)

// input is the members of a request body, raw. Which of them an operation takes is
// for its want to say.
type input struct {
	op, key, id, by, value, tag, claimant []byte
	given                                 member
}

// member is one bit per member of an input.
type member uint8

const (
	opMember member = 1 << iota
	keyMember
	idMember
	byMember
	valueMember
	tagMember
	claimantMember
)

// read fills in from doc, a compact JSON text, which must be an object with no other
// members than wanted.
func (in *input) read(doc []byte, wanted member) error {
	if doc[0] != '{' {
		return impossible.because("Send a JSON object.")
	}
	for name, value := range members(doc) {
		field, which := in.field(name)
		if which&wanted == 0 {
			return impossible.because("Leave out the member %.64s: it has no meaning here.", name)
		}
		*field = value
		in.given |= which
	}
	return nil
}

func (in *input) field(name []byte) (*[]byte, member) {
	if bytes.IndexByte(name, '\\') >= 0 { // "\u0062y" is "by" too
		if s, ok := text(name); ok {
			name = appendString(nil, s)
		}
	}
	switch string(name) {
	case `"op"`:
		return &in.op, opMember
	case `"key"`:
		return &in.key, keyMember
	case `"id"`:
		return &in.id, idMember
	case `"by"`:
		return &in.by, byMember
	case `"value"`:
		return &in.value, valueMember
	case `"tag"`:
		return &in.tag, tagMember
	case `"claimant"`:
		return &in.claimant, claimantMember
	}
	return nil, 0
}

// named is a member that must be a string fit to be a name.
func named(what string, raw []byte) (string, error) {
	s, ok := text(raw)
	if !ok {
		return "", impossible.because("Send %q as a string of 1 to %d bytes of UTF-8 without control characters.", what, maxText)
	}
	return s, nil
}

// step is the amount that a counter moves by: 1 if it is not said.
func step(raw []byte) (int64, error) {
	if raw == nil {
		return 1, nil
	}
	n, ok := amount(raw)
	if !ok {
		return 0, impossible.because(`Send "by" as an integer from 1 to 2^63-1, without fraction or exponent.`)
	}
	return n, nil
}

// maxFields bounds a merge patch, so that its events fit into one entry.
const maxFields = 1000

// patch reads a merge patch: one level, null removes.
func patch(object []byte) ([]region.Field, error) {
	if len(object) == 0 || object[0] != '{' {
		return nil, impossible.because("Send a JSON object with the fields to change; null removes one.")
	}
	fields := make([]region.Field, 0, 4)
	for raw, value := range members(object) {
		name, ok := text(raw)
		if !ok {
			return nil, impossible.because("Name fields with 1 to %d bytes of UTF-8 without control characters, unlike %.64s.", maxText, raw)
		}
		if len(fields) == maxFields {
			return nil, impossible.because("Change at most %d fields at once.", maxFields)
		}
		f := region.Field{Name: name, Null: bytes.Equal(value, []byte("null"))}
		if !f.Null {
			f.Value = string(value)
		}
		fields = append(fields, f)
	}
	return fields, nil
}

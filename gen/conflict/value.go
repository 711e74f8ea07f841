package conflict

import (
	"encoding/json"
	"fmt"
	"slices"

	"pangea/gen/workload"
)

// content is what a region has of a key.
type content struct {
	Survived [2]bool // which of the two writes show
	Text     string  // the value, for a reader
}

// decode finds out which writes of p show in the answer to a read, or says what is in it
// that neither made.
func (p *Pair) decode(class workload.Class, body []byte) (content, error) {
	var answer struct {
		Value json.RawMessage
		Tags  []string
	}
	if len(body) > 0 { // nothing: the key is absent
		if err := json.Unmarshal(body, &answer); err != nil {
			return content{}, fmt.Errorf("decode %s: %w", body, err)
		}
	}
	c := content{Text: string(answer.Value)}
	var err error
	switch class {
	case workload.Counter:
		c.Survived, err = p.steps(answer.Value)
	case workload.Tags:
		c.Text = fmt.Sprint(answer.Tags)
		c.Survived, err = p.tags(answer.Tags)
	case workload.Prefs:
		c.Survived, err = p.fields(answer.Value)
	default:
		c.Survived, err = p.token(answer.Value)
	}
	return c, err
}

// steps splits a counter into its digits: the last is what side 0 added, the others side 1.
func (p *Pair) steps(value json.RawMessage) (survived [2]bool, err error) {
	var n int64
	if value != nil {
		if err := json.Unmarshal(value, &n); err != nil {
			return survived, err
		}
	}
	for side, part := range [2]int64{n % 10, n - n%10} {
		if survived[side] = part == p.Sides[side].By; !survived[side] && part != 0 {
			return survived, fmt.Errorf("the counter is %d, of steps of %d and %d", n, p.Sides[0].By, p.Sides[1].By)
		}
	}
	return survived, nil
}

func (p *Pair) tags(tags []string) (survived [2]bool, err error) {
	for side := range p.Sides {
		survived[side] = slices.Contains(tags, p.Sides[side].Token)
	}
	for _, tag := range tags {
		if tag != p.Sides[0].Token && tag != p.Sides[1].Token {
			return survived, fmt.Errorf("nobody added the tag %q", tag)
		}
	}
	return survived, nil
}

func (p *Pair) fields(value json.RawMessage) (survived [2]bool, err error) {
	fields := map[string]string{}
	if value != nil {
		if err := json.Unmarshal(value, &fields); err != nil {
			return survived, err
		}
	}
	for side := range p.Sides {
		got, there := fields[field(side)]
		if survived[side] = got == p.Sides[side].Token; there && !survived[side] {
			return survived, fmt.Errorf("nobody set %s to %q", field(side), got)
		}
		delete(fields, field(side))
	}
	if len(fields) > 0 {
		return survived, fmt.Errorf("nobody set the fields %v", fields)
	}
	return survived, nil
}

func (p *Pair) token(value json.RawMessage) (survived [2]bool, err error) {
	if value == nil {
		return survived, nil
	}
	var token string
	if err := json.Unmarshal(value, &token); err != nil {
		return survived, err
	}
	for side := range p.Sides {
		survived[side] = token == p.Sides[side].Token
	}
	if !survived[0] && !survived[1] {
		return survived, fmt.Errorf("nobody wrote %q", token)
	}
	return survived, nil
}

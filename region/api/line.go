package api

import (
	"strconv"

	"pangea/region"
)

// line is one line on its way: a write, or the reason why there is none.
type line struct {
	id  string // as given by the client, or ""
	w   region.Write
	err error
	res region.Result
}

// parse reads one line.
func (b *batch) parse(raw []byte) (l line) {
	if len(raw) > maxBody {
		l.err = tooLarge.because("Send at most %d bytes a line.", maxBody)
		return l
	}
	doc, err := document(b.doc[:0], raw)
	if b.doc = doc; err != nil {
		l.err = err
		return l
	}
	var in input
	if l.err = in.read(doc, opMember|keyMember|idMember|byMember|valueMember|tagMember); l.err != nil {
		return l
	}
	if in.id != nil {
		if l.id, l.err = named("id", in.id); l.err != nil {
			return l
		}
	}
	l.w, l.err = in.write()
	l.w.Once = b.once(l.id, raw)
	return l
}

// once is the idempotency of a line in a batch that has a key: the batch's key with
// the line's own id, or else its place. In one without a key an id is only echoed.
func (b *batch) once(id string, raw []byte) region.Idempotency {
	if b.cond.once.Key == "" {
		return region.Idempotency{}
	}
	if id == "" {
		id = strconv.Itoa(b.taken)
	}
	return region.Idempotency{Key: b.cond.once.Key + "/" + id, Hash: region.Checksum{}.Next(raw)}
}

// write makes a write of a line's members.
func (in *input) write() (w region.Write, err error) {
	op, takes := lineOp(in.op)
	if op == 0 {
		return w, impossible.because(`Send "op" as counter.incr, counter.decr, profile.put, tags.add, tags.remove or prefs.patch.`)
	}
	if extra := in.given &^ (takes | opMember | keyMember | idMember); extra != 0 {
		return w, impossible.because("Leave out the members that %s has no use for.", in.op)
	}
	w.Op = op
	if w.Key, err = key(in.key); err != nil {
		return w, err
	}
	switch takes {
	case byMember:
		w.By, err = step(in.by)
		if string(in.op) == `"counter.decr"` {
			w.By = -w.By
		}
	case tagMember:
		w.Member, err = named("tag", in.tag)
	case valueMember:
		if op == region.PatchPrefs {
			w.Fields, err = patch(in.value)
		} else if w.Value = string(in.value); w.Value == "" {
			err = impossible.because(`Send "value": any JSON value.`)
		}
	}
	return w, err
}

// lineOp is what a line's op does, and the member that says how; 0 if there is no
// such op. Handles have none: their owner may be elsewhere.
func lineOp(raw []byte) (op region.Op, takes member) {
	switch string(raw) {
	case `"counter.incr"`, `"counter.decr"`:
		return region.IncrCounter, byMember
	case `"profile.put"`:
		return region.PutProfile, valueMember
	case `"tags.add"`:
		return region.AddTag, tagMember
	case `"tags.remove"`:
		return region.RemoveTag, tagMember
	case `"prefs.patch"`:
		return region.PatchPrefs, valueMember
	}
	return 0, 0
}

// key is a line's key, which obeys the rules of keys in a path.
func key(raw []byte) (string, error) {
	s, _ := text(raw)
	return s, checkKey(s)
}

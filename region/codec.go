package region

import (
	"encoding/binary"
	"fmt"
	"time"

	"pangea/crdt"
)

// formatVersion is the first byte of every payload. A reader refuses newer ones.
const formatVersion = 1

// Payload layout, all numbers varints, all strings length-prefixed:
//
//	version · origins (count, then region and epoch of each; the first is the
//	log's own) · seq · deps, one per origin · first ordinal · committed_at in µs ·
//	events (count, then each) · checksum
//
// Dots name their origin by its index in the table above. Every dot's origin is
// there: a region only replaces what it has applied. An event on the same key as
// the one before has an empty key, so that a patch of many fields stays small.

// Encode sets e.Payload and e.Checksum, as the continuation of the log that ends
// in prev. It reuses the capacity of buf.
func (e *Entry) Encode(buf []byte, prev Checksum) {
	table := append(make([]crdt.Origin, 0, len(e.Deps)+1), e.Origin)
	for _, o := range e.Deps.Origins() {
		if o != e.Origin {
			table = append(table, o)
		}
	}
	b := append(buf[:0], formatVersion)
	b = binary.AppendUvarint(b, uint64(len(table)))
	for _, o := range table {
		b = appendString(b, o.Region)
		b = binary.AppendUvarint(b, uint64(o.Epoch))
	}
	b = binary.AppendUvarint(b, e.Seq)
	for _, o := range table {
		b = binary.AppendUvarint(b, e.Deps[o])
	}
	b = binary.AppendUvarint(b, e.FirstOrdinal)
	b = binary.AppendVarint(b, e.CommittedAt.UnixMicro())
	b = binary.AppendUvarint(b, uint64(len(e.Events)))
	last := ""
	for i := range e.Events {
		b = e.Events[i].append(b, table, last)
		last = e.Events[i].Key
	}
	e.Checksum = prev.Next(b)
	e.Payload = append(b, e.Checksum[:]...)
}

func (ev *Event) append(b []byte, table []crdt.Origin, last string) []byte {
	b = append(b, byte(ev.Kind))
	if ev.Key == last {
		b = append(b, 0)
	} else {
		b = appendString(b, ev.Key)
	}
	switch ev.Kind {
	case ProfilePut:
		b = binary.AppendVarint(b, int64(ev.Stamp))
		b = appendString(b, ev.Value)
	case CounterSet:
		b = binary.AppendUvarint(b, uint64(ev.PN.P))
		b = binary.AppendUvarint(b, uint64(ev.PN.N))
	case TagAdd, TagRemove:
		b = appendString(b, ev.Member)
		b = appendDots(b, ev.Dots, table)
	case PrefSet:
		b = appendString(b, ev.Member)
		b = ev.appendNullable(b)
	case HandleSet:
		b = ev.appendNullable(b)
	}
	return b
}

func (ev *Event) appendNullable(b []byte) []byte {
	b = binary.AppendVarint(b, int64(ev.Stamp))
	if ev.Null {
		return append(b, 1)
	}
	return appendString(append(b, 0), ev.Value)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendDots(b []byte, dots []crdt.Dot, table []crdt.Origin) []byte {
	b = binary.AppendUvarint(b, uint64(len(dots)))
	for _, d := range dots {
		for i, o := range table {
			if o == d.Origin {
				b = binary.AppendUvarint(b, uint64(i))
				break
			}
		}
		b = binary.AppendUvarint(b, d.Ordinal)
		b = binary.AppendUvarint(b, d.Seq)
	}
	return b
}

// Decode reads a payload. The entry's strings share one copy of it, and
// e.Payload is payload itself. Whether it continues a log is for Follows to say.
func Decode(payload []byte) (*Entry, error) {
	if len(payload) == 0 {
		return nil, fmt.Errorf("%w: empty", ErrCorrupt)
	}
	if payload[0] > formatVersion {
		return nil, fmt.Errorf("%w: version %d, this build reads %d", ErrNewer, payload[0], formatVersion)
	}
	e := &Entry{Payload: payload}
	body := len(payload) - len(e.Checksum)
	if body < 1 || payload[0] != formatVersion {
		return nil, fmt.Errorf("%w: no header", ErrCorrupt)
	}
	e.Checksum = Checksum(payload[body:])
	r := reader{rest: string(payload[1:body])}
	e.decode(&r)
	if r.bad || r.rest != "" {
		return nil, fmt.Errorf("%w: ends or differs in the middle", ErrCorrupt)
	}
	return e, nil
}

func (e *Entry) decode(r *reader) {
	table := make([]crdt.Origin, r.count(2))
	for i := range table {
		table[i] = crdt.Origin{Region: r.text(), Epoch: uint32(r.uint())}
	}
	if len(table) == 0 {
		r.bad = true
		return
	}
	e.Origin, e.Seq = table[0], r.uint()
	e.Deps = make(crdt.Vector, len(table))
	for _, o := range table {
		e.Deps[o] = r.uint()
	}
	e.FirstOrdinal = r.uint()
	e.CommittedAt = time.UnixMicro(r.int())
	e.Events = make([]Event, r.count(3))
	last := ""
	for i := range e.Events {
		e.Events[i].decode(r, table)
		if e.Events[i].Key == "" {
			e.Events[i].Key = last
		}
		last = e.Events[i].Key
	}
}

func (ev *Event) decode(r *reader, table []crdt.Origin) {
	ev.Kind, ev.Key = Kind(r.byte()), r.text()
	switch ev.Kind {
	case ProfilePut:
		ev.Stamp, ev.Value = crdt.Stamp(r.int()), r.text()
	case CounterSet:
		ev.PN = crdt.PN{P: int64(r.uint()), N: int64(r.uint())}
	case TagAdd, TagRemove:
		ev.Member, ev.Dots = r.text(), r.dots(table)
	case PrefSet:
		ev.Member = r.text()
		ev.decodeNullable(r)
	case HandleSet:
		ev.decodeNullable(r)
	default:
		r.bad = true
	}
}

func (ev *Event) decodeNullable(r *reader) {
	ev.Stamp = crdt.Stamp(r.int())
	if ev.Null = r.byte() == 1; !ev.Null {
		ev.Value = r.text()
	}
}

// reader takes values off the front of rest. After the first bad one it returns
// zeros and stays bad.
type reader struct {
	rest string
	bad  bool
}

func (r *reader) fail() uint64 {
	r.bad, r.rest = true, ""
	return 0
}

func (r *reader) byte() byte {
	if r.rest == "" {
		return byte(r.fail())
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// uint reads an unsigned varint; it mirrors binary.Uvarint, which wants bytes.
func (r *reader) uint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.byte()
		if shift == 63 && b > 1 {
			return r.fail()
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	return r.fail()
}

func (r *reader) int() int64 {
	u := r.uint()
	return int64(u>>1) ^ -int64(u&1)
}

func (r *reader) text() string {
	n := r.uint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// count reads the length of a list whose items take at least size bytes each, so
// that a damaged length cannot ask for more memory than the payload's own size.
func (r *reader) count(size int) int {
	n := r.uint()
	if n > uint64(len(r.rest)/size) {
		return int(r.fail())
	}
	return int(n)
}

func (r *reader) dots(table []crdt.Origin) []crdt.Dot {
	n := r.count(3)
	if n == 0 {
		return nil
	}
	dots := make([]crdt.Dot, n)
	for i := range dots {
		at := r.uint()
		if at >= uint64(len(table)) {
			r.fail()
			return nil
		}
		dots[i] = crdt.Dot{Origin: table[at], Ordinal: r.uint(), Seq: r.uint()}
	}
	return dots
}

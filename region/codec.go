package region

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"pangea/crdt"
	"pangea/crdt/wire"
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
		b = wire.AppendOrigin(b, o)
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
		b = wire.AppendString(b, ev.Key)
	}
	switch ev.Kind {
	case ProfilePut:
		b = binary.AppendVarint(b, int64(ev.Stamp))
		b = wire.AppendString(b, ev.Value)
	case CounterSet:
		b = binary.AppendUvarint(b, uint64(ev.PN.P))
		b = binary.AppendUvarint(b, uint64(ev.PN.N))
	case TagAdd, TagRemove:
		b = wire.AppendString(b, ev.Member)
		b = appendDots(b, ev.Dots, table)
	case PrefSet:
		b = wire.AppendString(b, ev.Member)
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
	return wire.AppendString(append(b, 0), ev.Value)
}

func appendDots(b []byte, dots []crdt.Dot, table []crdt.Origin) []byte {
	b = binary.AppendUvarint(b, uint64(len(dots)))
	for _, d := range dots {
		at := slices.Index(table, d.Origin)
		if at < 0 {
			panic(fmt.Sprintf("a dot of %v, which was never applied: %v", d.Origin, table))
		}
		b = binary.AppendUvarint(b, uint64(at))
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
	r := wire.NewReader(string(payload[1:body]))
	e.decode(&r)
	if !r.Done() {
		return nil, fmt.Errorf("%w: ends or differs in the middle", ErrCorrupt)
	}
	return e, nil
}

func (e *Entry) decode(r *wire.Reader) {
	table := make([]crdt.Origin, r.Count(3))
	for i := range table {
		table[i] = r.Origin()
	}
	if len(table) == 0 {
		r.Expect(false)
		return
	}
	e.Origin, e.Seq = table[0], r.Uint()
	e.Deps = make(crdt.Vector, len(table))
	for _, o := range table {
		e.Deps[o] = r.Uint()
	}
	e.FirstOrdinal = r.Uint()
	e.CommittedAt = time.UnixMicro(r.Int())
	r.Expect(len(e.Deps) == len(table) && e.Seq > 0 && e.FirstOrdinal > 0)
	e.Events = make([]Event, r.Count(4))
	last := ""
	for i := range e.Events {
		e.Events[i].decode(r, table, last)
		last = e.Events[i].Key
	}
}

func (ev *Event) decode(r *wire.Reader, table []crdt.Origin, last string) {
	ev.Kind, ev.Key = Kind(r.Byte()), r.Text()
	if ev.Key == "" {
		ev.Key = last
	}
	r.Expect(ev.Key != "")
	switch ev.Kind {
	case ProfilePut:
		ev.Stamp, ev.Value = r.Stamp(), r.Text()
	case CounterSet:
		ev.PN = crdt.PN{P: r.Part(), N: r.Part()}
	case TagAdd, TagRemove:
		ev.Member, ev.Dots = r.Text(), r.Dots(table)
	case PrefSet:
		ev.Member = r.Text()
		ev.decodeNullable(r)
	case HandleSet:
		ev.decodeNullable(r)
	default:
		r.Expect(false)
	}
}

func (ev *Event) decodeNullable(r *wire.Reader) {
	ev.Stamp = r.Stamp()
	if ev.Null = r.Bool(); !ev.Null {
		ev.Value = r.Text()
	}
}

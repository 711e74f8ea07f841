package snapshot

import (
	"encoding/binary"
	"fmt"

	"pangea/crdt"
	"pangea/crdt/wire"
	"pangea/region"
	"pangea/region/state"
)

// encoder puts rows into the body of a frame.
type encoder struct {
	index map[crdt.Origin]uint64 // in the header
	body  []byte
	last  string // key of the row before in the body
	err   error
}

func newEncoder(table []crdt.Origin) *encoder {
	e := &encoder{index: make(map[crdt.Origin]uint64, len(table))}
	for i, o := range table {
		e.index[o] = uint64(i)
	}
	return e
}

// add appends a row. Its error is a row that no region can hold (I7).
func (e *encoder) add(row *state.Row) error {
	e.body = append(e.body, byte(row.Class))
	switch row.Key {
	case "":
		e.err = fmt.Errorf("it has no key")
	case e.last:
		e.body = append(e.body, 0)
	default:
		e.string(row.Key)
	}
	e.last = row.Key
	switch row.Class {
	case region.Profile, region.Handle:
		e.register(&row.Register)
	case region.Counter:
		e.counter(row.Counter)
	case region.Tags:
		e.string(row.Name)
		e.dots(row.Dots)
	case region.Prefs:
		e.string(row.Name)
		e.register(&row.Register)
	default:
		e.err = fmt.Errorf("it has no class")
	}
	if e.err != nil {
		return fmt.Errorf("row %q of %s: %w", row.Key, row.Class, e.err)
	}
	return nil
}

func (e *encoder) register(r *crdt.Register) {
	e.body = binary.AppendVarint(e.body, int64(r.Stamp))
	e.origin(r.Origin)
	e.uint(r.Seq)
	e.uint(r.Ordinal)
	if r.Null {
		e.body = append(e.body, 1)
		return
	}
	e.body = append(e.body, 0)
	e.string(r.Value)
}

func (e *encoder) counter(c crdt.Counter) {
	e.uint(uint64(len(c)))
	for o, pn := range c {
		e.origin(o)
		e.uint(uint64(pn.P))
		e.uint(uint64(pn.N))
	}
}

func (e *encoder) dots(dots crdt.Dots) {
	e.uint(uint64(len(dots)))
	for _, d := range dots {
		e.origin(d.Origin)
		e.uint(d.Ordinal)
		e.uint(d.Seq)
	}
}

func (e *encoder) origin(o crdt.Origin) {
	at, ok := e.index[o]
	if !ok {
		e.err = fmt.Errorf("written by %q, of which the header has no log", o)
	}
	e.uint(at)
}

func (e *encoder) uint(n uint64)   { e.body = binary.AppendUvarint(e.body, n) }
func (e *encoder) string(s string) { e.body = wire.AppendString(e.body, s) }

// decoder takes rows off the body of a frame.
type decoder struct {
	wire.Reader
	table []crdt.Origin
	last  string // key of the row before in the body
}

func (d *decoder) row() (row state.Row) {
	row.Class, row.Key = region.Class(d.Byte()), d.Text()
	if row.Key == "" {
		row.Key = d.last
	}
	d.Expect(row.Key != "")
	d.last = row.Key
	switch row.Class {
	case region.Profile, region.Handle:
		row.Register = d.register()
	case region.Counter:
		row.Counter = d.counter()
	case region.Tags:
		row.Name = d.Text()
		row.Dots = d.Dots(d.table)
	case region.Prefs:
		row.Name = d.Text()
		row.Register = d.register()
	default:
		d.Expect(false)
	}
	return row
}

func (d *decoder) register() (r crdt.Register) {
	r.Meta = crdt.Meta{Stamp: d.Stamp(), Origin: d.OriginIn(d.table), Seq: d.Uint(), Ordinal: d.Uint()}
	if r.Null = d.Bool(); !r.Null {
		r.Value = d.Text()
	}
	return r
}

func (d *decoder) counter() crdt.Counter {
	n := d.Count(3)
	c := make(crdt.Counter, n)
	for range n {
		o := d.OriginIn(d.table)
		c[o] = crdt.PN{P: d.Part(), N: d.Part()}
	}
	d.Expect(len(c) == n)
	return c
}

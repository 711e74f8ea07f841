package wire

import (
	"math"
	"unique"

	"pangea/crdt"
)

// Reader takes values off a text, front to back. After the first bad one it returns
// zeros and stays bad, so that only the end needs a check. It believes no value that
// a merge could not have made: stamps are never negative, a share stays in its bound,
// a log has a name. The strings that it returns share the text, but for names of regions.
type Reader struct {
	text string
	at   int
	bad  bool
}

// NewReader returns a reader at the front of text.
func NewReader(text string) Reader { return Reader{text: text} }

// Done reports whether everything was read, and was good.
func (r *Reader) Done() bool { return !r.bad && r.at == len(r.text) }

// Bad reports whether a value was not good, or not there.
func (r *Reader) Bad() bool { return r.bad }

func (r *Reader) fail() uint64 {
	r.bad, r.at = true, len(r.text)
	return 0
}

// Expect makes r bad unless ok: the caller knows what values can be.
func (r *Reader) Expect(ok bool) {
	if !ok {
		r.fail()
	}
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.at == len(r.text) {
		return byte(r.fail())
	}
	r.at++
	return r.text[r.at-1]
}

// Bool reads a byte that is 0 or 1.
func (r *Reader) Bool() bool {
	b := r.Byte()
	r.Expect(b <= 1)
	return b == 1
}

// Uint reads an unsigned varint; it mirrors binary.Uvarint, which wants bytes.
func (r *Reader) Uint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.Byte()
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

// Int reads a signed varint.
func (r *Reader) Int() int64 {
	u := r.Uint()
	return int64(u>>1) ^ -int64(u&1)
}

// Text reads what AppendString wrote.
func (r *Reader) Text() string {
	n := r.Uint()
	if n > uint64(len(r.text)-r.at) {
		r.fail()
		return ""
	}
	r.at += int(n)
	return r.text[r.at-int(n) : r.at]
}

// Count reads the length of a list whose items take at least size bytes each, so
// that a damaged length cannot ask for much more memory than the text's own.
func (r *Reader) Count(size int) int {
	n := r.Uint()
	if n > uint64((len(r.text)-r.at)/size) {
		return int(r.fail())
	}
	return int(n)
}

// Origin reads what AppendOrigin wrote. Its name shares no text: it is kept for longer
// than an entry.
func (r *Reader) Origin() crdt.Origin {
	region, epoch := unique.Make(r.Text()).Value(), r.Uint()
	r.Expect(region != "" && epoch > 0 && epoch <= math.MaxUint32)
	return crdt.Origin{Region: region, Epoch: uint32(epoch)}
}

// Stamp reads the stamp of a write.
func (r *Reader) Stamp() crdt.Stamp {
	s := r.Int()
	r.Expect(s >= 0)
	return crdt.Stamp(s)
}

// Part reads one half of a counter's share.
func (r *Reader) Part() int64 {
	n := r.Uint()
	r.Expect(n <= uint64(crdt.MaxPN))
	return int64(n)
}

// OriginIn reads an origin that is named by its index in table.
func (r *Reader) OriginIn(table []crdt.Origin) crdt.Origin {
	at := r.Uint()
	if at >= uint64(len(table)) {
		r.fail()
		return crdt.Origin{}
	}
	return table[at]
}

// Dots reads dots whose origins are named by their index in table.
func (r *Reader) Dots(table []crdt.Origin) []crdt.Dot {
	n := r.Count(3)
	if n == 0 {
		return nil
	}
	dots := make([]crdt.Dot, n)
	for i := range dots {
		dots[i] = crdt.Dot{Origin: r.OriginIn(table), Ordinal: r.Uint(), Seq: r.Uint()}
	}
	return dots
}

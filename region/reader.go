package region

import (
	"math"

	"pangea/crdt"
)

// reader takes values off a payload, front to back. After the first bad one it
// returns zeros and stays bad, so that only the end needs a check. It believes no
// value that a merge could not have made: stamps are never negative, a share stays
// in its bound, a log has a name.
type reader struct {
	text string
	at   int
	bad  bool
}

// done reports whether everything was read, and was good.
func (r *reader) done() bool { return !r.bad && r.at == len(r.text) }

func (r *reader) fail() uint64 {
	r.bad, r.at = true, len(r.text)
	return 0
}

func (r *reader) expect(ok bool) {
	if !ok {
		r.fail()
	}
}

func (r *reader) byte() byte {
	if r.at == len(r.text) {
		return byte(r.fail())
	}
	r.at++
	return r.text[r.at-1]
}

func (r *reader) bool() bool {
	b := r.byte()
	r.expect(b <= 1)
	return b == 1
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

func (r *reader) string() string {
	n := r.uint()
	if n > uint64(len(r.text)-r.at) {
		r.fail()
		return ""
	}
	r.at += int(n)
	return r.text[r.at-int(n) : r.at]
}

// count reads the length of a list whose items take at least size bytes each, so
// that a damaged length cannot ask for much more memory than the payload's own.
func (r *reader) count(size int) int {
	n := r.uint()
	if n > uint64((len(r.text)-r.at)/size) {
		return int(r.fail())
	}
	return int(n)
}

func (r *reader) origin() crdt.Origin {
	region, epoch := r.string(), r.uint()
	r.expect(region != "" && epoch > 0 && epoch <= math.MaxUint32)
	return crdt.Origin{Region: region, Epoch: uint32(epoch)}
}

func (r *reader) stamp() crdt.Stamp {
	s := r.int()
	r.expect(s >= 0)
	return crdt.Stamp(s)
}

func (r *reader) part() int64 {
	n := r.uint()
	r.expect(n <= uint64(crdt.MaxPN))
	return int64(n)
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

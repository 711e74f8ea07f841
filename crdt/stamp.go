package crdt

import (
	"cmp"
	"time"
)

// Stamp is a hybrid logical clock reading: 48 bits of milliseconds since 1970 and
// 16 bits of counter (Kulkarni et al., 2014). Stamps compare as integers.
type Stamp int64

const counterBits = 16

// StampAt is the first stamp of t's millisecond. A clock before 1970 reads as
// 1970: no stamp is negative, so that any write beats an empty register.
func StampAt(t time.Time) Stamp { return Stamp(max(0, t.UnixMilli()) << counterBits) }

// Time is the physical part of s.
func (s Stamp) Time() time.Time { return time.UnixMilli(int64(s) >> counterBits) }

// Tick is the stamp of a local event: past every stamp given before, and not
// behind the physical clock. A full counter carries into the milliseconds.
func (s Stamp) Tick(physical time.Time) Stamp { return max(s+1, StampAt(physical)) }

// Witness is the clock after a stamp arrived from elsewhere. A stamp more than
// maxAhead past the physical clock does not move it, so that one bad clock does
// not poison every region's: ahead is then true. Such a write is still stored.
func (s Stamp) Witness(remote Stamp, physical time.Time, maxAhead time.Duration) (now Stamp, ahead bool) {
	if remote > StampAt(physical.Add(maxAhead)) {
		return s, true
	}
	return max(s, remote), false
}

// Meta identifies one write and places it in the total order of all writes.
type Meta struct {
	Stamp   Stamp
	Origin  Origin
	Seq     uint64 // entry of the origin's log that carried it
	Ordinal uint64 // number of the event within that log
}

// Compare orders writes by (stamp, region, epoch, ordinal): a total order, as an
// ordinal is used once in a log. It alone decides which of two writes survives (I8).
func (m Meta) Compare(o Meta) int {
	return cmp.Or(
		cmp.Compare(m.Stamp, o.Stamp),
		m.Origin.Compare(o.Origin),
		cmp.Compare(m.Ordinal, o.Ordinal),
	)
}

// SeenBy reports whether a write of origin by, whose region had applied deps, was
// made by someone who had seen m.
func (m Meta) SeenBy(by Origin, deps Vector) bool {
	return m.Origin == by || deps[m.Origin] >= m.Seq
}

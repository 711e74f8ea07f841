package shipper

// refusal is how often a stream has not taken an entry. One that met a full disk looks
// sound and never takes another, even when there is room again; made anew it does, and
// it then holds only what a peer may need.
type refusal struct {
	next  uint64 // the entry
	times int
}

func (r *refusal) add(next uint64) {
	if r.next != next {
		*r = refusal{next: next}
	}
	r.times++
}

// persists reports whether the stream, which waits for next, will not take it: a single
// refusal may be that of a busy machine.
func (r *refusal) persists(next uint64) bool { return r.next == next && r.times > 1 }

package crdt

// Register is a last-writer-wins cell. Its zero value holds nothing and loses to
// any write. Null marks a value that was taken away (a removed prefs field, a
// released handle): a stamped tombstone, so that it wins and loses like a write.
type Register struct {
	Meta
	Value string
	Null  bool
}

// Empty reports whether nothing was ever written to r.
func (r Register) Empty() bool { return r.Origin == Origin{} }

// Merge returns the later of a and b.
func Merge(a, b Register) Register {
	if a.Compare(b.Meta) >= 0 {
		return a
	}
	return b
}

// NextStamp is the stamp of a local write that replaces r: past r's, so that who
// saw a write beats it whatever the clocks say. It does not move the clock.
func (r Register) NextStamp(clock Stamp) Stamp { return max(clock, r.Stamp+1) }

// Verdict is how an event ended that is no longer stored (I9).
type Verdict uint8

const (
	// Superseded: overwritten by a write that had seen it. No conflict.
	Superseded Verdict = iota + 1
	// Concurrent: lost to a write that had not seen it.
	Concurrent
	// ClockSkew: lost to a write that it had itself seen; only possible when
	// stamps are wall clock readings.
	ClockSkew
	// Removed: taken away on purpose (a tag), or a tombstone that every region holds.
	Removed
)

// Verdicts lists every verdict, in the order of the ledger's columns.
func Verdicts() []Verdict { return []Verdict{Superseded, Concurrent, ClockSkew, Removed} }

// String is the name used in the ledger, in metrics and in the conflicts table.
func (v Verdict) String() string {
	switch v {
	case Superseded:
		return "superseded"
	case Concurrent:
		return "concurrent"
	case ClockSkew:
		return "clock-skew"
	case Removed:
		return "removed"
	default:
		return "none"
	}
}

// Loss is a write that a merge dropped, what it lost to, and why.
type Loss struct {
	Loser, Winner Register
	Verdict       Verdict
}

// Put merges an arriving write, made by someone who had applied deps, into the
// stored register. The second result is false if nothing was lost: the register
// was empty, or the write is the stored one again.
func Put(stored, arriving Register, deps Vector) (Register, Loss, bool) {
	winner := Merge(stored, arriving)
	if stored.Empty() || stored.Meta == arriving.Meta {
		return winner, Loss{}, false
	}
	saw := stored.SeenBy(arriving.Origin, deps)
	loss := Loss{Loser: stored, Winner: arriving, Verdict: Concurrent}
	if saw {
		loss.Verdict = Superseded
	}
	if winner.Meta == stored.Meta {
		loss = Loss{Loser: arriving, Winner: stored, Verdict: Concurrent}
		if saw {
			loss.Verdict = ClockSkew
		}
	}
	return winner, loss, true
}

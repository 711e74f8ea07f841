package audit

import (
	"fmt"
	"slices"

	"pangea/crdt"
	"pangea/gen/workload"
)

// log is the acknowledged writes of one log that certainly made events, in its order.
type log struct {
	writes []*operation
	latest []*operation // of writes[:i+1], the one that was sent last
}

// newLogs sorts the acknowledged writes by their logs.
func newLogs(ops []*operation) map[crdt.Origin]*log {
	logs := map[crdt.Origin]*log{}
	for _, o := range ops {
		if o.ok() && o.Class != workload.Handle && o.certain() {
			if logs[o.at.origin] == nil {
				logs[o.at.origin] = &log{}
			}
			l := logs[o.at.origin]
			l.writes = append(l.writes, o)
		}
	}
	for _, l := range logs {
		slices.SortStableFunc(l.writes, func(a, b *operation) int { return int(a.at.seq) - int(b.at.seq) })
		var latest *operation
		for _, o := range l.writes {
			if latest == nil || o.Start > latest.Start {
				latest = o
			}
			l.latest = append(l.latest, latest)
		}
	}
	return logs
}

// upTo returns the last write of the log in its first seq entries, and of all of these the
// one that was sent last.
func (l *log) upTo(seq uint64) (last, latest *operation) {
	n, _ := slices.BinarySearchFunc(l.writes, seq+1, func(o *operation, seq uint64) int { return int(o.at.seq) - int(seq) })
	if n == 0 {
		return nil, nil
	}
	return l.writes[n-1], l.latest[n-1]
}

// judgeCauses: who claims to show an entry shows all that its writers had seen (I6), and
// nobody shows what had not been sent.
func (j *judgement) judgeCauses() {
	logs := newLogs(j.ops)
	for _, o := range j.ops {
		j.step()
		if !o.ok() || o.Class == workload.Handle {
			continue
		}
		j.causes.Checked++
		for origin, seq := range o.seen {
			if logs[origin] == nil {
				continue
			}
			last, latest := logs[origin].upTo(seq)
			if last != nil && !o.seen.Covers(last.seen) {
				j.causes.violate(fmt.Sprintf("%v is answered with the vector %v, in which is entry %d of %v, but not all that had been seen by its writer: %v",
					o.place(), o.seen, last.at.seq, origin, last.seen), last, o)
			}
			if latest != nil && latest.Start >= o.End {
				j.causes.violate(fmt.Sprintf("%v is answered with the vector %v, in which is a write that had not been sent", o.place(), o.seen), latest, o)
			}
		}
		if o.read() {
			if f := j.judgeAnswer(o, o.seen); f != nil && f.early {
				j.causes.violate(fmt.Sprintf("%v %s", o.place(), f.text), append(f.proof, o)...)
			}
		}
	}
}

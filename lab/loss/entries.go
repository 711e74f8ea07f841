package loss

import (
	"crypto/sha256"
	"fmt"

	"pangea/crdt"
)

// entry is one of the lost region's logs, as a survivor had it.
type entry struct {
	log crdt.Origin
	seq uint64
	sum [sha256.Size]byte // of what it says
	at  string            // the survivor
}

// remember notes what the survivors have: how far each log, together, and the last
// entry that each of them holds of every log of the lost region.
func (e *Experiment) remember(l *loss) error {
	l.stored = crdt.Vector{}
	for _, r := range e.topo.Regions {
		if r.Name == l.region {
			continue
		}
		reader, err := newReader(r)
		if err != nil {
			return err
		}
		err = reader.testify(l)
		reader.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// testify adds what one survivor has.
func (r *reader) testify(l *loss) error {
	_, stored, err := r.positions()
	if err != nil {
		return err
	}
	l.stored.Join(stored)
	for _, log := range stored.Origins() {
		if log.Region != l.region {
			continue
		}
		sum, held, err := r.entry(log, stored[log])
		if err != nil {
			return err
		}
		if held {
			l.entries = append(l.entries, entry{log: log, seq: stored[log], sum: sum, at: r.region})
		}
	}
	return nil
}

// lacksEntries compares how far the region is with how far the survivors were.
func (r *reader) lacksEntries(stored crdt.Vector) ([]string, error) {
	applied, _, err := r.positions()
	if err != nil {
		return nil, err
	}
	var lacks []string
	for _, o := range stored.Origins() {
		if applied[o] < stored[o] {
			lacks = append(lacks, fmt.Sprintf("%s ends at entry %d of %s: a survivor had stored %d", r.region, applied[o], o, stored[o]))
		}
	}
	return lacks, nil
}

// otherEntries compares what the region still holds of the entries with what they were.
// One that joined a snapshot need not hold any.
func (r *reader) otherEntries(entries []entry) (other []string, compared int, err error) {
	for _, e := range entries {
		sum, held, err := r.entry(e.log, e.seq)
		if err != nil {
			return nil, 0, err
		}
		if !held {
			continue
		}
		compared++
		if sum != e.sum {
			other = append(other, fmt.Sprintf("%s has another entry %d of %s than %s had stored", r.region, e.seq, e.log, e.at))
		}
	}
	return other, compared, nil
}

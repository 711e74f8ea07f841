package snapshot

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync/atomic"

	"pangea/crdt"
	"pangea/crdt/wire"
	"pangea/region"
	"pangea/region/state"
)

// Reader takes a snapshot off a stream: first all of Rows, then all of Waiting, each
// once. It is for one goroutine, but for Progress.
type Reader struct {
	Header region.SnapshotHeader

	in    source
	table []crdt.Origin
	stage stage

	// The frame after the last of rows.
	kind kind
	body []byte

	rows    atomic.Int64
	entries uint64
}

// stage is how far a Reader has come. An iterator that is left before its end leaves it
// at broken.
type stage byte

const (
	atRows stage = iota
	atWaiting
	complete
	broken
)

var errOrder = errors.New("read all rows, and then all waiting entries, of a snapshot once")

// NewReader reads the header.
func NewReader(r io.Reader) (*Reader, error) {
	s := &Reader{in: source{r: bufio.NewReaderSize(r, chunk)}}
	if err := s.in.open(); err != nil {
		return nil, err
	}
	k, body, err := s.in.next()
	if err != nil {
		return nil, err
	}
	if k != headFrame {
		return nil, fmt.Errorf("%w: no header", ErrDamaged)
	}
	if err := json.Unmarshal(body, &s.Header); err != nil {
		return nil, fmt.Errorf("%w: decode the header: %w", ErrDamaged, err)
	}
	for log, p := range s.Header.Logs {
		if p.Applied > p.Stored {
			return nil, fmt.Errorf("%w: entry %d of %s was applied, and %d is the last stored", ErrDamaged, p.Applied, log, p.Stored)
		}
	}
	s.table = s.Header.Vector().Origins()
	return s, nil
}

// Progress is how many rows and bytes have been read. It may be called at any time, from
// anywhere.
func (s *Reader) Progress() (rows, bytes int64) { return s.rows.Load(), s.in.bytes.Load() }

// Rows yields the donor's rows in the order of state.Row. An error is the last that it
// yields.
func (s *Reader) Rows() iter.Seq2[state.Row, error] {
	return func(yield func(state.Row, error) bool) {
		if !s.enter(atRows) {
			yield(state.Row{}, errOrder)
			return
		}
		var last state.Row
		for {
			var err error
			if s.kind, s.body, err = s.in.next(); err != nil {
				yield(state.Row{}, err)
				return
			}
			if s.kind != rowsFrame {
				break
			}
			if !s.frame(&last, yield) {
				return
			}
		}
		s.stage = atWaiting
	}
}

// frame yields the rows of one frame, and returns false if no more are wanted.
func (s *Reader) frame(last *state.Row, yield func(state.Row, error) bool) bool {
	d := decoder{Reader: wire.NewReader(string(s.body)), table: s.table}
	for !d.Done() {
		row := d.row()
		n := s.rows.Add(1)
		if d.Bad() {
			yield(state.Row{}, fmt.Errorf("%w: row %d", ErrDamaged, n))
			return false
		}
		if last.Compare(&row) >= 0 {
			yield(state.Row{}, fmt.Errorf("%w: row %d, %q of %s, comes after %q of %s", ErrDamaged, n, row.Key, row.Class, last.Key, last.Class))
			return false
		}
		*last = row
		if !yield(row, nil) {
			return false
		}
	}
	return true
}

// Waiting yields the entries that the donor stored and had not applied: of each log, in
// order, all of them. An error is the last that it yields; if there is none, the snapshot
// was whole.
func (s *Reader) Waiting() iter.Seq2[*region.Entry, error] {
	return func(yield func(*region.Entry, error) bool) {
		if !s.enter(atWaiting) {
			yield(nil, errOrder)
			return
		}
		stored := s.Header.Vector()
		for s.kind == entryFrame {
			e, err := s.entry(stored)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(e, nil) {
				return
			}
			if s.kind, s.body, err = s.in.next(); err != nil {
				yield(nil, err)
				return
			}
		}
		if err := s.finish(stored); err != nil {
			yield(nil, err)
			return
		}
		s.stage = complete
	}
}

// entry decodes the present frame, which must be the next of its log after stored.
func (s *Reader) entry(stored crdt.Vector) (*region.Entry, error) {
	e, err := region.Decode(bytes.Clone(s.body))
	if err != nil {
		return nil, fmt.Errorf("waiting entry %d of the snapshot: %w", s.entries+1, err)
	}
	if e.Seq != stored[e.Origin]+1 || e.Seq > s.Header.Logs[e.Origin].Stored {
		return nil, fmt.Errorf("%w: entry %d of %s waits, after %d of %d", ErrDamaged, e.Seq, e.Origin, stored[e.Origin], s.Header.Logs[e.Origin].Stored)
	}
	stored[e.Origin] = e.Seq
	s.entries++
	return e, nil
}

// finish checks that the present frame is the end, and that all is there.
func (s *Reader) finish(stored crdt.Vector) error {
	counts := wire.NewReader(string(s.body))
	sent, entries := counts.Uint(), counts.Uint()
	if s.kind != endFrame || !counts.Done() {
		return fmt.Errorf("%w: a frame of kind %d where the end should be", ErrDamaged, s.kind)
	}
	if sent != uint64(s.rows.Load()) || entries != s.entries {
		return fmt.Errorf("%w: %d rows and %d waiting entries of %d and %d", ErrDamaged, s.rows.Load(), s.entries, sent, entries)
	}
	for log, p := range s.Header.Logs {
		if stored[log] != p.Stored {
			return fmt.Errorf("%w: the entries of %s end at %d of %d", ErrDamaged, log, stored[log], p.Stored)
		}
	}
	return s.in.atEnd()
}

// enter begins a stage, which lasts only if the iterator comes to its end.
func (s *Reader) enter(at stage) bool {
	ok := s.stage == at
	s.stage = broken
	return ok
}

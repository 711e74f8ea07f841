package state

import (
	"errors"
	"fmt"
	"iter"
)

// pair is the rows of one key in two states. If one has none, its row is empty but
// for the key.
type pair struct{ ours, theirs Row }

// pairs is the full outer join of two ordered sequences of rows. An error, one of
// theirs or that they are out of order, ends it. The rows of a state come over a
// network: without the order, rows of both would pass for rows of one, and be dropped.
func pairs(ours, theirs iter.Seq2[Row, error]) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		a, stopOurs := open("our", ours)
		defer stopOurs()
		b, stopTheirs := open("their", theirs)
		defer stopTheirs()
		for {
			if err := errors.Join(a.err, b.err); err != nil {
				yield(pair{}, err)
				return
			}
			if a.row == nil && b.row == nil || !yield(match(a, b), nil) {
				return
			}
		}
	}
}

// match takes the rows of the lowest key that is left.
func match(a, b *cursor) pair {
	switch order := a.compare(b); {
	case order < 0:
		row := a.take()
		return pair{row, row.blank()}
	case order > 0:
		row := b.take()
		return pair{row.blank(), row}
	default:
		return pair{a.take(), b.take()}
	}
}

// cursor is a place in one of the sequences: before row, or at the end of it (nil).
type cursor struct {
	whose string
	pull  func() (Row, error, bool)
	row   *Row
	err   error
}

func open(whose string, rows iter.Seq2[Row, error]) (c *cursor, stop func()) {
	c = &cursor{whose: whose}
	c.pull, stop = iter.Pull2(rows)
	c.take()
	return c, stop
}

// take moves on by a row, and returns the one that it passes.
func (c *cursor) take() (passed Row) {
	if c.row != nil {
		passed = *c.row
	}
	next, err, more := c.pull()
	c.row = nil
	switch {
	case err != nil:
		c.err = fmt.Errorf("read %s rows: %w", c.whose, err)
	case more && next.Compare(&passed) <= 0:
		c.err = fmt.Errorf("read %s rows: %s comes after %s", c.whose, &next, &passed)
	case more:
		c.row = &next
	}
	return passed
}

// compare says whose row comes first. The end comes after every row.
func (c *cursor) compare(d *cursor) int {
	switch {
	case c.row == nil:
		return 1
	case d.row == nil:
		return -1
	default:
		return c.row.Compare(d.row)
	}
}

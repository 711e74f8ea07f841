package state

import (
	"errors"
	"iter"

	"pangea/crdt"
)

// Side is one of two states that are joined: its rows in order, and what it has
// applied.
type Side struct {
	Vector crdt.Vector
	Rows   iter.Seq2[Row, error]
}

// Join merges theirs into ours row by row. It hands the rows of ours that change to
// write, about size of them at a time, with what that ends of the events of the region
// self. A row may be in only one of the two: whether the other never had it or has
// taken it away, its vector tells.
func Join(self string, ours, theirs Side, size int, write func(*Rows, *Account) error) error {
	return errors.New("not built")
}

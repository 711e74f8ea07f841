package state

import (
	"cmp"
	"fmt"
	"strings"

	"pangea/crdt"
	"pangea/region"
)

// Row is all that a region holds under one key: of a counter every share, of a tag
// every dot. A snapshot is a sequence of them, in order.
type Row struct {
	Class    region.Class
	Key      string
	Name     string        // a tag, or a field of prefs
	Register crdt.Register // of profile, prefs and handle
	Counter  crdt.Counter
	Dots     crdt.Dots
}

// Compare orders rows by class, key and name, bytewise.
func (r *Row) Compare(s *Row) int {
	return cmp.Or(cmp.Compare(r.Class, s.Class), strings.Compare(r.Key, s.Key), strings.Compare(r.Name, s.Name))
}

// String names the row in errors.
func (r *Row) String() string { return fmt.Sprintf("%s %q %q", r.Class, r.Key, r.Name) }

func (r *Row) member() Member { return Member{r.Key, r.Name} }

// blank is the row of a state that has nothing under the key.
func (r *Row) blank() Row { return Row{Class: r.Class, Key: r.Key, Name: r.Name} }

package state

import (
	"cmp"
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

package region

import "pangea/crdt"

// Class is a data class: a consistency model with a table of its own.
type Class uint8

const (
	Profile Class = iota + 1 // last writer wins
	Counter                  // PN-Counter
	Tags                     // OR-Set, add wins
	Prefs                    // last writer wins per field of a JSON object
	Handle                   // strong: decided by the owner region
)

// Classes lists every class, in the order used wherever they are shown.
func Classes() []Class { return []Class{Profile, Counter, Tags, Prefs, Handle} }

// String is the name of the class in routes, metrics and tables.
func (c Class) String() string {
	switch c {
	case Profile:
		return "profile"
	case Counter:
		return "counter"
	case Tags:
		return "tags"
	case Prefs:
		return "prefs"
	case Handle:
		return "handle"
	default:
		return "unknown"
	}
}

// Kind says what an event does. The numbers are part of the wire format.
type Kind uint8

const (
	ProfilePut Kind = 1 // Key, Value, Stamp
	CounterSet Kind = 2 // Key, PN: the origin's whole share, not the difference
	TagAdd     Kind = 3 // Key, Member, Dots: the adds that this one replaces
	TagRemove  Kind = 4 // Key, Member, Dots: the adds that are taken away
	PrefSet    Kind = 5 // Key, Member, Value or Null, Stamp
	HandleSet  Kind = 6 // Key, Value (the claimant) or Null (released), Stamp
)

// Class is the data class that events of kind k change.
func (k Kind) Class() Class {
	switch k {
	case ProfilePut:
		return Profile
	case CounterSet:
		return Counter
	case TagAdd, TagRemove:
		return Tags
	case PrefSet:
		return Prefs
	default:
		return Handle
	}
}

// Event is one committed change: the unit of accounting (I9). Which fields are
// set depends on Kind.
type Event struct {
	Kind   Kind
	Key    string
	Member string     // a tag, or a field of prefs
	Value  string     // JSON text as it was sent, compacted; of a handle, the claimant
	Null   bool       // the field or the handle is given up
	Stamp  crdt.Stamp // of last-writer-wins kinds
	PN     crdt.PN
	Dots   []crdt.Dot
}

package loss

import (
	"fmt"
	"strings"

	"pangea/gen/workload"
)

// Kind is what a probe writes, and who must have stored it before it is acknowledged.
type Kind struct {
	Class workload.Class
	Ack   string // as of X-Ack
}

// Who must have stored a write.
const (
	Local = "local" // the region that takes it
	Peer  = "peer"  // and another one
)

// sums are the increments of counters of many.
var sums = Kind{workload.Counter, "peer, summed"}

// String is "tags local".
func (k Kind) String() string { return k.Class.String() + " " + k.Ack }

// MarshalText writes the kind as String does.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	class, ack, _ := strings.Cut(string(text), " ")
	k.Ack = ack
	return k.Class.UnmarshalText([]byte(class))
}

// kept lists the kinds that outlive the loss of a region, whatever becomes of its disk.
func kept() []Kind {
	all := []Kind{sums}
	for _, class := range workload.Classes() {
		all = append(all, Kind{class, Peer})
	}
	return all
}

// owed counts acknowledgements that have to hold, by what was written and by the region
// that gave them.
type owed map[Kind]map[string]int

func (o owed) add(k Kind, region string, n int) {
	if o[k] == nil {
		o[k] = map[string]int{}
	}
	o[k][region] += n
}

func (o owed) total() int {
	n := 0
	for _, by := range o {
		for _, acks := range by {
			n += acks
		}
	}
	return n
}

// audit names what a round had to check and could not, as there was none of it: that
// nothing is missing then says nothing. Of local acknowledgements there need not be any:
// they may all be lost.
func (r *Round) audit(regions []string, l loss) {
	if r.Load.OK == 0 {
		r.Unchecked = append(r.Unchecked, "no operation on the routers was acknowledged")
	}
	for _, k := range kept() {
		for _, region := range regions {
			if r.Owed[k][region] == 0 {
				r.Unchecked = append(r.Unchecked, fmt.Sprintf("%s acknowledged nothing that has to stay: %s", region, k))
			}
		}
	}
	// That no entry could be compared is no fault: an ended log goes whole once everyone
	// has applied it.
	if len(l.stored) == 0 {
		r.Unchecked = append(r.Unchecked, fmt.Sprintf("no survivor had stored anything of %s at the loss", l.region))
	}
}

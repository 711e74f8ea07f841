package loss

import "fmt"

// kind is what a probe writes.
type kind string

const (
	counters  kind = "counter"
	handles   kind = "handle"
	peerTags  kind = "tags-peer"
	localTags kind = "tags-local"
)

// owed counts acknowledgements that have to hold, by what was written and by the region
// that gave them.
type owed map[kind]map[string]int

func (o owed) add(k kind, region string, n int) {
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
// nothing is missing then says nothing. The local acknowledgements are a measure, and
// may all be lost.
func (r *Round) audit(regions []string, l loss) {
	if r.Load.OK == 0 {
		r.Unchecked = append(r.Unchecked, "no operation on the routers was acknowledged")
	}
	for _, k := range []kind{peerTags, counters, handles} {
		for _, region := range regions {
			if r.Owed[k][region] == 0 {
				r.Unchecked = append(r.Unchecked, fmt.Sprintf("%s acknowledged no %s that has to stay", region, k))
			}
		}
	}
	// That no entry could be compared is no fault: an ended log goes whole once everyone
	// has applied it.
	if len(l.stored) == 0 {
		r.Unchecked = append(r.Unchecked, fmt.Sprintf("no survivor had stored anything of %s at the loss", l.region))
	}
}

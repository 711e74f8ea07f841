package audit

import (
	"fmt"
	"strings"

	"pangea/gen/history"
	"pangea/gen/workload"
	"pangea/region"
)

// judgeBooks: in each region committed = live + merged + verdicts, and of each class
// acknowledged ≤ committed ≤ acknowledged + unanswered since the run began (I9).
func (j *judgement) judgeBooks() {
	for _, name := range j.state.Regions {
		for _, row := range j.state.Ledgers[name] {
			ended := row.Live + row.Merged + row.Superseded + row.Concurrent + row.ClockSkew + row.Removed
			if ofRegion(row, name) && row.Committed != ended {
				j.books.violate(fmt.Sprintf("%s has committed %d events of class %s in its log %s, and accounts for %d", name, row.Committed, row.Class, row.Origin, ended))
			}
		}
	}
	for _, class := range workload.Classes() {
		low, high := j.events(class)
		got := committed(j.state.Ledgers, class) - committed(j.header.Ledgers, class)
		if got < low {
			j.books.violate(fmt.Sprintf("class %v: the regions have committed %d events, and at least %d were acknowledged", class, got, low))
		}
		if got > high {
			j.books.violate(fmt.Sprintf("class %v: the regions have committed %d events, and at most %d were sent: something counted twice, or somebody else wrote too", class, got, high))
		}
	}
}

// events are how many a class must have made, and how many it may have.
func (j *judgement) events(class workload.Class) (low, high int64) {
	for _, o := range j.ops {
		if o.Class != class || !o.write() || o.ok() && o.Kind == workload.Claim && o.Status != 201 {
			continue
		}
		j.books.count(o)
		high++
		if o.ok() && o.certain() {
			low++
		}
	}
	return low, high
}

// committed is of a class, in all regions, each of which has the books of its own logs.
func committed(books history.Ledgers, class workload.Class) (sum int64) {
	for name, rows := range books {
		for _, row := range rows {
			if row.Class == class.String() && ofRegion(row, name) {
				sum += row.Committed
			}
		}
	}
	return sum
}

func ofRegion(row region.LedgerRow, name string) bool {
	origin, _, _ := strings.Cut(row.Origin, ".")
	return origin == name
}

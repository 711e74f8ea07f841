package loss

import (
	"testing"
	"time"

	"pangea/gen/workload"
	"pangea/lab/results/resultstest"
)

// flawless is an experiment of which every claim holds.
func flawless() *Finding {
	r := newRound(Schedule{Number: 1, Region: "eu"})
	r.Verified, r.Load.OK, r.Ready, r.Whole = true, 100, time.Second, 2*time.Second
	r.Owed.add(sums, "us", 10)
	r.acks(Kind{workload.Tags, Local}).add(true, 15*time.Millisecond)
	r.acks(Kind{workload.Tags, Local}).add(false, time.Minute)
	return &Finding{Fault: Destroyed, Rounds: []*Round{r}, Planted: true}
}

func TestRecord_Claims(t *testing.T) {
	resultstest.Breaks(t, Record([]*Finding{flawless()}))
	for want, spoil := range map[string]func(*Finding){
		"no write is missing that was acknowledged to stay":                                                  func(f *Finding) { f.Rounds[0].MissingAcks = []string{"tags"} },
		"no entry is missing that a survivor had stored":                                                     func(f *Finding) { f.Rounds[0].MissingEntries = []string{"us 7"} },
		"all regions hold the same after each round":                                                         func(f *Finding) { f.Rounds[0].Verified = false },
		"each round had some of every class to miss, from every region":                                      func(f *Finding) { f.Rounds[0].Unchecked = []string{"no tags"} },
		"what there is not is missed: a write of each class, an increment, an entry, and the content of one": func(f *Finding) { f.Planted = false },
		"what only the lost region knew, and is gone, was younger than 1s":                                   func(f *Finding) { f.Rounds[0].acks(Kind{workload.Tags, Local}).add(true, time.Second) },
	} {
		f := flawless()
		spoil(f)
		resultstest.Breaks(t, Record([]*Finding{f}), "destroyed: "+want)
	}
}

// Of nothing, no claim holds.
func TestRecord_OfNoRounds(t *testing.T) {
	resultstest.HoldsNothing(t, Record([]*Finding{{Fault: Destroyed}}))
}

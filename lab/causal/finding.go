package causal

import (
	"slices"
	"time"
)

// Finding is what came of all pairs, with the causal wait or without.
type Finding struct {
	Wait     bool          `json:"wait"`
	Near     time.Duration `json:"near_ns"` // round trips
	Far      time.Duration `json:"far_ns"`
	Pairs    int           `json:"pairs"`
	Complete int           `json:"complete"`
	Inverted int           `json:"inverted"`
	By       []Count       `json:"by_classes"`

	Behind []time.Duration `json:"behind_ns"` // percentiles 0 to 100: from the answer to B until it was shown
	Alone  []time.Duration `json:"alone_ns"`  // the same of how long B was shown without A

	Planted     bool   `json:"planted"` // whether a pair without an A was found inverted
	Removed     int    `json:"removed"`
	Early       int    `json:"early"` // of these: the third region had stored the removal before the add
	Resurrected int    `json:"resurrected"`
	Equal       string `json:"equal"` // of the digests: empty if they are
}

// Count is of the complete pairs of two classes.
type Count struct {
	A        string `json:"a"`
	B        string `json:"b"`
	Complete int    `json:"complete"`
	Inverted int    `json:"inverted"`
}

// take sums up what came of the pairs.
func (f *Finding) take(sights []Sight) {
	f.Pairs = len(sights)
	counts := map[[2]string]*Count{}
	for _, a := range classes() {
		for _, b := range classes() {
			counts[[2]string{a.String(), b.String()}] = &Count{A: a.String(), B: b.String()}
		}
	}
	var behind, alone []time.Duration
	for _, s := range sights {
		if !s.Complete {
			continue
		}
		count := counts[[2]string{s.A.String(), s.B.String()}]
		count.Complete++
		f.Complete++
		behind = append(behind, s.Behind)
		if s.Inverted {
			count.Inverted++
			f.Inverted++
			alone = append(alone, s.Alone)
		}
	}
	for _, a := range classes() {
		for _, b := range classes() {
			f.By = append(f.By, *counts[[2]string{a.String(), b.String()}])
		}
	}
	f.Behind, f.Alone = percentiles(behind), percentiles(alone)
}

// percentiles are 0 to 100 of them, by nearest rank; none of nothing.
func percentiles(all []time.Duration) []time.Duration {
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	var p []time.Duration
	for i := range 101 {
		p = append(p, all[min(i*len(all)/100, len(all)-1)])
	}
	return p
}

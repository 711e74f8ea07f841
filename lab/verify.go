package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"pangea/crdt"
	"pangea/region"
)

// ErrDiverged says that regions with equal vectors hold different state, which
// contradicts I7.
var ErrDiverged = errors.New("the regions have diverged")

// Verify checks that the regions, given by name and base URL, hold the same
// state (I7). It waits for equal vectors until ctx ends, compares the digests
// of every class, and writes what it found to out. A difference is named down
// to its keys, in the report and in an error that is ErrDiverged.
func Verify(ctx context.Context, regions map[string]string, out io.Writer) (Report, error) {
	report, err := compare(ctx, regions, out)
	if err != nil {
		return report, err
	}
	report.write(out)
	return report, report.err()
}

// compare is Verify that writes nothing but progress, and leaves it to the report
// whether the regions differ.
func compare(ctx context.Context, regions map[string]string, out io.Writer) (Report, error) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	v := &verifier{
		regions: regions,
		names:   slices.Sorted(maps.Keys(regions)),
		client:  &http.Client{Transport: transport},
		out:     out,
	}
	digests, err := v.settledDigests(ctx)
	if err != nil {
		return Report{}, err
	}
	report := Report{Vector: digests[0].Vector, Classes: summarise(v.names, digests)}
	for _, c := range report.Classes {
		if c.equal() {
			continue
		}
		differences, err := v.drillDown(ctx, c.Name, report.Vector)
		if err != nil {
			return report, err
		}
		report.Differences = append(report.Differences, differences...)
	}
	return report, nil
}

// verifier asks regions in the order of their names.
type verifier struct {
	regions map[string]string
	names   []string
	client  *http.Client
	out     io.Writer
}

// settledDigests are those of all regions at one vector.
func (v *verifier) settledDigests(ctx context.Context) ([]region.Digest, error) {
	for {
		if err := v.settle(ctx); err != nil {
			return nil, err
		}
		digests, err := v.digests(ctx, "/digest")
		if err != nil {
			return nil, err
		}
		moved := slices.ContainsFunc(digests, func(d region.Digest) bool { return !sameVector(d.Vector, digests[0].Vector) })
		if !moved {
			return digests, nil
		}
	}
}

// drillDown names the keys of a class that differ between the regions.
func (v *verifier) drillDown(ctx context.Context, class, vector string) ([]Difference, error) {
	digests, err := v.digestsAt(ctx, vector, "/digest?class="+class)
	if err != nil {
		return nil, err
	}
	var differences []Difference
	for _, bucket := range differingBuckets(class, digests) {
		digests, err := v.digestsAt(ctx, vector, fmt.Sprintf("/digest?class=%s&bucket=%d", class, bucket))
		if err != nil {
			return nil, err
		}
		differences = append(differences, differingKeys(class, v.names, digests)...)
	}
	return differences, nil
}

// digestsAt refuses answers of another vector: a write in between would look
// like a difference.
func (v *verifier) digestsAt(ctx context.Context, vector, path string) ([]region.Digest, error) {
	digests, err := v.digests(ctx, path)
	if err != nil {
		return nil, err
	}
	for i, d := range digests {
		if !sameVector(d.Vector, vector) {
			return nil, fmt.Errorf("%s moved from %s to %s during the comparison: stop the writers and repeat", v.names[i], vector, d.Vector)
		}
	}
	return digests, nil
}

func differingBuckets(class string, digests []region.Digest) []int {
	var differing []int
	for b := range digests[0].Classes[class].Buckets {
		for _, d := range digests[1:] {
			if buckets := d.Classes[class].Buckets; b >= len(buckets) || buckets[b] != digests[0].Classes[class].Buckets[b] {
				differing = append(differing, b)
				break
			}
		}
	}
	return differing
}

func differingKeys(class string, names []string, digests []region.Digest) []Difference {
	byKey := map[string][]string{} // key -> digest of each region, "" where it is absent
	for i, d := range digests {
		for key, sum := range d.Classes[class].Keys {
			if byKey[key] == nil {
				byKey[key] = make([]string, len(names))
			}
			byKey[key][i] = sum
		}
	}
	var differences []Difference
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		sums := byKey[key]
		if slices.ContainsFunc(sums, func(sum string) bool { return sum != sums[0] }) {
			differences = append(differences, Difference{Class: class, Key: key, Regions: names, Digests: sums})
		}
	}
	return differences
}

// sameVector takes an absent origin for one at 0. Text that is no vector is
// only the same as itself.
func sameVector(a, b string) bool {
	v, errV := crdt.ParseVector(a)
	w, errW := crdt.ParseVector(b)
	if errV != nil || errW != nil {
		return a == b
	}
	return v.Canonical() == w.Canonical()
}

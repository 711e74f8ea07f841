package lab

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"pangea/region"
)

// listed is how many differences are printed one by one.
const listed = 20

// Report is the state of the regions at one vector.
type Report struct {
	Vector      string
	Classes     []Class      // by name
	Differences []Difference // none when every class is equal
}

// Class is the size and digest of one data class in each region.
type Class struct {
	Name    string
	Regions []RegionDigest // by name
}

// RegionDigest is one region's view of a class.
type RegionDigest struct {
	Region string
	Rows   int64
	Digest string
}

// Difference is a key whose state is not the same everywhere.
type Difference struct {
	Class, Key string
	Regions    []string
	Digests    []string // one for each of Regions, empty where the key is absent
}

func summarise(names []string, digests []region.Digest) []Class {
	all := map[string]bool{}
	for _, d := range digests {
		for class := range d.Classes {
			all[class] = true
		}
	}
	var classes []Class
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c := Class{Name: name}
		for i, d := range digests {
			c.Regions = append(c.Regions, RegionDigest{Region: names[i], Rows: d.Classes[name].Rows, Digest: d.Classes[name].Digest})
		}
		classes = append(classes, c)
	}
	return classes
}

func (c Class) equal() bool {
	return !slices.ContainsFunc(c.Regions, func(r RegionDigest) bool {
		return r.Digest != c.Regions[0].Digest || r.Rows != c.Regions[0].Rows
	})
}

// err is ErrDiverged, with what differs, unless every class is equal.
func (r Report) err() error {
	var differ []string
	for _, c := range r.Classes {
		if !c.equal() {
			differ = append(differ, c.Name)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	return fmt.Errorf("%w at %s: %d keys differ in %s", ErrDiverged, r.Vector, len(r.Differences), strings.Join(differ, ", "))
}

func (r Report) write(out io.Writer) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"class", "region", "rows", "digest"})
	for _, c := range r.Classes {
		if c.equal() {
			t.AppendRow(table.Row{c.Name, "all", c.Regions[0].Rows, c.Regions[0].Digest})
			continue
		}
		for _, r := range c.Regions {
			t.AppendRow(table.Row{c.Name, r.Region, r.Rows, r.Digest})
		}
	}
	fmt.Fprintf(out, "%s\nvector  %s\n", t.Render(), r.Vector)
	for _, d := range r.Differences[:min(listed, len(r.Differences))] {
		fmt.Fprintln(out, d)
	}
	if more := len(r.Differences) - listed; more > 0 {
		fmt.Fprintf(out, "and %d more\n", more)
	}
}

// String is the class, the key, and each region's digest of it.
func (d Difference) String() string {
	parts := []string{fmt.Sprintf("%s %q differs:", d.Class, d.Key)}
	for i, name := range d.Regions {
		parts = append(parts, name+"="+cmp.Or(d.Digests[i], "absent"))
	}
	return strings.Join(parts, " ")
}

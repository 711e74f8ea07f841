package workload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Class is a data class: a consistency model with its own key namespace.
type Class uint8

const (
	Counter Class = iota
	Profile
	Tags
	Prefs
	Handle
	classes // how many there are
)

var classNames = [classes]string{"counter", "profile", "tags", "prefs", "handle"}

func (c Class) String() string { return classNames[c] }

// MarshalText writes the class as String does.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (c *Class) UnmarshalText(text []byte) error {
	i := slices.Index(classNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("unknown class %q: the classes are %s", text, strings.Join(classNames[:], ", "))
	}
	*c = Class(i)
	return nil
}

// Classes lists every class in the order of reports.
func Classes() []Class { return []Class{Counter, Profile, Tags, Prefs, Handle} }

// Mix is the relative share of each class among the operations.
type Mix [classes]int

// DefaultMix leaves handles out: a claim costs a round trip between regions by
// design, so it says little about the write path the other classes share.
const DefaultMix = "counter=50,profile=20,tags=15,prefs=15"

// WholeMix has all classes.
const WholeMix = "counter=45,profile=20,tags=15,prefs=15,handle=5"

// ParseMix reads shares such as "counter=50,profile=20". A class that is not
// named has no share.
func ParseMix(text string) (Mix, error) {
	var mix Mix
	for part := range strings.SplitSeq(text, ",") {
		name, number, _ := strings.Cut(strings.TrimSpace(part), "=")
		class := slices.Index(classNames[:], name)
		share, err := strconv.ParseUint(number, 10, 31)
		if class < 0 || err != nil {
			return Mix{}, fmt.Errorf("mix: %q is not a share: write CLASS=NUMBER with a class of %s",
				part, strings.Join(classNames[:], ", "))
		}
		mix[class] = int(share)
	}
	if mix.total() == 0 {
		return Mix{}, fmt.Errorf("mix: %q has no operations: give at least one class a share above 0", text)
	}
	return mix, nil
}

// String is the form that ParseMix reads.
func (m Mix) String() string {
	var parts []string
	for class, share := range m {
		if share > 0 {
			parts = append(parts, fmt.Sprintf("%v=%d", Class(class), share))
		}
	}
	return strings.Join(parts, ",")
}

// MarshalText writes the mix as String does.
func (m Mix) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (m *Mix) UnmarshalText(text []byte) error {
	mix, err := ParseMix(string(text))
	if err == nil {
		*m = mix
	}
	return err
}

func (m Mix) total() int {
	sum := 0
	for _, share := range m {
		sum += share
	}
	return sum
}

// pick is the class whose share holds n, for n in [0, total).
func (m Mix) pick(n int) Class {
	for class, share := range m {
		if n < share {
			return Class(class)
		}
		n -= share
	}
	return classes // unreachable: n is below the total
}

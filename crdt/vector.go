package crdt

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Vector says, for each log, up to which entry (inclusive) it was applied. An
// absent origin is at 0. It is the version vector of the literature, over logs
// instead of keys.
type Vector map[Origin]uint64

// ErrVector marks a version vector that cannot be read.
var ErrVector = errors.New("malformed version vector")

// Covers reports whether every position of w has been reached in v.
func (v Vector) Covers(w Vector) bool {
	for o, seq := range w {
		if v[o] < seq {
			return false
		}
	}
	return true
}

// Clone returns an independent copy, never nil.
func (v Vector) Clone() Vector {
	w := make(Vector, len(v)+1)
	maps.Copy(w, v)
	return w
}

// Join raises v to the elementwise maximum of v and w.
func (v Vector) Join(w Vector) {
	for o, seq := range w {
		v[o] = max(v[o], seq)
	}
}

// Origins lists the logs of v in order.
func (v Vector) Origins() []Origin {
	return slices.SortedFunc(maps.Keys(v), Origin.Compare)
}

// String is the form of the X-Version-Vector header: "ap=9,eu=2.17,us=12", where
// 2.17 is entry 17 of epoch 2, and a bare number is of epoch 1.
func (v Vector) String() string {
	b := make([]byte, 0, 16*len(v))
	for i, o := range v.Origins() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, o.Region...), '=')
		if o.Epoch != 1 {
			b = append(strconv.AppendUint(b, uint64(o.Epoch), 10), '.')
		}
		b = strconv.AppendUint(b, v[o], 10)
	}
	return string(b)
}

// Canonical is String without the origins at 0, which mean the same as absent ones:
// vectors are equal exactly if their canonical texts are.
func (v Vector) Canonical() string {
	reached := v.Clone()
	maps.DeleteFunc(reached, func(_ Origin, seq uint64) bool { return seq == 0 })
	return reached.String()
}

// ParseVector reads what String wrote. The empty string is the zero vector. Its
// errors wrap ErrVector.
func ParseVector(s string) (Vector, error) {
	v := Vector{}
	if strings.TrimSpace(s) == "" {
		return v, nil
	}
	for item := range strings.SplitSeq(s, ",") {
		region, position, ok := strings.Cut(strings.TrimSpace(item), "=")
		if !ok || region == "" || strings.Contains(region, ".") {
			return nil, fmt.Errorf("%w: %q is not region=number", ErrVector, item)
		}
		o := Origin{Region: region, Epoch: 1}
		if epoch, rest, later := strings.Cut(position, "."); later {
			var err error
			if o, err = ParseOrigin(region + "." + epoch); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrVector, err)
			}
			position = rest
		}
		seq, err := strconv.ParseUint(position, 10, 63)
		if err != nil {
			return nil, fmt.Errorf("%w: %q is not region=number", ErrVector, item)
		}
		if _, twice := v[o]; twice {
			return nil, fmt.Errorf("%w: %s appears twice", ErrVector, o)
		}
		v[o] = seq
	}
	return v, nil
}

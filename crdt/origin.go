package crdt

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Origin names one log: a region and the epoch of its database (I14). A database
// that was lost, restored or copied goes on as a new epoch.
type Origin struct {
	Region string
	Epoch  uint32 // from 1
}

// String is "us" for epoch 1 and "us.2" for a later one. It is the form stored
// in the database.
func (o Origin) String() string {
	if o.Epoch == 1 {
		return o.Region
	}
	return o.Region + "." + strconv.FormatUint(uint64(o.Epoch), 10)
}

// ParseOrigin reads what String wrote.
func ParseOrigin(s string) (Origin, error) {
	region, epoch, later := strings.Cut(s, ".")
	if region == "" {
		return Origin{}, fmt.Errorf("origin %q has no region", s)
	}
	if !later {
		return Origin{Region: region, Epoch: 1}, nil
	}
	n, err := strconv.ParseUint(epoch, 10, 32)
	if err != nil || n < 2 || epoch[0] == '0' || epoch[0] == '+' {
		return Origin{}, fmt.Errorf("origin %q: the epoch is a number from 2", s)
	}
	return Origin{Region: region, Epoch: uint32(n)}, nil
}

// MarshalText makes an origin a key of JSON objects, as String writes it.
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (o *Origin) UnmarshalText(text []byte) (err error) {
	*o, err = ParseOrigin(string(text))
	return err
}

// Compare orders origins by region, then epoch.
func (o Origin) Compare(p Origin) int {
	return cmp.Or(cmp.Compare(o.Region, p.Region), cmp.Compare(o.Epoch, p.Epoch))
}

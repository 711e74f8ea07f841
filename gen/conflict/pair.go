package conflict

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"

	"pangea/gen/client"
	"pangea/gen/workload"
)

// Pair is two writes to one key, of which the first is the older one.
type Pair struct {
	Key   string  `json:"key"`
	Sides [2]Side `json:"sides"`
}

// Side is one write of a pair, as it is in each class.
type Side struct {
	Region int    `json:"region"` // by its number in Config.Regions
	Token  string `json:"token"`  // the value of a profile, the tag, the value of a field
	By     int64  `json:"by"`     // the step of a counter: 1 to 9 of side 0, 10 to 90 of side 1
}

// At returns pair i: a pure function of the seed, the prefix, the regions that write and i.
func (c *Conflict) At(i int) Pair {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], c.cfg.Seed)
	binary.LittleEndian.PutUint64(seed[8:], uint64(i))
	r := rand.New(rand.NewChaCha8(seed))
	first := r.IntN(len(c.writers))
	second := (first + 1 + r.IntN(len(c.writers)-1)) % len(c.writers)
	by := [2]int64{1 + r.Int64N(9), 10 * (1 + r.Int64N(9))}
	p := Pair{Key: fmt.Sprintf("%s%d", c.cfg.Prefix, i)}
	for side, writer := range [2]int{first, second} {
		region := c.writers[writer]
		p.Sides[side] = Side{Region: region, Token: fmt.Sprintf("%s-%d", c.cfg.Regions[region].Name, i), By: by[side]}
	}
	return p
}

// path is of the key in a class.
func (p *Pair) path(class workload.Class) string {
	return "/" + class.String() + "/" + url.PathEscape(p.Key)
}

// request is the write of a side in a class.
func (p *Pair) request(class workload.Class, side int) client.Request {
	s, path := p.Sides[side], p.path(class)
	switch class {
	case workload.Counter:
		return client.Request{Method: http.MethodPost, Path: path + "/incr", Body: fmt.Appendf(nil, `{"by":%d}`, s.By)}
	case workload.Tags:
		return client.Request{Method: http.MethodPost, Path: path + "/add", Body: fmt.Appendf(nil, `{"tag":%q}`, s.Token)}
	case workload.Prefs:
		return client.Request{Method: http.MethodPatch, Path: path, Body: fmt.Appendf(nil, `{%q:%q}`, field(side), s.Token)}
	default:
		return client.Request{Method: http.MethodPut, Path: path, Body: strconv.AppendQuote(nil, s.Token)}
	}
}

// field is what a side sets of an object.
func field(side int) string { return [2]string{"first", "second"}[side] }

// keeps reports whether a class promises that both writes of a pair survive.
func keeps(class workload.Class) bool { return class != workload.Profile }

package crdt

import "math/big"

// PN is one origin's share of a counter: everything it added and everything it
// took away, both only growing.
type PN struct{ P, N int64 }

// MaxPN bounds each part of a share, so that sums over origins stay far from
// overflow in any realistic number of epochs.
const MaxPN = int64(1) << 60

// Counter is a PN-Counter (Shapiro et al., 2011): a share per origin.
type Counter map[Origin]PN

// Put raises o's share to pn. Shares only grow, so the maximum is the newer one
// and a repeat changes nothing. It reports whether it changed the counter.
func (c Counter) Put(o Origin, pn PN) bool {
	old := c[o]
	c[o] = PN{P: max(old.P, pn.P), N: max(old.N, pn.N)}
	return c[o] != old
}

// Join merges d into c.
func (c Counter) Join(d Counter) {
	for o, pn := range d {
		c.Put(o, pn)
	}
}

// Add returns o's share after adding by (which may be negative), or false if a
// part would pass MaxPN. It does not change c.
func (c Counter) Add(o Origin, by int64) (PN, bool) {
	pn := c[o]
	part := &pn.P
	amount := uint64(by)
	if by < 0 {
		part, amount = &pn.N, uint64(-by)
	}
	if amount > uint64(MaxPN-*part) {
		return PN{}, false
	}
	*part += int64(amount)
	return pn, true
}

// Value is the sum of all shares. It is a big integer as sixteen full shares do
// not fit an int64.
func (c Counter) Value() *big.Int {
	sum, part := new(big.Int), new(big.Int)
	for _, pn := range c {
		sum.Add(sum, part.SetInt64(pn.P-pn.N))
	}
	return sum
}

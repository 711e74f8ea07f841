package gen

import "math/rand/v2"

// routes says whose operation i is, and from where it is sent: a pure function of the
// configuration and i, like the operation itself. It is used by one goroutine.
type routes struct {
	places, sessions uint64
	hop              float64
	seed             uint64
	source           *rand.PCG // seeded anew for each operation
	rand             *rand.Rand
}

func newRoutes(cfg Config) *routes {
	r := &routes{
		places: uint64(len(cfg.Places)), sessions: uint64(len(cfg.Places) * cfg.Sessions),
		hop: cfg.Hop, seed: cfg.Workload.Seed, source: rand.NewPCG(0, 0),
	}
	r.rand = rand.New(r.source)
	return r
}

// at returns the session, which lives near the place of its number mod n, and the place
// that the operation is sent from.
func (r *routes) at(i uint64) (session, place int) {
	home := i % r.places
	session, place = int(i%r.sessions), int(home)
	if r.hop == 0 {
		return session, place
	}
	r.source.Seed(^r.seed, i) // not the numbers that the operation was drawn from
	for range 4 {
		r.rand.Uint64() // the first of PCG are alike for seeds that are
	}
	if r.rand.Float64() < r.hop {
		place = int((home + 1 + r.rand.Uint64N(r.places-1)) % r.places)
	}
	return session, place
}

package workload

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Config describes a run's operations; equal Configs describe equal runs.
type Config struct {
	Seed   uint64  `json:"seed"`
	Keys   uint64  `json:"keys"`   // how many keys a class has
	Zipf   float64 `json:"zipf"`   // exponent of the keys' popularity, above 1
	Mix    Mix     `json:"mix"`    // shares of the classes
	Reads  int     `json:"reads"`  // percentage of operations that read, 0 to 100
	Prefix string  `json:"prefix"` // what every key starts with, so that a run has its own
}

// Workload makes the operations of one run. It is used by one goroutine.
type Workload struct {
	cfg    Config
	source *rand.PCG // seeded anew for each operation
	rand   *rand.Rand
	zipf   *rand.Zipf
}

// New validates the Config.
func New(cfg Config) (*Workload, error) {
	switch {
	case cfg.Keys == 0:
		return nil, errors.New("keys: want at least 1")
	case !(cfg.Zipf > 1) || cfg.Zipf > 100:
		return nil, fmt.Errorf("zipf: %v is out of range: the exponent must lie above 1, up to 100", cfg.Zipf)
	case cfg.Mix.total() == 0:
		return nil, errors.New("mix: give at least one class a share")
	case cfg.Reads < 0 || cfg.Reads > 100:
		return nil, fmt.Errorf("reads: %d is no percentage: want 0 to 100", cfg.Reads)
	case len(cfg.Prefix) > 128 || !utf8.ValidString(cfg.Prefix) || strings.ContainsFunc(cfg.Prefix, unicode.IsControl):
		return nil, fmt.Errorf("prefix: %q must be at most 128 bytes of UTF-8 without control characters", cfg.Prefix)
	}
	w := &Workload{cfg: cfg, source: rand.NewPCG(0, 0)}
	w.rand = rand.New(w.source)
	// rand.Zipf samples by rejection-inversion, without a table of the keys:
	// W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates
	// from monotone discrete distributions", ACM TOMACS 6(3), 1996. It keeps no
	// state between draws, so reseeding the source is enough to make At pure.
	w.zipf = rand.NewZipf(w.rand, cfg.Zipf, 1, cfg.Keys-1)
	return w, nil
}

// At returns operation i.
func (w *Workload) At(i uint64) Op {
	w.source.Seed(scramble(w.cfg.Seed), scramble(i))
	// The order of the draws is part of the format: class and kind do not move
	// the key, so runs that differ in their mix still meet on the same keys.
	rank := w.zipf.Uint64() + 1
	class := w.cfg.Mix.pick(w.rand.IntN(w.cfg.Mix.total()))
	read := w.rand.IntN(100) < w.cfg.Reads
	op := Op{Index: i, Class: class, Key: fmt.Sprintf("%s%d", w.cfg.Prefix, rank)}
	path := "/" + class.String() + "/" + url.PathEscape(op.Key)
	if read {
		op.Kind, op.Method, op.Path = Read, "GET", path
		return op
	}
	w.write(&op, path)
	return op
}

// scramble is the finaliser of SplitMix64. PCG's first outputs are alike for
// seeds that are; those of neighbouring operations must not be.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

package api

import (
	"hash/fnv"
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/crdt"
	"pangea/region"
)

// compared exports the last digest that somebody asked for, so that regions can be
// compared where their metrics meet (I7). A digest reads every row: none is computed for
// a scrape.
type compared struct {
	last           atomic.Pointer[region.Digest]
	vector, digest *prometheus.Desc
}

func newCompared() *compared {
	return &compared{
		vector: prometheus.NewDesc("pangea_digest_vector",
			"52 bits of a hash of the vector that the last digest belongs to, equal for equal vectors: only their digests must be equal.", nil, nil),
		digest: prometheus.NewDesc("pangea_digest",
			"The first 52 bits of the digest of a class, when all of it was last asked for.", []string{"class"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (c *compared) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.vector
	ch <- c.digest
}

// Collect implements prometheus.Collector. Vector and classes are of one digest.
func (c *compared) Collect(ch chan<- prometheus.Metric) {
	d := c.last.Load()
	if d == nil {
		return
	}
	ch <- prometheus.MustNewConstMetric(c.vector, prometheus.GaugeValue, hash52(d.Vector))
	for class, of := range d.Classes {
		ch <- prometheus.MustNewConstMetric(c.digest, prometheus.GaugeValue, leading52(of.Digest), class)
	}
}

// hash52 is the same for equal vectors, however they are written.
func hash52(vector string) float64 {
	if v, err := crdt.ParseVector(vector); err == nil { // other text is only the same as itself
		vector = v.Canonical()
	}
	h := fnv.New64a()
	h.Write([]byte(vector))
	return float64(h.Sum64() >> 12)
}

// leading52 is as much of a digest as a float64 holds exactly.
func leading52(digest string) float64 {
	const digits = 52 / 4
	n, _ := strconv.ParseUint(digest[:min(digits, len(digest))], 16, 64) // digests are hexadecimal
	return float64(n)
}

package snapshot_test

import (
	"bytes"
	"io"
	"testing"

	"pangea/region/snapshot"
)

const benchRows = 100_000

func BenchmarkWrite(b *testing.B) {
	c := sample(benchRows)
	b.ReportAllocs()
	for b.Loop() {
		if err := snapshot.Write(io.Discard, c.header, each(c.rows, nil), each(c.waiting, nil)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(c.rows)), "ns/row")
}

func BenchmarkReader(b *testing.B) {
	c := sample(benchRows)
	stream := c.encode(b)
	b.ReportAllocs()
	for b.Loop() {
		r, err := snapshot.NewReader(bytes.NewReader(stream))
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range r.Rows() {
			if err != nil {
				b.Fatal(err)
			}
		}
		for _, err := range r.Waiting() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(stream))/float64(len(c.rows)), "bytes/row")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(c.rows)), "ns/row")
}

package region_test

import (
	"fmt"
	"testing"

	"pangea/region"
	"pangea/region/bench"
)

func BenchmarkEntry_Encode(b *testing.B) {
	for _, n := range bench.Sizes {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			e := sample(n)
			e.Encode(nil, region.Checksum{})
			buf := make([]byte, len(e.Payload))
			b.SetBytes(int64(len(e.Payload)))
			b.ReportAllocs()
			for b.Loop() {
				e.Encode(buf, region.Checksum{})
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range bench.Sizes {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			e := sample(n)
			e.Encode(nil, region.Checksum{})
			b.SetBytes(int64(len(e.Payload)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := region.Decode(e.Payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEntry_Follows(b *testing.B) {
	for _, n := range bench.Sizes {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			e := sample(n)
			e.Encode(nil, region.Checksum{})
			b.SetBytes(int64(len(e.Payload)))
			b.ReportAllocs()
			for b.Loop() {
				if !e.Follows(region.Checksum{}) {
					b.Fatal("does not follow")
				}
			}
		})
	}
}

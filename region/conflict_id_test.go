package region_test

import (
	"testing"

	"pangea/region"
)

func TestConflictID(t *testing.T) {
	for text, want := range map[string]region.ConflictID{
		"us-17":                   {Region: "us", Number: 17},
		"us-east-1-9":             {Region: "us-east-1", Number: 9},
		"us-9223372036854775806":  {Region: "us", Number: 1<<63 - 2},
		"":                        {},
		"17":                      {},
		"-17":                     {},
		"us-":                     {},
		"us-0":                    {},
		"us--1":                   {Region: "us-", Number: 1},
		"us-x":                    {},
		"us-9223372036854775807":  {}, // there is none after it
		"us-92233720368547758070": {},
	} {
		id, err := region.ParseConflictID(text)
		if id != want || (err == nil) == (want == region.ConflictID{}) {
			t.Errorf("%q is %+v, %v; want %+v", text, id, err, want)
		}
		if err == nil && id.String() != text {
			t.Errorf("%q is written %q", text, id)
		}
	}
}

package crdt_test

import (
	"testing"

	"pangea/crdt"
)

func TestOrigin_RoundTrip(t *testing.T) {
	for s, want := range map[string]crdt.Origin{
		"us":            {Region: "us", Epoch: 1},
		"us.2":          {Region: "us", Epoch: 2},
		"us.10":         {Region: "us", Epoch: 10},
		"us.4294967295": {Region: "us", Epoch: 1<<32 - 1},
	} {
		got, err := crdt.ParseOrigin(s)
		if err != nil || got != want || got.String() != s {
			t.Errorf("%q reads as %+v, %v and prints %q", s, got, err, got)
		}
	}
}

// TestParseOrigin_Malformed: one log has one name (I14), so a second way to write
// it is refused.
func TestParseOrigin_Malformed(t *testing.T) {
	for _, s := range []string{
		"", ".", ".2", "us.", "us.0", "us.1", "us.02", "us.+2", "us.-2", "us.2.3", "us.x", "us. 2", "us.4294967296",
	} {
		if got, err := crdt.ParseOrigin(s); err == nil {
			t.Errorf("%q reads as %+v", s, got)
		}
	}
}

func TestOrigin_CompareIsNumericInEpochs(t *testing.T) {
	if (crdt.Origin{Region: "us", Epoch: 10}).Compare(crdt.Origin{Region: "us", Epoch: 9}) != 1 {
		t.Error("epoch 10 is not after epoch 9")
	}
}

package chaos

import (
	"testing"

	"pangea/region"
)

func TestReason_TellsHowFarASnapshotIs(t *testing.T) {
	seed := func(s region.SeedStatus) *region.SeedStatus { return &s }
	const joins = "it joins the snapshot of us"
	for want, status := range map[string]region.Status{
		joins: {Reason: joins, Seed: seed(region.SeedStatus{Donor: "us", Of: 90, SecondsLeft: -1})},
		joins + ": 30 of about 90 rows, 20s left": {Reason: joins, Seed: seed(region.SeedStatus{Donor: "us", Rows: 30, Of: 90, SecondsLeft: 20.1})},
		joins + ": 30 of about 90 rows":           {Reason: joins, Seed: seed(region.SeedStatus{Donor: "us", Rows: 30, Of: 90, SecondsLeft: -1})},
		"3 entries of us are missing":             {Reason: "3 entries of us are missing"},
		"catching up: 2 entries of us to apply":   {Reason: "catching up: 2 entries of us to apply", Seed: seed(region.SeedStatus{Rows: 90, Of: 90})},
		"":                                        {Ready: true, Seed: seed(region.SeedStatus{Donor: "us", Rows: 90, Of: 90})},
	} {
		if got := reason(status); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

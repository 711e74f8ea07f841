package rehearsal

import (
	"testing"
)

// A judge that overlooks a fault is no use: each is planted in histories of every size.
func TestJudge_FindsEachPlantedFault(t *testing.T) {
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) {
			for seed := range uint64(10) {
				found, err := f.found(seed, int(seed)*20)
				if err != nil {
					t.Fatal(err)
				}
				if found == 0 {
					t.Fatalf("seed %d: %q is not found by %q", seed, f.Name, f.Breaks)
				}
			}
		})
	}
}

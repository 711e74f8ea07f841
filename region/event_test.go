package region_test

import (
	"testing"

	"pangea/region"
)

func TestKind_EveryClassHasOne(t *testing.T) {
	has := map[region.Class]bool{}
	for _, k := range kinds {
		has[k.Class()] = true
	}
	for _, c := range region.Classes() {
		if !has[c] {
			t.Errorf("no event changes %s", c)
		}
	}
}

func TestOp_ClassIsThatOfItsRoute(t *testing.T) {
	for op, want := range map[region.Op]region.Class{
		region.PutProfile:    region.Profile,
		region.IncrCounter:   region.Counter,
		region.AddTag:        region.Tags,
		region.RemoveTag:     region.Tags,
		region.PatchPrefs:    region.Prefs,
		region.ClaimHandle:   region.Handle,
		region.ReleaseHandle: region.Handle,
	} {
		if got := op.Class(); got != want {
			t.Errorf("op %d changes %s, want %s", op, got, want)
		}
	}
}

func TestClass_Names(t *testing.T) {
	want := []string{"profile", "counter", "tags", "prefs", "handle"}
	for i, c := range region.Classes() {
		if c.String() != want[i] {
			t.Errorf("class %d is %q, want %q", c, c, want[i])
		}
	}
}

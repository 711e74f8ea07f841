package compose

import (
	"maps"
	"testing"
)

func TestStack_PidsAreOfPartsOnThisMachine(t *testing.T) {
	s, err := Open("..")
	if err != nil {
		t.Fatal(err)
	}
	here := func(id string, pid int) bool { return id == "here" && pid > 0 }
	got, err := s.pids("region-us 17 here\nregion-eu 18 elsewhere\nprometheus 19 here\nregion-ap 0 here\nlinks 20 here\n", here)
	if want := map[string]int{"region-us": 17}; err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := s.pids("region-us seventeen here\n", here); err == nil {
		t.Error("a pid that is no number is taken")
	}
}

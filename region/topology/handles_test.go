package topology_test

import (
	"fmt"
	"testing"

	"pangea/region/topology"
)

// TestHandles_OwnerIsStable: who owns a name is a promise to the data (I10). A
// different hash would let two regions decide the same handle.
func TestHandles_OwnerIsStable(t *testing.T) {
	h := load(t).Handles
	for name, want := range map[string]struct {
		shard int
		owner string
	}{
		"":          {0, "us"},
		"123456789": {38, "eu"}, // CRC-32 check value cbf43926
		"ada":       {40, "eu"},
		"grace":     {51, "ap"},
		"linus":     {7, "us"},
		"käse/%2F":  {27, "eu"},
	} {
		if shard, owner := h.Shard(name), h.Owner(name); shard != want.shard || owner != want.owner {
			t.Errorf("%q is in shard %d of %s, want %d of %s", name, shard, owner, want.shard, want.owner)
		}
	}
}

// TestHandles_OwnerCoversEveryShard finds a name for each shard.
func TestHandles_OwnerCoversEveryShard(t *testing.T) {
	h := load(t).Handles
	seen := map[int]bool{}
	owned := map[string]int{}
	for i := 0; len(seen) < h.Shards && i < 100*h.Shards; i++ {
		name := fmt.Sprintf("name-%d", i)
		shard, owner := h.Shard(name), h.Owner(name)
		want := "us"
		if shard > 21 {
			want = "eu"
		}
		if shard > 42 {
			want = "ap"
		}
		if owner != want {
			t.Fatalf("shard %d belongs to %q, want %s", shard, owner, want)
		}
		if !seen[shard] {
			owned[owner]++
		}
		seen[shard] = true
	}
	if len(seen) != h.Shards || owned["us"] != 22 || owned["eu"] != 21 || owned["ap"] != 21 {
		t.Errorf("of %d shards, %d have an owner: %v", h.Shards, len(seen), owned)
	}
}

func TestHandles_OwnerOfListsAndSingleShards(t *testing.T) {
	h := topology.Handles{Shards: 4, Owners: map[string]string{"us": "0, 3", "eu": "1-2"}}
	for i := range 100 {
		name := fmt.Sprintf("name-%d", i)
		want := "us"
		if s := h.Shard(name); s == 1 || s == 2 {
			want = "eu"
		}
		if got := h.Owner(name); got != want {
			t.Errorf("shard %d belongs to %q, want %s", h.Shard(name), got, want)
		}
	}
}

package topology

import (
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

const maxShards = 1 << 16

// Handles says which region owns which shard of the handle namespace (I10).
type Handles struct {
	Shards int               `yaml:"shards"`
	Owners map[string]string `yaml:"owners"` // region -> "0-21" or "3" or "0-4,9"
}

// Shard is the shard of a handle: the CRC-32 (IEEE) of its name, modulo the
// number of shards.
func (h Handles) Shard(name string) int {
	return int(crc32.ChecksumIEEE([]byte(name)) % uint32(h.Shards))
}

// Owner is the one region that decides who holds the handle.
func (h Handles) Owner(name string) string {
	shard := h.Shard(name)
	for region, ranges := range h.Owners {
		for r := range strings.SplitSeq(ranges, ",") {
			if lo, hi, err := parseRange(r); err == nil && lo <= shard && shard <= hi {
				return region
			}
		}
	}
	return "" // unreachable once validated
}

// validate checks that every shard has exactly one owner.
func (h Handles) validate(regions map[string]bool) error {
	if h.Shards < 1 || h.Shards > maxShards {
		return fmt.Errorf("handles.shards is %d, want 1 to %d", h.Shards, maxShards)
	}
	owner := make([]string, h.Shards)
	for region, ranges := range h.Owners {
		if !regions[region] {
			return fmt.Errorf("handles.owners: unknown region %q", region)
		}
		for r := range strings.SplitSeq(ranges, ",") {
			lo, hi, err := parseRange(r)
			if err != nil || lo < 0 || hi >= h.Shards || lo > hi {
				return fmt.Errorf("handles.owners: %s: %q is no range within 0-%d", region, r, h.Shards-1)
			}
			for s := lo; s <= hi; s++ {
				if owner[s] != "" {
					return fmt.Errorf("handles.owners: shard %d belongs to %s and to %s", s, owner[s], region)
				}
				owner[s] = region
			}
		}
	}
	for s, region := range owner {
		if region == "" {
			return fmt.Errorf("handles.owners: shard %d has no owner", s)
		}
	}
	return nil
}

func parseRange(s string) (lo, hi int, err error) {
	from, to, isRange := strings.Cut(strings.TrimSpace(s), "-")
	if lo, err = strconv.Atoi(from); err != nil || !isRange {
		return lo, lo, err
	}
	hi, err = strconv.Atoi(to)
	return lo, hi, err
}

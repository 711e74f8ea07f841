package lww

import (
	"maps"
	"time"

	"pangea/region/topology"
)

// Scene is one set of pairs under one kind of clock.
type Scene struct {
	Name string        `json:"name"`
	Mode string        `json:"mode"` // of the regions' clocks: hlc or wall
	Skew time.Duration `json:"skew_ns"`
	Gap  time.Duration `json:"gap_ns"`
	Seen bool          `json:"seen"`
}

// behind is the region whose clock is skewed.
const behind = "eu"

// Scenes are all that are measured. The gap is shorter than any way between regions, and
// longer than a commit takes: of two writes everyone knows which one is newer.
func Scenes() []Scene {
	const gap, skew = 25 * time.Millisecond, -200 * time.Millisecond
	return []Scene{
		{Name: "at once, hybrid clocks", Mode: "hlc"},
		{Name: "at once, wall clocks", Mode: "wall"},
		{Name: "one after the other, hybrid clocks", Mode: "hlc", Gap: gap},
		{Name: "one after the other, wall clocks", Mode: "wall", Gap: gap},
		{Name: "the same, eu 200 ms behind, hybrid clocks", Mode: "hlc", Gap: gap, Skew: skew},
		{Name: "the same, eu 200 ms behind, wall clocks", Mode: "wall", Gap: gap, Skew: skew},
		{Name: "by who has seen the first, eu 200 ms behind, hybrid clocks", Mode: "hlc", Seen: true, Skew: skew},
		{Name: "by who has seen the first, eu 200 ms behind, wall clocks", Mode: "wall", Seen: true, Skew: skew},
	}
}

// World is t with the clocks of the scene.
func (s Scene) World(t *topology.Topology) *topology.Topology {
	world := *t
	world.Clock = topology.Clock{Mode: s.Mode, Skew: maps.Clone(t.Clock.Skew)}
	if s.Skew != 0 {
		world.Clock.Skew = map[string]time.Duration{behind: s.Skew}
	}
	return &world
}

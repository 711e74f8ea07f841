package scale

import (
	"fmt"

	"pangea/lab/results"
	"pangea/lab/wrk"
	"pangea/region/topology"
)

// Curve is one thing that changes from point to point, while all else stays.
type Curve struct {
	Name     string
	title    string
	axis     results.Axis
	settings []setting
}

// setting is one point of a curve.
type setting struct {
	label string
	x     float64
	world *topology.Topology
	rows  int     // written before
	rate  float64 // 0: as fast as answers come
	load  wrk.Config
}

// Rates is against the rate that is offered, in writes per second.
func Rates(world *topology.Topology, load wrk.Config, rates []float64) Curve {
	c := Curve{Name: "rate", title: "the rate that is offered", axis: results.Axis{Label: "writes/s offered"}}
	for _, rate := range rates {
		c.settings = append(c.settings, setting{
			label: fmt.Sprintf("%.0f writes/s offered", rate), x: rate, world: world, rate: rate, load: load,
		})
	}
	return c
}

// Regions is against their number, from 1 to all of the world.
func Regions(world *topology.Topology, load wrk.Config) Curve {
	c := Curve{Name: "regions", title: "the number of regions", axis: results.Axis{Label: "regions"}}
	for n := 1; n <= len(world.Regions); n++ {
		c.settings = append(c.settings, setting{
			label: fmt.Sprintf("regions: %d", n), x: float64(n), world: first(world, n), load: load,
		})
	}
	return c
}

// Rows is against the rows that are there before, each of which is a key of the load.
func Rows(world *topology.Topology, load wrk.Config, rows []int) Curve {
	c := Curve{Name: "rows", title: "the rows that are present", axis: results.Axis{Label: "rows", Log: true}}
	for _, n := range rows {
		load.Keys = n
		c.settings = append(c.settings, setting{
			label: fmt.Sprintf("rows: %d", n), x: float64(n), world: world, rows: n, load: load,
		})
	}
	return c
}

// Values is against the size of a value, in bytes.
func Values(world *topology.Topology, load wrk.Config, sizes []int) Curve {
	c := Curve{Name: "values", title: "the size of a value", axis: results.Axis{Label: "bytes", Log: true}}
	for _, n := range sizes {
		load.ValueBytes = n
		c.settings = append(c.settings, setting{
			label: fmt.Sprintf("bytes: %d", n), x: float64(n), world: world, load: load,
		})
	}
	return c
}

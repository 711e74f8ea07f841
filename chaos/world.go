package chaos

import (
	"context"
	"io"
	"time"

	"pangea/chaos/links"
	"pangea/region/topology"
)

// World is the running stack that faults are done to.
type World struct {
	Topology  *topology.Topology
	Network   *links.Network
	Processes Processes
	Progress  io.Writer // told what a slow heal waits for
}

// Processes are the parts of the local stack: region-us, postgres-us, router-us
// and so on, and toxiproxy.
type Processes interface {
	PartNames() []string
	// Kill ends a part as kill -9 does. Killing a dead part is no error.
	Kill(part string) error
	// Pause stops a part where it stands, as kill -STOP does. Pausing a dead part is an error.
	Pause(ctx context.Context, part string) error
	// Alive reports whether a part's process is there, paused or not.
	Alive(part string) bool
	// Paused reports whether a part was paused.
	Paused(part string) bool
	// Skew adds a time to a region's clock instead of what the topology adds, at once and
	// whenever it starts. Unskew ends that.
	Skew(region string, by time.Duration) error
	Unskew(region string) error
	// Destroy kills a region's process and its Postgres, and deletes what they had on
	// disk. Destroying what is destroyed is no error.
	Destroy(ctx context.Context, region string) error
	// HasData reports whether a region has a database, running or not.
	HasData(region string) bool
	// Start brings a part back with the data it has left, and returns when it serves.
	// A live part is left alone, a paused one goes on.
	Start(ctx context.Context, part string) error
}

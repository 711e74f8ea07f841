// Package trial loads the regions at one rate for a while, and tells what that led to.
//
//	wrk    ─▶ every region: the load, as fast as answers come or at a pace
//	probe  ─▶ every region: 100 operations a second, due at fixed moments (an open loop)
//	meter  ◀─ every region: lag of each link, memory and CPU of each process
//	  the load ends ─▶ the rest ends ─▶ how long until all regions have all
//
// The load's own latencies are those of a closed loop; what a client of that stack would
// see is what the probe sees, whose operations nobody waits for.
//
// Guarantees: what is said of lag and memory is of the last two thirds of the load, when
// caches are warm. It counts as a write what was acknowledged, and nothing else.
//
// Failure handling: answers that are no success are counted. Regions that do not drain in
// time are a result; a load that cannot be run is an error.
package trial

// Package chaos breaks a running stack and mends it: the links between regions, their
// clocks, and the processes on this machine, with or without their data.
//
//	links    Partition, Latency, Bandwidth    ended by Heal
//	clocks   Skew                             ended by Heal
//	parts    Kill, Pause, Destroy             ended by a start: each one's Fault.Heal
//
// Every Fault has the same three things: a name, a way in and a way out. What
// is broken is never remembered here. It is read from toxiproxy, from the regions
// and from the processes, so any shell may heal what another one broke.
//
// Guarantees: injecting or healing twice is the same as once. A wrong request
// is a Misuse and has changed nothing. Only Destroy deletes anything, and what it
// deletes no Heal can bring back: that is for the region's peers to do.
//
// Failure handling: a fault that fails halfway may hold in part; Status shows
// what holds, and does so with any of the parts dead.
package chaos

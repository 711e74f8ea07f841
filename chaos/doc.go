// Package chaos breaks a running stack and mends it: the links between regions,
// and the processes on this machine, with or without their data.
//
// Every Fault has the same three things: a name, a way in and a way out. What
// is broken is never remembered here. It is read from toxiproxy and from the
// processes, so any shell may heal what another one broke.
//
// Guarantees: injecting or healing twice is the same as once. A wrong request
// is a Misuse and has changed nothing. Only Destroy deletes anything, and what it
// deletes no Heal can bring back: that is for the region's peers to do.
//
// Failure handling: a fault that fails halfway may hold in part; Status shows
// what holds, and does so with any of the parts dead.
package chaos

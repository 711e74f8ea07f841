// Package running finds what runs of a checkout: the local stack, or the containers. Both have
// the same parts, on the same ports of this machine, so one of them runs at a time, and whoever
// breaks parts, or measures them, need not know which.
//
// It starts nothing. Where there is no docker there are no containers. An engine that does not
// answer has none either: the local stack, which is dead then, is what is returned.
package running

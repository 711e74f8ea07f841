// Package workload says what operation i of a seeded run is.
//
// Guarantees: At(i) is a pure function of the Config and i. The same seed gives
// the same operations, keys and values, byte for byte, in any order, at any rate
// and on any machine. Keys follow a Zipf distribution, so a few are hot.
//
// It does no I/O and reads no clock. It fails only in New, on a bad Config.
package workload

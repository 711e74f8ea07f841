// Package stacktest makes roots for tests of the local stack: directories with a
// topology.yaml of free ports, and the real programs.
//
// Guarantees: no two roots share a port or a file, but for the programs, which are built
// once per process. Failure handling: what cannot be made fails the test.
package stacktest

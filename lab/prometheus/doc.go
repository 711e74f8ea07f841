// Package prometheus finds Prometheus, or fetches Debian's, and runs it beside a stack.
//
// Ensure looks on the PATH and in the user's cache; what is missing there is unpacked from
// Debian's package, which is not installed: its service would take port 9090. A Server
// scrapes what its configuration names, evaluates its rules, and answers queries.
//
// Guarantees: a Server runs no longer than Run, unless the program that called Run is killed:
// then it stays, and holds its address and its directory, until somebody ends it. Failure
// handling: a Prometheus that ends by itself is an error with the last line that it logged, such
// as that its address is taken.
//
// It touches its directory, the cache and the address that it is given.
package prometheus

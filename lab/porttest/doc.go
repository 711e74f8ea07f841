// Package porttest gives tests addresses to listen on.
//
// Guarantees: until a test ends nobody else is given its addresses, neither another test of
// its process nor one of another process, and the system gives none of them to a connection
// or to port 0. So a part that comes back finds its old address free. Failure handling: if
// there are none left, the test fails.
package porttest

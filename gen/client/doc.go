// Package client is a lean HTTP/1.1 client for one host: persistent connections,
// requests written from one buffer, plain answers read where they lie and all others by
// net/http's own parser.
//
// It exists because the generator shares its machine with the system it
// measures: a request costs a third of the CPU of one by http.Client (see
// BenchmarkClient), as no goroutine hands it to another, and nothing is allocated.
//
// Guarantees: Do sends a request at most once. It follows no redirect and never
// repeats. It tells a request that certainly was not sent (ErrNotSent) from one
// whose outcome is unknown (any other error).
//
// Failure handling: a connection that breaks or times out is closed, and with it
// every idle one, which most likely broke for the same reason. Otherwise each of
// them would turn a request to a restarted server into one of unknown outcome.
package client

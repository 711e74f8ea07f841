// Package wrk loads regions as fast as they answer, with Debian's wrk: a C program
// that costs a tenth of the processor of a client in Go, so that on a machine that both
// share the figure is the server's.
//
//	wrk ─▶ us     one process and one thread for each target, all at once, each with its
//	wrk ─▶ eu     own connections; a connection sends its next request when the last one
//	wrk ─▶ ap     was answered (closed loop)
//
// Every write is an upsert of one row: a profile put, or a counter incremented. Keys are
// drawn by Zipf's law with the method of pgbench's random_zipfian, so that both programs
// draw from the same distribution. With more than one row a request it writes to /batch.
//
// Guarantees: the same Config sends the same requests in the same order to each target.
// Latencies are those of a closed loop: they do not count the time that a request would
// have waited for a free connection. A Rate paces the load, and does not change that.
//
// Failure handling: answers that are no success are counted, and never as writes. wrk
// that cannot be run, or that ends before its time, is an error.
//
// It starts processes that end with Run, and writes one temporary file.
package wrk

// Package scrape reads what a process exports to Prometheus, for those who look at a region
// from outside: the console, and what measures.
//
// Histograms can be summed up and subtracted, so that a quantile is of some seconds and not
// of the process's life. Failure handling: what cannot be read is an error; a family that is
// not there is empty, as its series may come later.
package scrape

// Package stack runs Pangea on this machine: for each region of topology.yaml a
// Postgres cluster, a region and a router, and one toxiproxy for the links.
//
//	postgres-us  postgres-eu  postgres-ap  toxiproxy
//	region-us    region-eu    region-ap
//	router-us    router-eu    router-ap
//
// Up starts the rows from top to bottom, the parts of a row at once; Down goes the
// other way. Every part runs in the background and outlives the program that
// started it. All state is below .pangea in the root: logs in log, pid files in
// run, programs in bin, data in postgres and in a directory for each region.
//
// Guarantees: Up may be repeated, and brings back, with its data, any part that
// died by whatever cause or was paused. Only Clean and Destroy delete data. A part is never
// started twice: see package process for how a live one is known, and one Up, Down,
// Clean or Destroy at a time works on a root. Every wait ends, at the latest by its
// deadline.
//
// Failure handling: a port that somebody else holds is found before anything is
// started. A part that ends while it starts is reported at once, with the last
// line of its log. What was started before stays up, for a look or another Up.
package stack

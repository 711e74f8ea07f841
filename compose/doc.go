// Package compose runs Pangea in containers, by the files beside it: a stack for each
// region, and one of what they share, with the same topology.yaml and the same ports on
// this machine as the local stack.
//
//	compose.yaml            all of it
//	  us.yaml eu.yaml ap.yaml   postgres-us, region-us, in a network of their own
//	  shared.yaml               toxiproxy, links, router-us…, prometheus, grafana
//	    base.yaml               what every container of a kind has
//	Dockerfile              region, router and chaos in an image without a shell
//
// A region's network has its Postgres, its region, its router and toxiproxy in it, and
// nothing of another region: whatever goes from one to another goes over a link. Inside,
// every part is on the host of its name (topology.OnNamedHosts).
//
// The containers are driven by the command `docker compose`, which must be 2.20 or newer.
// What runs is asked of it each time; this package remembers nothing.
//
// Guarantees: Up may be repeated, and brings dead parts back with their data. Down keeps
// data unless it is told to delete it. A Stack can be broken and mended by package chaos.
//
// Failure handling: an error of docker is given on with the last line that it wrote. What
// was started before stays up, for a look or another Up.
package compose

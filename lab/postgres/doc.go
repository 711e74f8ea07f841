// Package postgres finds or installs PostgreSQL and runs clusters of it.
//
// Find looks for version 15 or newer in $PANGEA_PG_BIN, on the PATH, and in the
// places of Debian and Homebrew; Ensure installs it when there is none. A Cluster
// is one data directory and the postmaster on it: its own settings, no passwords,
// reachable over 127.0.0.1 and a unix socket. Temporary gives a test a cluster of
// its own that is gone when the test is, even if the test is killed.
//
// Postgres refuses to run as root, so for root everything here runs as the user
// postgres, else nobody. Place finds a directory that this user can reach.
//
// Every commit is durable (I1): fsync and synchronous_commit stay on. A cluster
// comes back with its data after Kill, and after a kill -9 by anybody else.
package postgres

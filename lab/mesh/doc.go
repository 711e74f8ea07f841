// Package mesh runs what one would use instead of Pangea: a Postgres for each region,
// and pglogical between any two of them, where the last update of a row wins.
//
//	pgbench ─▶ us ◀─ toxiproxy ─▶ eu ◀─ pgbench     each node subscribes to each other;
//	              ▲             ▲                   a subscription is a connection through
//	              └─▶   ap   ◀──┘                   the link that would carry a log
//
// It is to be compared with, so it has what Pangea has: the Postgres, its settings and
// the links of package stack. Beside these settings there are only those without which
// pglogical does not run. Where there was a choice it is the peer's gain: subscribers
// commit without waiting for their disk, as is pglogical's default, and pgbench comes by
// the unix socket.
//
// The mesh is a stack of its own root of which only Postgres and toxiproxy are started,
// with the links that would carry logs leading to the databases.
//
// Guarantees: every start is from nothing, and Stop leaves nothing. A commit is on disk
// when pgbench has its answer.
//
// Failure handling: ports that somebody holds, or a toxiproxy that is not built, are
// found at the start. pgbench repeats a transaction that a deadlock ended, and counts one
// that fails for good. A subscription that ends does not come back by itself: the rows
// that it owes are among those that Differing counts.
package mesh

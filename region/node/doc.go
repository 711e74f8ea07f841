// Package node is one region, put together: it opens what a region needs, starts
// its goroutines and stops them in order.
//
//	             ┌──────────────────────── node ────────────────────────┐
//	clients ───▶ │ api ─▶ writer ─▶ store (Postgres) ─▶ shipper ─▶ stream│ ───▶ peers
//	peers   ───▶ │ applier ─▶ writer        position ◀─▶ peers' reports  │ ◀───
//	             └──────────────────────────────────────────────────────┘
//
// New binds the addresses, so that a taken port is known before anything runs. Run
// starts one goroutine for each of the loops above, and keep, which looks after what
// grows: the logs, the peers that hold them back, old idempotency keys.
//
// # Failure handling
//
// The first loop to end ends all. Only a defect, or another process that has the
// database, ends one by itself: outages of the database, of a peer or of a link are
// waited out by the loop that meets them.
package node

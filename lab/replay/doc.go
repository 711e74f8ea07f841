// Package replay restores a region's snapshot into an empty database, reads every log into
// it from where the snapshot ends, and says what the database holds then.
//
//	GET /snapshot ─▶ a file ─▶ Writer.Join ─▶ the state at V
//	GET /log/eu?from=epoch.V+1 … ─▶ Writer.Deliver ─▶ the state at a later vector ─▶ digest
//
// Guarantees: what joins, applies and sums up are a region's own parts, its checks of
// checksums and gaps with them (I5, I14). Only the asking is done here. The database is that
// of a region that no topology has and that writes nothing.
//
// Failure handling: a region that does not answer, has dropped what is asked for, or sends
// what does not continue the log, ends it with an error that names the log.
package replay

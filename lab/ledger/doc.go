// Package ledger writes the consistency ledger: what each data class promises, what it
// gives up for that, what both were measured at, and why it is worth it; and what the
// experiments had to show, and whether it held.
//
//	results/*.json ─▶ Read ─▶ Records ─▶ Markdown ─▶ ledger.md beside results
//
// Guarantees: it follows from the records alone. Every figure stands beside the link to
// its record, with commit and seed, and holds only if no claim of that record is broken, but
// such as a busy machine may break. One that no record has is called not measured, with
// the command that measures it.
//
// Failure handling: a record whose figures are of another version of its experiment is an
// error, named: nothing is read from it.
package ledger

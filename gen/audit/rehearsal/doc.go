// Package rehearsal makes up histories with a fault in each, and with none, and sees
// whether the judge of package audit finds each, and nothing else.
//
//	model: three regions that keep every promise ─▶ a history, and the state at its end
//	fault: one thing in these is changed         ─▶ audit.Judge must name what is broken,
//	                                                where it is, and no more
//
// # Guarantees
//
// Every history follows from its seed. One without a fault has overlapping operations,
// entries with several writes, concurrent writes, clients that hop, clocks that are off,
// requests that are refused, and some of unknown outcome, of which a part happened, some
// much later. So a judge that is too strict is found as well as one that is blind.
//
// It stands in for the regions only where a real one cannot be made to break its word; that
// the judge reads real histories, the tests of audit see to.
package rehearsal

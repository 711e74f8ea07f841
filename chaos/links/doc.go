// Package links is the wide-area network between the regions: one toxiproxy
// proxy for each directed pair and protocol, with half of the pair's round trip
// on either direction of the bytes.
//
//	us's applier ──▶ us_eu_nats ──▶ eu's log        data flows eu > us
//	us's api     ──▶ us_eu_http ──▶ eu's api        data flows eu > us
//
// A link is named by who dials: us_eu_* is us reading eu. A one-way partition
// is named by the data it stops: "us>eu" cuts what eu dials us by. A limit is one of
// each connection: a log has one, HTTP has several.
//
// It is the only package that imports toxiproxy.
//
// Guarantees: every call may be repeated. Lay leaves cuts and changed latencies
// as they are; Heal ends cuts and leaves latencies and limits, Restore leaves none
// of them. A link carries its latency from its first byte on. A toxic is never updated in place: toxiproxy would race with itself.
//
// Failure handling: if toxiproxy does not answer, the error says how to start
// it. A call that fails halfway may have changed some of its links: repeat it.
// A toxiproxy that was restarted has forgotten everything: Lay again.
//
// A connection that is cut with data in flight leaves goroutines of toxiproxy
// blocked for good, in the process that serves it: (*ToxicStub).Run and
// (*ToxicLink).read. A test that looks for leaks must expect them.
package links

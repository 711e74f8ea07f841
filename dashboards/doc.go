// Package dashboards is what Pangea is watched with, as people edit it, and reads it for
// the local stack and for tests.
//
//	grafana/       boards, one for each question, and README.md says which
//	provisioning/  how Grafana finds the boards and Prometheus
//	prometheus/    what is scraped, and the alerts with their tests
//
// Guarantees, held by the tests: every panel has a unit, says what it shows, what to do
// when it looks bad and which invariant it watches; every alert has a section in
// docs/runbook.md; and on a live stack under load and faults no expression of a panel, of
// an annotation or of a variable fails or is empty, and what is of each region shows each
// (`go tool task test:boards`).
//
// Failure handling: a file that cannot be read is named.
package dashboards

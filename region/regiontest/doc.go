// Package regiontest runs whole worlds in one test process, on real parts: every
// region has a database of its own in a real Postgres, an embedded JetStream and a
// real toxiproxy between it and the others.
//
//	w := regiontest.New(t, regiontest.Options{})     us, eu and ap, ready
//	w.Post(t, "us", "/counter/a/incr", "")           a request to one region
//	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)   also Heal, HealAll, Slow
//	w.Stop("eu"); w.Start(t, "eu")                   a region goes and comes back
//	w.WaitConverged(t)                               equal vectors, equal digests
//	w.Number(t, "us", "select count(*) from outbox") what the database holds
//	w.Metric(t, "us", "pangea_ready")                what the region counts
//
// A world ends with its test. Postgres is started once per test process and ends
// with it.
package regiontest

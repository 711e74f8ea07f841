// Package console is the live page that a router serves at /console: the regions and
// the links between them as they are now, how fast and how far behind they are, what
// was lost, and on a local stack the buttons to break it and mend it.
//
//	regions /status /metrics /digest /conflicts ┐
//	routers /router/status                      ├─▶ gatherer ─▶ Snapshot ─▶ hub ─▶ watchers (server-sent events)
//	toxiproxy, by Config.Links                  ┘   once a second, while anybody watches
//
//	browser ── POST /console/faults ─▶ guard ─▶ the program chaos
//
// The regions are asked at their own addresses, not over the links: as from a management
// network, so that the console shows both sides of a cut. It only reads. Nothing is
// gathered while nobody watches, and all watchers share one gatherer.
//
// # Guarantees
//
// Quantiles and rates are of the last Config.Window, from the regions' own histograms.
// Digests are compared only where the vectors are equal; anything else would call a
// region wrong that is merely behind (I7). A digest costs a scan of every row: it takes
// at most a tenth of the time.
//
// Faults are done only if Config.Chaos is set, which needs a loopback listener; only for
// a POST that names a loopback host (a foreign name that resolves to this machine is
// refused), and that no other site has sent (http.CrossOriginProtection). A fault is one
// of five verbs and plain words: no flag of chaos can be set, and nothing can be deleted.
//
// The page loads nothing from elsewhere, and its Content-Security-Policy keeps it so. It
// is readable without the charts, which need Node when the router is built.
//
// # Failure handling
//
//	a region, router or toxiproxy is silent   the snapshot says so, in its place
//	a region's digest takes long              the last one stands, with its age
//	a watcher does not keep up                it is cut off; its browser comes back and is sent what it missed
//	nobody watches                            the gap is shown as a gap
//	a fault cannot be done                    chaos's own sentence is shown
package console

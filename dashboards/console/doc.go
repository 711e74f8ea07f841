// Package console is the live page that a router serves at /console, or a program that
// serves nothing else: the regions and the links between them as they are now, how fast
// and how far behind they are, what was lost, and on a local stack the buttons to break it
// and mend it.
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
// region wrong that is merely behind (I7), and all are only said to hold the same if all
// have answered. A digest costs a scan of every row: for each router whose console is
// watched it takes at most a tenth of the time, or is done once in five minutes.
//
// What is kept for watchers is bounded in number and in bytes, so that it does not take
// the router's memory: of a lost value the beginning is shown.
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
//	a region, router or toxiproxy is silent   the snapshot says so, in its place; a region is, without its status
//	a region is slow to count or to list      its rates, or its lost writes, are left out
//	a region's digest takes long              the last one stands, with its age
//	a watcher does not keep up                it is cut off; its browser comes back and is sent what it missed
//	nobody watches                            the gap is shown as a gap, and nothing is averaged over it
//	the router is silent                      the page says for how long
//	a fault cannot be done                    chaos's own sentence is shown
//	a fault takes over Config.FaultTimeout    chaos is interrupted, and that is said
package console

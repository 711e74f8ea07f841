// Package failover kills a region under load, many times at random moments, brings it back
// each time, and measures for how long its clients were without an answer.
//
//	each Round: a second of increments, of the same few counters in each of them
//	            ─▶ load on all routers ─▶ kill -9 of eu ─▶ its router moves its clients on
//	            ─▶ eu is started again, catches up and serves ─▶ its clients move back
//	            ─▶ the history of the load against what the regions hold (gen/audit)
//	after all:  digests equal ─▶ all counters against what clients were told (gen/check)
//
// The claims, each of which holds or is broken:
//
//   - clients near the region are served again within 2 s (p50), and 5 s at most;
//   - no acknowledged increment is missing after the round, and none counts twice; nor after
//     all the kills that follow;
//   - nothing else contradicts what clients were told: tags, profiles, fields, what was read
//     meanwhile, causes, handles and the books;
//   - all regions hold the same in the end (I7);
//   - an increment that was planted in what clients were told is found missing.
//
// Failure handling: a round that cannot be completed, or a load that cannot be recorded, ends
// the experiment with an error, and the histories stay. A broken claim is a result, and no
// error: the histories stay, and the record names their folder. Regions that are not equal
// after a round break their claim, and no further round is done.
package failover

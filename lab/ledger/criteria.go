package ledger

import (
	"pangea/gen/workload"
	"pangea/lab/loss"
)

// criterion is one thing that the experiments had to show, by one or more figures.
type criterion struct {
	title string
	lines []line
}

func criteria() []criterion {
	return []criterion{
		{"It lasts", []line{
			{"at least 30 min of writes in all regions, and no link's lag rises", steady()},
			{"on every link writes are visible within 1 s (p50) and 3 s (p99)", prompt()},
			{"and where the rate is at which lag begins to grow is known", knee()},
		}},
		{"Last writer wins loses updates", []line{
			{"of pairs written at once, counted, those that lost one", atOnce(workload.Profile)},
			{"with a clock behind, older writes beat newer ones", olderWon()},
			{"who had seen a write beats it under a hybrid clock", seenWins()},
		}},
		{"CRDTs lose none, of the same pairs", []line{
			{"counters: no step lost, none twice", atOnce(workload.Counter)},
			{"tags: no member lost", atOnce(workload.Tags)},
			{"prefs: no field lost", atOnce(workload.Prefs)},
			{"all regions end with the same, pair by pair", identical()},
		}},
		{"A region dies under load", []line{
			{"its clients are served again within 10 s, without anybody's help (RTO)", rto()},
			{"counters: nothing acknowledged is gone, killed or disk gone", rpoWithPeer(workload.Counter)},
			{"tags", rpoWithPeer(workload.Tags)},
			{"prefs", rpoWithPeer(workload.Prefs)},
			{"profiles", rpoWithPeer(workload.Profile)},
			{"handles", rpoWithPeer(workload.Handle)},
			{"of what only its own disk had, what is gone was younger than 1 s: within the lag", rpo(loss.Destroyed, alone()...)},
			{"after the replay nothing counts twice", recounted()},
		}},
		{"It comes back", []line{
			{"it has what it lacked within 10 s of its start", caughtUp()},
			{"no read that it answers is stale", stale(true)},
			{"without the readiness guard some are: it is the guard that keeps them back", stale(false)},
			{"nothing is lost, counted twice or resurrected, in any region", flawless()},
			{"a snapshot, and all logs after it, make the same state", replayed()},
		}},
		{"The world splits, and heals", []line{
			{"both sides take every write meanwhile", bothServe()},
			{"then every key of every class has one value", oneValue()},
			{"within 3 s of the heal all regions have all", converged()},
		}},
		{"Clients read their own writes", []line{
			{"a client that stays in its region, always", pinned()},
			{"one that hops does not, which shows that the reads can tell", hopping()},
			{"with the version vector sent along it does, or is told to wait", vector()},
		}},
		{"Nobody sees an effect before its cause", []line{
			{"with the causal wait, effects that are shown without their cause", inOrder(true)},
			{"without it, of the same pairs, some are: it is the wait that keeps the order", inOrder(false)},
			{"what was removed stays removed, also where the removal is heard of first (wait or no wait: I7)", staysRemoved()},
		}},
		{"Consistency is paid for where it is needed, and only there", []line{
			{"a local write takes less than 15 ms (p99)", local()},
			{"a claim of a handle elsewhere takes at least the way there and back", strong()},
		}},
	}
}

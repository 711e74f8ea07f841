package ledger

import (
	"slices"

	"pangea/gen/workload"
	"pangea/lab/loss"
)

// class is the choice that was made for one data class.
type class struct {
	name                           workload.Class
	model, promises, concedes, why string
	own                            []line // that only this class has
}

// lines are the figures of the class: what it loses, and what it costs.
func (c class) lines() []line {
	if c.name == workload.Handle {
		return c.own
	}
	return slices.Concat(
		[]line{{"two writes at once: pairs that lost one", atOnce(c.name)}, {"the same on both sides of a cut", acrossCut(c.name)}},
		c.own,
		[]line{
			{"RPO, the region is killed and comes back, `X-Ack: local`", rpo(loss.Killed, loss.Kind{Class: c.name, Ack: loss.Local})},
			{"RPO, its disk is gone, `X-Ack: local`", rpo(loss.Destroyed, loss.Kind{Class: c.name, Ack: loss.Local})},
			{"RPO, its disk is gone, `X-Ack: peer`", rpo(loss.Destroyed, loss.Kind{Class: c.name, Ack: loss.Peer})},
			{"write p99 in the client's region, against a handle of another", win()},
		})
}

// classes are all of them.
func classes() []class {
	return []class{
		{
			name: workload.Profile, model: "last writer wins, by a hybrid logical clock",
			promises: "a client reads its own writes in its region; all regions end with one value; who has seen a write beats it, whatever the clocks say",
			concedes: "of concurrent writes all but one, which stay in `/conflicts` and can be restored; for a moment, other regions show the old value",
			why: "A name or a bio is written by one person, mostly in one place. Two writes at once are rare, either is a right answer, and the one that " +
				"is lost is on record. To wait for another region at every save would cost everybody more than that.",
			own: []line{{"a clock 200 ms behind: the older of two writes won", olderWon()}},
		},
		{
			name: workload.Counter, model: "PN-Counter, one pair of sums per region",
			promises: "every acknowledged step counts, and counts once, in every region, through any cut",
			concedes: "for a moment, other regions lack the newest steps; no bound such as \"never below 0\" can be kept",
			why: "Steps can be added in any order, so nobody has to decide anything: all of them stay, at the price of a local write. Last writer wins " +
				"would lose one of every two at once, and an owner would add a round trip and gain nothing.",
			own: []line{{"steps lost or counted twice, after kills under load", recounted()}},
		},
		{
			name: workload.Tags, model: "OR-Set, add wins",
			promises: "adds at once all stay; a removal takes away only what its client's region had seen",
			concedes: "a tag that is added and removed at once is there: it has to be removed again",
			why: "A tag that is there against somebody's will is seen and removed; one that vanishes is missed by nobody until it matters. So the add wins, " +
				"and no region has to ask another.",
		},
		{
			name: workload.Prefs, model: "last writer wins, field by field",
			promises: "changes of different fields at once both stay; the rest as for profiles",
			concedes: "of two writes to the same field at once, one, as for profiles",
			why: "Two devices change two settings: as one value, one of the two would be lost. Field by field both stay, and only a race for the same switch, " +
				"in which either answer is right, is left to the clock.",
		},
		{
			name: workload.Handle, model: "strong: one region owns each shard and decides",
			promises: "one history for all clients: two never hold one name, and no answer rests on what the loss of one region could undo",
			concedes: "the round trip to the owner, and one more until a peer stores it; while the owner is away, its handles answer 503",
			why: "Two people under one name cannot be merged: one of them would lose it after having been told that it is theirs. A name is claimed once and read " +
				"often, so the price is paid seldom, and by nobody else.",
			own: []line{
				{"RPO, the region that answered is killed and comes back", rpo(loss.Killed, loss.Kind{Class: workload.Handle, Ack: loss.Peer})},
				{"RPO, its disk is gone", rpo(loss.Destroyed, loss.Kind{Class: workload.Handle, Ack: loss.Peer})},
				{"claim p99, by the owner's distance", strong()},
				{"against a write p99 in the client's region", win()},
			},
		},
	}
}

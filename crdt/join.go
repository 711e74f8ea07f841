package crdt

// JoinRegister merges one register of two states, of which one has applied av and the
// other bv. The loss is reported if what it was is certain: the winner's state has not
// applied the loser, so neither had the winner's writer, all of whose causes that state
// has applied. How a write ended that it had applied, only the logs could tell.
func JoinRegister(a, b Register, av, bv Vector) (Register, Loss, bool) {
	winner, loser, applied := a, b, av
	if a.Compare(b.Meta) < 0 {
		winner, loser, applied = b, a, bv
	}
	if applied[loser.Origin] >= loser.Seq { // so it is if loser is empty, or the winner itself
		return winner, Loss{}, false
	}
	return winner, Loss{Loser: loser, Winner: winner, Verdict: Concurrent}, true
}

// JoinField is JoinRegister for a class whose tombstones are collected. A write that
// one state holds and the other has applied, but holds no more, lost there to a
// tombstone which has been collected since: it is gone. Nothing that could revive it
// is under way, or the tombstone would still be there.
func JoinField(a, b Register, av, bv Vector) (Register, Loss, bool) {
	if a.Empty() && av[b.Origin] >= b.Seq || b.Empty() && bv[a.Origin] >= a.Seq {
		return Register{}, Loss{}, false
	}
	return JoinRegister(a, b, av, bv)
}

// JoinDots merges one tag of two states, of which one has applied av and the other bv.
// A dot in one of them only stays if the other has not applied its add; if it has, it
// has seen the dot removed. That is the join of Bieniusa et al. (2012), with the vector
// as the causal context of Almeida et al. (Delta State Replicated Data Types, 2018). Of
// two dots of one origin the later stays: who has it has applied the earlier too.
func JoinDots(a, b Dots, av, bv Vector) Dots {
	var joined Dots
	for _, d := range a {
		if b.has(d) || bv[d.Origin] < d.Seq {
			joined = append(joined, d)
		}
	}
	for _, d := range b {
		if !a.has(d) && av[d.Origin] < d.Seq {
			joined = append(joined, d)
		}
	}
	return joined
}

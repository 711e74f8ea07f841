package store

import (
	"github.com/jackc/pgx/v5"

	"pangea/region/state"
)

// queueAccount books what the merges of this transaction ended (I9).
func queueAccount(b *pgx.Batch, a *state.Account) {
	queueTallies(b, a.Tallies)
	queueConflicts(b, a.Conflicts)
}

func queueTallies(b *pgx.Batch, tallies map[state.Book]*state.Tally) {
	if len(tallies) == 0 {
		return
	}
	var c struct {
		origins, classes                                              []string
		committed, merged, superseded, concurrent, clockSkew, removed []int64
	}
	for book, t := range tallies {
		c.origins, c.classes = append(c.origins, book.Origin.String()), append(c.classes, book.Class.String())
		c.committed, c.merged = append(c.committed, t.Committed), append(c.merged, t.Merged)
		c.superseded, c.concurrent = append(c.superseded, t.Superseded), append(c.concurrent, t.Concurrent)
		c.clockSkew, c.removed = append(c.clockSkew, t.ClockSkew), append(c.removed, t.Removed)
	}
	b.Queue(`insert into ledger (origin, class, committed, merged, superseded, concurrent, clock_skew, removed)
		select unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::bigint[]),
			unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[])
		on conflict (origin, class) do update set
			committed = ledger.committed + excluded.committed, merged = ledger.merged + excluded.merged,
			superseded = ledger.superseded + excluded.superseded, concurrent = ledger.concurrent + excluded.concurrent,
			clock_skew = ledger.clock_skew + excluded.clock_skew, removed = ledger.removed + excluded.removed`,
		c.origins, c.classes, c.committed, c.merged, c.superseded, c.concurrent, c.clockSkew, c.removed)
}

func queueConflicts(b *pgx.Batch, conflicts []state.Conflict) {
	if len(conflicts) == 0 {
		return
	}
	var (
		classes, keys, reasons []string
		fields                 []*string
		lost, won              registers
	)
	for i := range conflicts {
		c := &conflicts[i]
		var field *string
		if c.Name != "" {
			field = &c.Name
		}
		classes, keys, fields = append(classes, c.Class.String()), append(keys, c.Key), append(fields, field)
		reasons = append(reasons, c.Verdict.String())
		lost.put(c.Loser)
		won.put(c.Winner)
	}
	b.Queue(`insert into conflicts (class, key, field, reason,
			lost_value, lost_stamp, lost_origin, lost_seq, lost_ordinal,
			won_value, won_stamp, won_origin, won_seq, won_ordinal)
		select unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]),
			unnest($5::text[]), unnest($6::bigint[]), unnest($7::text[]), unnest($8::bigint[]), unnest($9::bigint[]),
			unnest($10::text[]), unnest($11::bigint[]), unnest($12::text[]), unnest($13::bigint[]), unnest($14::bigint[])`,
		classes, keys, fields, reasons,
		lost.values, lost.stamps, lost.origins, lost.seqs, lost.ordinals,
		won.values, won.stamps, won.origins, won.seqs, won.ordinals)
}

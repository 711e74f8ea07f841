package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
)

// Log reads the log of origin from entry from on, at most maxBytes but at least
// one entry if there is any. region.ErrTrimmed: it no longer goes back that far.
func (s *Store) Log(ctx context.Context, self, log crdt.Origin, from uint64, maxBytes int) ([]region.Record, error) {
	rows, err := s.pool.Query(ctx, logQuery(self == log), logArgs(self == log, log, from, maxBytes)...)
	if err != nil {
		return nil, unavailable("read the log", err)
	}
	records, err := pgx.CollectRows(rows, scanRecord)
	if err != nil {
		return nil, unavailable("read the log", err)
	}
	if len(records) > 0 && records[0].Seq != from {
		return nil, fmt.Errorf("%w: %s starts at %d, asked from %d", region.ErrTrimmed, log, records[0].Seq, from)
	}
	return records, nil
}

// logQuery reads entries from $1 on, as long as those before them on the page take
// less than $2 bytes. The lengths are known without reading the payloads.
func logQuery(own bool) string {
	table := "inbox where origin = $3 and"
	if own {
		table = "outbox where"
	}
	return `select seq, payload from (
			select seq, payload, sum(octet_length(payload)) over (order by seq) - octet_length(payload) as before
			  from (select seq, payload from ` + table + ` seq >= $1 order by seq limit 1000) candidates
		) page where before < greatest($2, 1) order by seq`
}

func logArgs(own bool, log crdt.Origin, from uint64, maxBytes int) []any {
	if own {
		return []any{from, maxBytes}
	}
	return []any{from, maxBytes, log.String()}
}

func scanRecord(row pgx.CollectableRow) (r region.Record, err error) {
	err = row.Scan(&r.Seq, &r.Payload)
	return r, err
}

// Oldest is the first entry that the outbox holds, or one after the head if it
// holds none.
func (s *Store) Oldest(ctx context.Context) (seq uint64, err error) {
	err = s.pool.QueryRow(ctx, "select coalesce((select min(seq) from outbox), (select seq + 1 from log_head))").Scan(&seq)
	if err != nil {
		return 0, unavailable("find the oldest entry of the outbox", err)
	}
	return seq, nil
}

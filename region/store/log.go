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
	rows, err := s.pool.Query(ctx, logQuery(self == log), logArgs(self, log, from)...)
	if err != nil {
		return nil, unavailable("read the log", err)
	}
	records, err := collectLog(rows, maxBytes)
	if err != nil {
		return nil, unavailable("read the log", err)
	}
	if len(records) > 0 && records[0].Seq != from {
		return nil, fmt.Errorf("%w: %s starts at %d, asked from %d", region.ErrTrimmed, log, records[0].Seq, from)
	}
	return records, nil
}

// collectLog takes records until maxBytes are reached, but at least one.
func collectLog(rows pgx.Rows, maxBytes int) ([]region.Record, error) {
	defer rows.Close()
	var records []region.Record
	for (maxBytes > 0 || len(records) == 0) && rows.Next() {
		var r region.Record
		if err := rows.Scan(&r.Seq, &r.Payload); err != nil {
			return nil, err
		}
		records, maxBytes = append(records, r), maxBytes-len(r.Payload)
	}
	rows.Close()
	return records, rows.Err()
}

func logQuery(own bool) string {
	if own {
		return "select seq, payload from outbox where seq >= $1 order by seq limit 1000"
	}
	return "select seq, payload from inbox where seq >= $1 and origin = $2 order by seq limit 1000"
}

func logArgs(self, log crdt.Origin, from uint64) []any {
	if self == log {
		return []any{from}
	}
	return []any{from, log.String()}
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

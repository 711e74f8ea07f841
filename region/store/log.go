package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
)

// Log reads a log from entry from on, at most maxBytes but at least one entry if there
// is any. region.ErrTrimmed: it no longer goes back that far.
func (s *Store) Log(ctx context.Context, log crdt.Origin, from uint64, maxBytes int) ([]region.Record, error) {
	var (
		stored  uint64
		records []region.Record
	)
	// Where the log ends comes first: an entry up to there that is not found is gone.
	batch := &pgx.Batch{}
	batch.Queue("select coalesce(max(stored), 0) from vector where origin = $1", log.String()).
		QueryRow(func(row pgx.Row) error { return row.Scan(&stored) })
	batch.Queue(logQuery, log.String(), from, maxBytes).Query(func(rows pgx.Rows) (err error) {
		records, err = pgx.CollectRows(rows, scanRecord)
		return err
	})
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, unavailable("read the log", err)
	}
	switch {
	case len(records) > 0 && records[0].Seq != from:
		return nil, fmt.Errorf("%w: %s starts at %d, asked from %d", region.ErrTrimmed, log, records[0].Seq, from)
	case len(records) == 0 && from <= stored:
		return nil, fmt.Errorf("%w: nothing is kept of %s up to %d, asked from %d", region.ErrTrimmed, log, stored, from)
	}
	return records, nil
}

// logQuery reads entries of $1 from $2 on, as long as those before them on the page take
// less than $3 bytes. The lengths are known without reading the payloads.
const logQuery = `
	select seq, payload from (
		select seq, payload, sum(octet_length(payload)) over (order by seq) - octet_length(payload) as before
		  from (select seq, payload from entry where origin = $1 and seq >= $2 order by seq limit 1000) candidates
	) page where before < greatest($3, 1) order by seq`

func scanRecord(row pgx.CollectableRow) (r region.Record, err error) {
	err = row.Scan(&r.Seq, &r.Payload)
	return r, err
}

// Oldest is the first entry that is kept of the own log, or one after its head if none
// is.
func (s *Store) Oldest(ctx context.Context) (seq uint64, err error) {
	err = s.pool.QueryRow(ctx, `select coalesce((select min(seq) from entry where origin = v.origin), stored + 1)
		from vector v where own`).Scan(&seq)
	if err != nil {
		return 0, unavailable("find the oldest entry of the own log", err)
	}
	return seq, nil
}

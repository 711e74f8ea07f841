package store

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
)

// Ledger reads the sums of I9, with what is live counted from the rows, in one
// snapshot.
func (s *Store) Ledger(ctx context.Context) ([]region.LedgerRow, error) {
	var ledger []region.LedgerRow
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, wholeTables); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			with live as (
				select 'profile' as class, origin, count(*) as n from profile group by origin
				union all select 'tags', origin, count(*) from tags group by origin
				union all select 'prefs', origin, count(*) from prefs group by origin
				union all select 'handle', origin, count(*) from handle group by origin)
			select l.class, l.origin, committed, coalesce(n, 0) as live, merged, superseded, concurrent, clock_skew, removed
			  from ledger l left join live using (class, origin)
			 order by l.origin, l.class`)
		if err != nil {
			return err
		}
		ledger, err = pgx.CollectRows(rows, pgx.RowToStructByPos[region.LedgerRow])
		return err
	})
	if err != nil {
		return nil, unavailable("read the ledger", err)
	}
	return ledger, nil
}

// Conflicts reads the newest lost writes of this region whose number is below before, at
// most limit.
func (s *Store) Conflicts(ctx context.Context, before int64, limit int) ([]region.Conflict, error) {
	rows, err := s.pool.Query(ctx, `
		select id, at, class, key, coalesce(field, ''), reason,
		       lost_value, lost_stamp, lost_origin, lost_seq, lost_ordinal,
		       won_value, won_stamp, won_origin, won_seq, won_ordinal
		  from conflicts where id < $1 order by id desc limit $2`, before, limit)
	if err != nil {
		return nil, unavailable("read conflicts", err)
	}
	conflicts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (region.Conflict, error) {
		var (
			c         = region.Conflict{ID: region.ConflictID{Region: s.cfg.Region}}
			lost, won *string
		)
		err := row.Scan(&c.ID.Number, &c.At, &c.Class, &c.Key, &c.Field, &c.Reason,
			&lost, &c.Lost.Stamp, &c.Lost.Origin, &c.Lost.Seq, &c.Lost.Ordinal,
			&won, &c.Won.Stamp, &c.Won.Origin, &c.Won.Seq, &c.Won.Ordinal)
		c.Lost.Value, c.Won.Value = valueJSON(c.Class, lost), valueJSON(c.Class, won)
		return c, err
	})
	if err != nil {
		return nil, unavailable("read conflicts", err)
	}
	return conflicts, nil
}

// valueJSON shows a stored value: JSON text as it is, a claimant as a string.
func valueJSON(class string, value *string) json.RawMessage {
	if value == nil {
		return json.RawMessage("null")
	}
	if class != region.Handle.String() {
		return json.RawMessage(*value)
	}
	text, err := json.Marshal(*value)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}

func readVector(ctx context.Context, q querier) (crdt.Vector, error) {
	v := crdt.Vector{}
	rows, err := q.Query(ctx, "select origin, applied from vector")
	if err != nil {
		return v, err
	}
	var (
		name string
		seq  uint64
	)
	_, err = pgx.ForEachRow(rows, []any{&name, &seq}, func() error {
		origin, err := crdt.ParseOrigin(name)
		v[origin] = seq
		return err
	})
	return v, err
}

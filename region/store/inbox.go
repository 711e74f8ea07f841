package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// Inbox reads stored entries of another log from seq from on, on the writer's own
// connection, at most maxBytes but at least one entry if there is any.
func (w *Session) Inbox(ctx context.Context, log crdt.Origin, from uint64, maxBytes int) ([]region.Record, error) {
	rows, err := w.conn.Query(ctx, logQuery, log.String(), from, maxBytes)
	if err != nil {
		return nil, unavailable("read the inbox", err)
	}
	records, err := pgx.CollectRows(rows, scanRecord)
	if err != nil {
		return nil, unavailable("read the inbox", err)
	}
	return records, nil
}

// Tombstones finds removed prefs fields that stable covers and that are not ahead
// of clock, at most limit. An object's last tombstone is left if it has no other
// field: it says that the object exists and is empty.
func (w *Session) Tombstones(ctx context.Context, stable crdt.Vector, clock crdt.Stamp, limit int) (map[state.Member]crdt.Register, error) {
	var (
		origins []string
		seqs    []uint64
	)
	for origin, seq := range stable {
		origins, seqs = append(origins, origin.String()), append(seqs, seq)
	}
	rows, err := w.conn.Query(ctx, `
		select key, field, value, stamp, p.origin, p.seq, ordinal from prefs p
		  join unnest($1::text[], $2::bigint[]) as stable(origin, seq) on p.origin = stable.origin and p.seq <= stable.seq
		 where value is null and stamp <= $3
		   and exists (select from prefs q where q.key = p.key and (q.value is not null or q.field > p.field))
		 order by stamp limit $4`, origins, seqs, clock, limit)
	if err != nil {
		return nil, unavailable("find tombstones", err)
	}
	dead := map[state.Member]crdt.Register{}
	var m state.Member
	r := registerRow{session: w}
	_, err = pgx.ForEachRow(rows, append([]any{&m.Key, &m.Name}, r.columns()...), func() error {
		var cell state.Cell[crdt.Register]
		err := r.put(&cell)
		dead[m] = cell.Was
		return err
	})
	if err != nil {
		return nil, unavailable("find tombstones", err)
	}
	return dead, nil
}

package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// Fill sets every row that rows wants: from memory if a commit of late has left it there,
// and the others by one round trip to the database.
func (w *Session) Fill(ctx context.Context, rows *state.Rows) error {
	batch := &pgx.Batch{}
	w.fillRegisters(batch, `select key, value, stamp, origin, seq, ordinal from profile where key = any($1)`, w.hot.profile.fill(rows.Profile), rows.Profile)
	w.fillRegisters(batch, `select name, claimant, stamp, origin, seq, ordinal from handle where name = any($1)`, slices.Collect(maps.Keys(rows.Handle)), rows.Handle)
	w.fillCounters(batch, rows.Counter)
	w.fillTags(batch, rows.Tags)
	w.fillPrefs(batch, rows.Prefs)
	w.fillOnce(batch, rows.Once)
	if batch.Len() > 0 {
		if err := w.conn.SendBatch(ctx, batch).Close(); err != nil {
			return unavailable("read the rows of a group", err)
		}
	}
	cloneCounters(rows.Counter)
	return nil
}

func (w *Session) fillRegisters(b *pgx.Batch, query string, keys []string, cells map[string]*state.Cell[crdt.Register]) {
	if len(keys) == 0 {
		return
	}
	b.Queue(query, keys).Query(func(rows pgx.Rows) error {
		var key string
		r := registerRow{session: w}
		_, err := pgx.ForEachRow(rows, append([]any{&key}, r.columns()...), func() error {
			return r.put(cells[key])
		})
		return err
	})
}

func (w *Session) fillPrefs(b *pgx.Batch, cells map[state.Member]*state.Cell[crdt.Register]) {
	members := w.hot.prefs.fill(cells)
	if len(members) == 0 {
		return
	}
	keys, fields := split(members)
	b.Queue(`select p.* from unnest($1::text[], $2::text[]) as want(key, field) cross join lateral (
		select key, field, value, stamp, origin, seq, ordinal from prefs
		 where prefs.key = want.key and prefs.field = want.field offset 0) p`, keys, fields).Query(func(rows pgx.Rows) error {
		var m state.Member
		r := registerRow{session: w}
		_, err := pgx.ForEachRow(rows, append([]any{&m.Key, &m.Name}, r.columns()...), func() error {
			return r.put(cells[m])
		})
		return err
	})
}

// registerRow scans the columns that every last-writer-wins row has.
type registerRow struct {
	session *Session
	value   *string
	origin  string
	crdt.Register
}

func (r *registerRow) columns() []any {
	return []any{&r.value, &r.Stamp, &r.origin, &r.Seq, &r.Ordinal}
}

func (r *registerRow) put(cell *state.Cell[crdt.Register]) (err error) {
	r.Origin, err = r.session.origins.parse(r.origin)
	if r.Null = r.value == nil; r.Null {
		r.Value = ""
	} else {
		r.Value = *r.value
	}
	cell.Was, cell.Now = r.Register, r.Register
	return err
}

func (w *Session) fillCounters(b *pgx.Batch, cells map[string]*state.Cell[crdt.Counter]) {
	keys := w.hot.counter.fill(cells)
	if len(keys) == 0 {
		return
	}
	b.Queue(`select key, origin, p, n from counter where key = any($1)`, keys).Query(func(rows pgx.Rows) error {
		var (
			key, name string
			pn        crdt.PN
		)
		_, err := pgx.ForEachRow(rows, []any{&key, &name, &pn.P, &pn.N}, func() error {
			origin, err := w.origins.parse(name)
			cell := cells[key]
			if cell.Was == nil {
				cell.Was = crdt.Counter{}
			}
			cell.Was[origin] = pn
			return err
		})
		return err
	})
}

func (w *Session) fillTags(b *pgx.Batch, cells map[state.Member]*state.Cell[crdt.Dots]) {
	members := w.hot.tags.fill(cells)
	if len(members) == 0 {
		return
	}
	keys, tags := split(members)
	b.Queue(`select t.* from unnest($1::text[], $2::text[]) as want(key, tag) cross join lateral (
		select key, tag, origin, ordinal, seq from tags
		 where tags.key = want.key and tags.tag = want.tag offset 0) t`, keys, tags).Query(func(rows pgx.Rows) error {
		var (
			m    state.Member
			name string
			dot  crdt.Dot
		)
		_, err := pgx.ForEachRow(rows, []any{&m.Key, &m.Name, &name, &dot.Ordinal, &dot.Seq}, func() (err error) {
			dot.Origin, err = w.origins.parse(name)
			cell := cells[m]
			cell.Was = append(cell.Was, dot)
			cell.Now = cell.Was[:len(cell.Was):len(cell.Was)]
			return err
		})
		return err
	})
}

func (w *Session) fillOnce(b *pgx.Batch, cells map[string]*state.Cell[state.Answer]) {
	if len(cells) == 0 {
		return
	}
	b.Queue(`select key, hash, outcome, value, vector, position, seq from idempotency where key = any($1)`,
		slices.Collect(maps.Keys(cells))).Query(func(rows pgx.Rows) error {
		var (
			key, value, vector, position string
			hash                         []byte
			outcome                      int16
			seq                          uint64
		)
		_, err := pgx.ForEachRow(rows, []any{&key, &hash, &outcome, &value, &vector, &position, &seq}, func() error {
			a := state.Answer{Hash: region.Checksum(hash), Result: region.Result{Outcome: region.Outcome(outcome), Value: value, Replayed: true}}
			var err error
			if a.Result.Vector, err = crdt.ParseVector(vector); err != nil {
				return fmt.Errorf("idempotency key %q: %w", key, err)
			}
			if position != "" {
				if a.Result.Position.Origin, err = w.origins.parse(position); err != nil {
					return fmt.Errorf("idempotency key %q: %w", key, err)
				}
				a.Result.Position.Seq = seq
			}
			cells[key].Was, cells[key].Now = a, a
			return nil
		})
		return err
	})
}

func split(members []state.Member) (keys, names []string) {
	keys, names = make([]string, len(members)), make([]string, len(members))
	for i, m := range members {
		keys[i], names[i] = m.Key, m.Name
	}
	return keys, names
}

package store

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// Snapshot is the region's whole state at one moment, and how far each log had come in
// it: what another region joins. It belongs to the function that Store.Snapshot calls.
type Snapshot struct {
	Header region.SnapshotHeader

	ctx     context.Context
	tx      pgx.Tx
	origins origins
}

// Snapshot calls use with a snapshot, for as long as use runs. It reads rows as they are
// asked for: its memory does not grow with the state.
func (s *Store) Snapshot(ctx context.Context, use func(*Snapshot) error) error {
	frozen := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	tx, err := s.pool.BeginTx(ctx, frozen)
	if err != nil {
		return unavailable("begin a snapshot", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	snap := &Snapshot{ctx: ctx, tx: tx, origins: origins{}}
	if err := snap.open(s.cfg.Region); err != nil {
		return unavailable("begin a snapshot", err)
	}
	return use(snap)
}

func (s *Snapshot) open(name string) error {
	// An order by sorting would hold the first row back until the last is read.
	if _, err := s.tx.Exec(s.ctx, "set local enable_sort = off"); err != nil {
		return err
	}
	s.Header = region.SnapshotHeader{Donor: name, Logs: map[crdt.Origin]region.Progress{}}
	rows, err := s.tx.Query(s.ctx, `
		select origin, stored, checksum, applied, ordinal from positions
		union all
		select region || case when epoch = 1 then '' else '.' || epoch end, seq, checksum, seq, ordinal from log_head`)
	if err != nil {
		return err
	}
	var (
		log string
		p   region.Progress
		sum []byte
	)
	_, err = pgx.ForEachRow(rows, []any{&log, &p.Stored, &sum, &p.Applied, &p.Ordinal}, func() error {
		origin, err := s.origins.parse(log)
		p.Checksum = region.Checksum(sum)
		s.Header.Logs[origin] = p
		return err
	})
	if err != nil {
		return err
	}
	return s.tx.QueryRow(s.ctx, `select clock, (select coalesce(sum(n_live_tup), 0)::bigint from pg_stat_user_tables
		where relname in ('profile', 'counter', 'tags', 'prefs', 'handle')) from log_head`).Scan(&s.Header.Clock, &s.Header.Rows)
}

// Rows yields the state in the order of state.Row, tombstones included.
func (s *Snapshot) Rows() iter.Seq2[state.Row, error] {
	return func(yield func(state.Row, error) bool) {
		for _, part := range []func(func(state.Row, error) bool) bool{
			s.registers(region.Profile, "select key, '', value, stamp, origin, seq, ordinal from profile order by key"),
			s.counters, s.tags,
			s.registers(region.Prefs, "select key, field, value, stamp, origin, seq, ordinal from prefs order by key, field"),
			s.registers(region.Handle, "select name, '', claimant, stamp, origin, seq, ordinal from handle order by name"),
		} {
			if !part(yield) {
				return
			}
		}
	}
}

func (s *Snapshot) registers(class region.Class, query string) func(func(state.Row, error) bool) bool {
	return func(yield func(state.Row, error) bool) bool {
		var (
			row    = state.Row{Class: class}
			r      = &row.Register
			value  *string
			origin string
		)
		return s.each(query, []any{&row.Key, &row.Name, &value, &r.Stamp, &origin, &r.Seq, &r.Ordinal}, yield, func() (err error) {
			r.Null, r.Value = value == nil, ""
			if value != nil {
				r.Value = *value
			}
			if r.Origin, err = s.origins.parse(origin); err != nil {
				return err
			}
			return send(yield, row)
		})
	}
}

func (s *Snapshot) counters(yield func(state.Row, error) bool) bool {
	var (
		g           = grouped{row: state.Row{Class: region.Counter}, yield: yield}
		key, origin string
		pn          crdt.PN
	)
	done := s.each("select key, origin, p, n from counter order by key, origin", []any{&key, &origin, &pn.P, &pn.N}, yield, func() error {
		if err := g.at(key, ""); err != nil {
			return err
		}
		o, err := s.origins.parse(origin)
		if g.row.Counter == nil {
			g.row.Counter = crdt.Counter{}
		}
		g.row.Counter[o] = pn
		return err
	})
	return done && g.flush() == nil
}

func (s *Snapshot) tags(yield func(state.Row, error) bool) bool {
	var (
		g                = grouped{row: state.Row{Class: region.Tags}, yield: yield}
		key, tag, origin string
		dot              crdt.Dot
	)
	done := s.each("select key, tag, origin, ordinal, seq from tags order by key, tag, origin",
		[]any{&key, &tag, &origin, &dot.Ordinal, &dot.Seq}, yield, func() (err error) {
			if err := g.at(key, tag); err != nil {
				return err
			}
			dot.Origin, err = s.origins.parse(origin)
			g.row.Dots = append(g.row.Dots, dot)
			return err
		})
	return done && g.flush() == nil
}

// Waiting yields the entries of other logs that are stored and not applied.
func (s *Snapshot) Waiting() iter.Seq2[region.Record, error] {
	return func(yield func(region.Record, error) bool) {
		for _, log := range s.Header.Vector().Origins() {
			p := s.Header.Logs[log]
			if p.Stored == p.Applied {
				continue
			}
			rows, err := s.tx.Query(s.ctx, "select seq, payload from entry where origin = $1 and seq > $2 order by seq", log.String(), p.Applied)
			if err != nil {
				yield(region.Record{}, unavailable("read what waits", err))
				return
			}
			var r region.Record
			_, err = pgx.ForEachRow(rows, []any{&r.Seq, &r.Payload}, func() error {
				if !yield(r, nil) {
					return errStopped
				}
				return nil
			})
			if err == errStopped {
				return
			}
			if err != nil {
				yield(region.Record{}, unavailable("read what waits", err))
				return
			}
		}
	}
}

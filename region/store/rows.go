package store

import (
	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region/state"
)

// queueRows writes the rows that changed: one statement per class.
func queueRows(b *pgx.Batch, rows *state.Rows) {
	queueProfile(b, rows.Profile)
	queueHandle(b, rows.Handle)
	queuePrefs(b, rows.Prefs)
	queueCounters(b, rows.Counter)
	queueTags(b, rows.Tags)
	queueOnce(b, rows.Once)
}

// registers collects last-writer-wins rows as columns.
type registers struct {
	keys, fields, origins []string
	values                []*string
	stamps                []int64
	seqs, ordinals        []uint64
}

func (c *registers) add(key, field string, cell *state.Cell[crdt.Register]) {
	r := cell.Now
	if r.Meta == cell.Was.Meta {
		return
	}
	c.keys, c.fields = append(c.keys, key), append(c.fields, field)
	c.put(r)
}

func (c *registers) put(r crdt.Register) {
	c.values, c.stamps = append(c.values, nullable(r)), append(c.stamps, int64(r.Stamp))
	c.origins, c.seqs, c.ordinals = append(c.origins, r.Origin.String()), append(c.seqs, r.Seq), append(c.ordinals, r.Ordinal)
}

func queueProfile(b *pgx.Batch, cells map[string]*state.Cell[crdt.Register]) {
	var c registers
	for key, cell := range cells {
		c.add(key, "", cell)
	}
	if len(c.keys) > 0 {
		b.Queue(`insert into profile (key, value, stamp, origin, seq, ordinal)
			select unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::text[]), unnest($5::bigint[]), unnest($6::bigint[])
			on conflict (key) do update set value = excluded.value, stamp = excluded.stamp,
				origin = excluded.origin, seq = excluded.seq, ordinal = excluded.ordinal`,
			c.keys, c.values, c.stamps, c.origins, c.seqs, c.ordinals)
	}
}

func queueHandle(b *pgx.Batch, cells map[string]*state.Cell[crdt.Register]) {
	var c registers
	for name, cell := range cells {
		c.add(name, "", cell)
	}
	if len(c.keys) > 0 {
		b.Queue(`insert into handle (name, claimant, stamp, origin, seq, ordinal)
			select unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::text[]), unnest($5::bigint[]), unnest($6::bigint[])
			on conflict (name) do update set claimant = excluded.claimant, stamp = excluded.stamp,
				origin = excluded.origin, seq = excluded.seq, ordinal = excluded.ordinal`,
			c.keys, c.values, c.stamps, c.origins, c.seqs, c.ordinals)
	}
}

// queuePrefs deletes by physical address: a join of the table with the rows to delete could
// be planned the wrong way round.
func queuePrefs(b *pgx.Batch, cells map[state.Member]*state.Cell[crdt.Register]) {
	var c, gone registers
	for m, cell := range cells {
		if cell.Now.Empty() {
			gone.add(m.Key, m.Name, cell)
		} else {
			c.add(m.Key, m.Name, cell)
		}
	}
	if len(gone.keys) > 0 {
		b.Queue(`delete from prefs where ctid = any(array(
			select p.ctid from unnest($1::text[], $2::text[]) as gone(key, field) cross join lateral (
				select ctid from prefs where prefs.key = gone.key and prefs.field = gone.field offset 0) p))`, gone.keys, gone.fields)
	}
	if len(c.keys) > 0 {
		b.Queue(`insert into prefs (key, field, value, stamp, origin, seq, ordinal)
			select unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::text[]), unnest($6::bigint[]), unnest($7::bigint[])
			on conflict (key, field) do update set value = excluded.value, stamp = excluded.stamp,
				origin = excluded.origin, seq = excluded.seq, ordinal = excluded.ordinal`,
			c.keys, c.fields, c.values, c.stamps, c.origins, c.seqs, c.ordinals)
	}
}

func queueCounters(b *pgx.Batch, cells map[string]*state.Cell[crdt.Counter]) {
	var (
		keys, origins []string
		ps, ns        []int64
	)
	for key, cell := range cells {
		for origin, pn := range cell.Now {
			if pn == cell.Was[origin] {
				continue
			}
			keys, origins = append(keys, key), append(origins, origin.String())
			ps, ns = append(ps, pn.P), append(ns, pn.N)
		}
	}
	if len(keys) > 0 {
		b.Queue(`insert into counter (key, origin, p, n)
			select unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::bigint[])
			on conflict (key, origin) do update set p = excluded.p, n = excluded.n`, keys, origins, ps, ns)
	}
}

// queueTags writes the difference between the dots as read and as they are now.
// An origin has at most one dot per tag: its own adds always replace it.
func queueTags(b *pgx.Batch, cells map[state.Member]*state.Cell[crdt.Dots]) {
	var put, gone struct {
		keys, tags, origins []string
		ordinals, seqs      []uint64
	}
	for m, cell := range cells {
		now := make(map[crdt.Origin]crdt.Dot, len(cell.Now))
		for _, d := range cell.Now {
			now[d.Origin] = d
		}
		for _, d := range cell.Was {
			if n, stays := now[d.Origin]; !stays {
				gone.keys, gone.tags, gone.origins = append(gone.keys, m.Key), append(gone.tags, m.Name), append(gone.origins, d.Origin.String())
			} else if n == d {
				delete(now, d.Origin)
			}
		}
		for _, d := range now {
			put.keys, put.tags, put.origins = append(put.keys, m.Key), append(put.tags, m.Name), append(put.origins, d.Origin.String())
			put.ordinals, put.seqs = append(put.ordinals, d.Ordinal), append(put.seqs, d.Seq)
		}
	}
	if len(gone.keys) > 0 {
		b.Queue(`delete from tags where ctid = any(array(
			select t.ctid from unnest($1::text[], $2::text[], $3::text[]) as gone(key, tag, origin) cross join lateral (
				select ctid from tags where tags.key = gone.key and tags.tag = gone.tag and tags.origin = gone.origin offset 0) t))`,
			gone.keys, gone.tags, gone.origins)
	}
	if len(put.keys) > 0 {
		b.Queue(`insert into tags (key, tag, origin, ordinal, seq)
			select unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::bigint[])
			on conflict (key, tag, origin) do update set ordinal = excluded.ordinal, seq = excluded.seq`,
			put.keys, put.tags, put.origins, put.ordinals, put.seqs)
	}
}

func queueOnce(b *pgx.Batch, cells map[string]*state.Cell[state.Answer]) {
	for key, cell := range cells {
		if cell.Was.Used() || !cell.Now.Used() {
			continue
		}
		r, origin := cell.Now.Result, ""
		if r.Position.Seq != 0 {
			origin = r.Position.Origin.String()
		}
		b.Queue(`insert into idempotency (key, hash, outcome, value, vector, position, seq) values ($1, $2, $3, $4, $5, $6, $7)`,
			key, cell.Now.Hash[:], int16(r.Outcome), r.Value, r.Vector.String(), origin, r.Position.Seq)
	}
}

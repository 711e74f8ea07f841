package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// Commit is everything one transaction of the writer changes.
type Commit struct {
	Entry     *region.Entry // of the own log, encoded; nil if this is a merge or made no event
	Clock     crdt.Stamp
	Inbox     []*region.Entry                 // entries stored, applied or not
	Positions map[crdt.Origin]region.Progress // the logs that moved
	Rows      *state.Rows
	Account   *state.Account
}

// entries are those that c adds to the logs.
func (c *Commit) entries() []*region.Entry {
	if c.Entry == nil {
		return c.Inbox
	}
	return append([]*region.Entry{c.Entry}, c.Inbox...)
}

// Commit writes c in one transaction and one round trip. It returns once that is
// durable (I1). Its errors: region.ErrFenced, ErrUnknownOutcome, or, with nothing
// changed, what the database refused.
func (w *Session) Commit(ctx context.Context, c *Commit) error {
	if err := w.extendLogs(ctx, c); err != nil {
		return err
	}
	next := w.head
	next.Clock = c.Clock
	next.Cycle++
	if c.Entry != nil {
		next.Head = region.Head{Seq: c.Entry.Seq, Ordinal: c.Entry.LastOrdinal(), Checksum: c.Entry.Checksum}
	}
	// A pipeline up to its one Sync is a transaction, so no BEGIN and no COMMIT. Columns go
	// as arrays, which are unnested in the list of what is selected: those in a FROM clause
	// Postgres would first copy to a tuple store each.
	batch := &pgx.Batch{}
	w.queueHead(batch, next)
	queueRows(batch, c.Rows)
	queueAccount(batch, c.Account)
	queueEntries(batch, c.entries())
	queuePositions(batch, c.Positions)
	w.hot.begin(c.Rows)
	if err := commitError(w.conn.SendBatch(ctx, batch).Close()); err != nil {
		if errors.Is(err, ErrUnknownOutcome) || errors.Is(err, region.ErrFenced) {
			w.forget() // any row may be another by now
		} else {
			w.hot.end(false)
		}
		return err
	}
	w.hot.end(true)
	w.head = next
	for origin, p := range c.Positions {
		w.positions[origin] = p
	}
	return nil
}

// queueHead moves the log's head on to next, from the cycle that this session knows (I12).
func (w *Session) queueHead(b *pgx.Batch, next Head) {
	b.Queue("select advance_head($1, $2, $3, $4, $5, $6, $7)",
		w.head.Origin.Epoch, w.head.Cycle, [16]byte(w.writer), next.Seq, next.Ordinal, next.Checksum[:], next.Clock)
}

func queueEntries(b *pgx.Batch, entries []*region.Entry) {
	switch len(entries) {
	case 0:
		return
	case 1: // the own log's: half the price
		e := entries[0]
		b.Queue(`insert into entry (origin, seq, first_ordinal, events, committed_at, payload) values ($1, $2, $3, $4, $5, $6)`,
			e.Origin.String(), e.Seq, e.FirstOrdinal, len(e.Events), e.CommittedAt, e.Payload)
		return
	}
	var in struct {
		origin       []string
		seq, ordinal []uint64
		events       []int
		at           []time.Time
		payload      [][]byte
	}
	for _, e := range entries {
		in.origin, in.seq = append(in.origin, e.Origin.String()), append(in.seq, e.Seq)
		in.ordinal, in.events = append(in.ordinal, e.FirstOrdinal), append(in.events, len(e.Events))
		in.at, in.payload = append(in.at, e.CommittedAt), append(in.payload, e.Payload)
	}
	b.Queue(`insert into entry (origin, seq, first_ordinal, events, committed_at, payload)
		select unnest($1::text[]), unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::int[]), unnest($5::timestamptz[]), unnest($6::bytea[])`,
		in.origin, in.seq, in.ordinal, in.events, in.at, in.payload)
}

func queuePositions(b *pgx.Batch, positions map[crdt.Origin]region.Progress) {
	if len(positions) == 0 {
		return
	}
	var c struct {
		origins                  []string
		stored, applied, ordinal []uint64
		checksums                [][]byte
	}
	for origin, p := range positions {
		c.origins, c.checksums = append(c.origins, origin.String()), append(c.checksums, p.Checksum[:])
		c.stored, c.applied, c.ordinal = append(c.stored, p.Stored), append(c.applied, p.Applied), append(c.ordinal, p.Ordinal)
	}
	b.Queue(`insert into positions (origin, stored, checksum, applied, ordinal)
		select unnest($1::text[]), unnest($2::bigint[]), unnest($3::bytea[]), unnest($4::bigint[]), unnest($5::bigint[])
		on conflict (origin) do update set stored = excluded.stored, checksum = excluded.checksum,
			applied = excluded.applied, ordinal = excluded.ordinal`,
		c.origins, c.stored, c.checksums, c.applied, c.ordinal)
}

func nullable(r crdt.Register) *string {
	if r.Null {
		return nil
	}
	return &r.Value
}

// extendLogs makes room for what c adds to the logs.
func (w *Session) extendLogs(ctx context.Context, c *Commit) error {
	if err := w.refresh(ctx); err != nil {
		return err
	}
	for _, e := range c.entries() {
		if err := w.extend(ctx, e.Origin, e.Seq); err != nil {
			return err
		}
	}
	return nil
}

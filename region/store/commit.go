package store

import (
	"context"
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
	// A pipeline up to its one Sync is a transaction, so no BEGIN and no COMMIT.
	batch := &pgx.Batch{}
	w.queueHead(batch, next)
	queueRows(batch, c.Rows)
	queueAccount(batch, c.Account)
	queueEntries(batch, c.entries())
	queuePositions(batch, c.Positions)
	if err := w.conn.SendBatch(ctx, batch).Close(); err != nil {
		return commitError(err)
	}
	w.head = next
	w.hot.keep(c.Rows)
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
	if len(entries) == 0 {
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
		select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::int[], $5::timestamptz[], $6::bytea[])`,
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
		select * from unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[])
		on conflict (origin) do update set stored = excluded.stored, checksum = excluded.checksum,
			applied = excluded.applied, ordinal = excluded.ordinal`,
		c.origins, c.stored, c.checksums, c.applied, c.ordinal)
}

// queueAccount books what the merges of this transaction ended (I9).
func queueAccount(b *pgx.Batch, a *state.Account) {
	queueTallies(b, a.Tallies)
	for i := range a.Conflicts {
		queueConflict(b, &a.Conflicts[i])
	}
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
		select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
		on conflict (origin, class) do update set
			committed = ledger.committed + excluded.committed, merged = ledger.merged + excluded.merged,
			superseded = ledger.superseded + excluded.superseded, concurrent = ledger.concurrent + excluded.concurrent,
			clock_skew = ledger.clock_skew + excluded.clock_skew, removed = ledger.removed + excluded.removed`,
		c.origins, c.classes, c.committed, c.merged, c.superseded, c.concurrent, c.clockSkew, c.removed)
}

func queueConflict(b *pgx.Batch, c *state.Conflict) {
	var field *string
	if c.Name != "" {
		field = &c.Name
	}
	lost, won := c.Loser, c.Winner
	b.Queue(`insert into conflicts (class, key, field, reason,
			lost_value, lost_stamp, lost_origin, lost_seq, lost_ordinal,
			won_value, won_stamp, won_origin, won_seq, won_ordinal)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		c.Class.String(), c.Key, field, c.Verdict.String(),
		nullable(lost), lost.Stamp, lost.Origin.String(), lost.Seq, lost.Ordinal,
		nullable(won), won.Stamp, won.Origin.String(), won.Seq, won.Ordinal)
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

package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// Join is the one transaction that takes in another region's snapshot: either all of it
// is there afterwards, with the positions that go with it, or nothing. Its error is of
// the database, whatever ended the join.
type Join struct {
	session *Session
	tx      pgx.Tx
	added   map[string]uint64 // partitions, as Session.partitions
}

// BeginJoin starts a join. It must end with Commit or Rollback before the session does
// anything else.
func (w *Session) BeginJoin(ctx context.Context) (*Join, error) {
	if err := w.refresh(ctx); err != nil {
		return nil, err
	}
	tx, err := w.conn.Begin(ctx)
	if err != nil {
		return nil, unavailable("begin a join", err)
	}
	w.forget() // a join may change any row
	j := &Join{session: w, tx: tx, added: map[string]uint64{}}
	batch := &pgx.Batch{}
	batch.Queue(wholeTables)
	w.queueHead(batch, w.head)
	if err := j.send(ctx, batch); err != nil {
		_ = tx.Rollback(ctx)
		return nil, err
	}
	return j, nil
}

// Rollback drops what was not committed. After Commit it does nothing.
func (j *Join) Rollback(ctx context.Context) { _ = j.tx.Rollback(ctx) }

// Rows writes rows, and books what that ends.
func (j *Join) Rows(ctx context.Context, rows *state.Rows, account *state.Account) error {
	batch := &pgx.Batch{}
	queueRows(batch, rows)
	queueAccount(batch, account)
	return j.send(ctx, batch)
}

// Inbox stores entries of other logs that are not there yet.
func (j *Join) Inbox(ctx context.Context, entries []*region.Entry) error {
	for _, e := range entries {
		if err := j.makeRoom(ctx, e.Origin, e.Seq); err != nil {
			return commitError(err)
		}
	}
	batch := &pgx.Batch{}
	queueEntries(batch, entries)
	return j.send(ctx, batch)
}

func (j *Join) send(ctx context.Context, batch *pgx.Batch) error {
	if batch.Len() == 0 {
		return nil
	}
	return commitError(j.tx.SendBatch(ctx, batch).Close())
}

// makeRoom is Session.extend within the transaction.
func (j *Join) makeRoom(ctx context.Context, log crdt.Origin, seq uint64) error {
	table := logTable(log)
	end, exists := j.added[table]
	if !exists {
		end, exists = j.session.partitions[table]
	}
	if seq < end {
		return nil
	}
	j.added[table] = j.session.endOfPartition(seq)
	return j.session.addPartition(ctx, j.tx, log, seq, !exists)
}

// Commit moves the positions of logs on and ends the join. The sums of this region's
// former logs are made to agree with the rows that are left (I9): what is gone was
// replaced by writes of which the snapshot does not say what they had seen, and counts
// as superseded; what came back was committed before.
func (j *Join) Commit(ctx context.Context, logs map[crdt.Origin]region.Progress, clock crdt.Stamp) error {
	w := j.session
	batch := &pgx.Batch{}
	queueGaps(batch, w.positions, logs)
	queuePositions(batch, logs)
	batch.Queue("update log_head set clock = $1", clock)
	batch.Queue(balance, w.ownLogs(logs))
	if err := j.send(ctx, batch); err != nil {
		return err
	}
	if err := j.tx.Commit(ctx); err != nil {
		return commitError(err)
	}
	w.head.Cycle++
	w.head.Clock = clock
	for log, p := range logs {
		w.positions[log] = p
	}
	for table, end := range j.added {
		w.partitions[table] = end
	}
	return nil
}

// queueGaps drops what the inbox has of a log before entries that were not fetched, since
// the snapshot covers them: whoever reads the log here would not find its continuation.
func queueGaps(b *pgx.Batch, from, to map[crdt.Origin]region.Progress) {
	for log, p := range to {
		if stored := from[log].Stored; p.Applied > stored && stored > 0 {
			b.Queue("delete from entry where origin = $1 and seq <= $2", log.String(), stored)
		}
	}
}

// ownLogs names every log of this region, the present one first.
func (w *Session) ownLogs(logs map[crdt.Origin]region.Progress) []string {
	names := []string{w.head.Origin.String()}
	for _, known := range []map[crdt.Origin]region.Progress{w.positions, logs} {
		for log := range known {
			if log.Region == w.head.Origin.Region {
				names = append(names, log.String())
			}
		}
	}
	return names
}

const balance = `
	with live as (
		select 'profile' as class, origin, count(*) as n from profile where origin = any($1) group by origin
		union all select 'tags', origin, count(*) from tags where origin = any($1) group by origin
		union all select 'prefs', origin, count(*) from prefs where origin = any($1) group by origin
		union all select 'handle', origin, count(*) from handle where origin = any($1) group by origin),
	booked as (
		select class, origin, committed - merged - superseded - concurrent - clock_skew - removed as n
		  from ledger where origin = any($1)),
	gone as (
		select origin, class, coalesce(booked.n, 0) - coalesce(live.n, 0) as n from booked full join live using (origin, class))
	insert into ledger (origin, class, committed, superseded)
	select origin, class, greatest(-n, 0), greatest(n, 0) from gone where n <> 0
	on conflict (origin, class) do update set
		committed = ledger.committed + excluded.committed, superseded = ledger.superseded + excluded.superseded`

// Joined is how far a log has come once a snapshot in which it had come to theirs is
// joined. region.ErrFork: they are two logs of one name (I14).
func Joined(log crdt.Origin, ours, theirs region.Progress) (region.Progress, error) {
	if ours.Stored == theirs.Stored && ours.Stored > 0 && ours.Checksum != theirs.Checksum {
		return ours, fmt.Errorf("%w: %s up to %d has checksum %s here and %s there", region.ErrFork, log, ours.Stored, ours.Checksum, theirs.Checksum)
	}
	if theirs.Applied > ours.Applied {
		ours.Applied, ours.Ordinal = theirs.Applied, theirs.Ordinal
	}
	if theirs.Stored > ours.Stored {
		ours.Stored, ours.Checksum = theirs.Stored, theirs.Checksum
	}
	return ours, nil
}

package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
)

// identity is which database this is: the cluster, its timeline, and the objects
// within it. A dump that is restored, a standby that is promoted and a database that is
// made from a template differ in one of them. A file copy of a whole cluster does not.
const identity = `(select system_identifier from pg_control_system())
	|| '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
	|| '/' || (select oid from pg_database where datname = current_database())
	|| '/' || 'log_head'::regclass::oid`

// identify compares the database with what it said it was when its log was begun. One
// that was never opened says it now.
func (w *Session) identify(ctx context.Context) error {
	var was, is string
	if err := w.conn.QueryRow(ctx, "select identity, "+identity+" from log_head").Scan(&was, &is); err != nil {
		return unavailable("identify the database", err)
	}
	if was == "" {
		if _, err := w.conn.Exec(ctx, "update log_head set identity = $1", is); err != nil {
			return unavailable("identify the database", err)
		}
		was = is
	}
	if was != is {
		w.moved = fmt.Sprintf("the log was begun in database %s and this is %s", was, is)
	}
	return nil
}

// Moved says why this cannot be the database that the log was begun in; "" if it may
// be.
func (w *Session) Moved() string { return w.moved }

// BeginEpoch ends the own log where it is, and begins the next one of this region: the
// old one is from now on a log like any other's, kept in the inbox (I4) and completed
// by whoever holds more of it (I14). Its errors are those of Commit.
func (w *Session) BeginEpoch(ctx context.Context, epoch uint32) error {
	old := w.head.Origin
	if epoch <= old.Epoch {
		return fmt.Errorf("begin epoch %d: the log is at %d", epoch, old.Epoch)
	}
	parts, err := w.moveRoom(ctx, old)
	if err != nil {
		return fmt.Errorf("make room for %s in the inbox: %w", old, err)
	}
	if err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error { return w.turn(ctx, tx, epoch, parts) }); err != nil {
		return commitError(err)
	}
	if w.head.Seq > 0 {
		w.positions[old] = w.ended()
	}
	w.head = Head{Origin: crdt.Origin{Region: old.Region, Epoch: epoch}, Clock: w.head.Clock, Cycle: w.head.Cycle + 1}
	w.partitions[outboxTable], w.moved = 0, ""
	return nil
}

// ended is the own log as one that does not grow any more.
func (w *Session) ended() region.Progress {
	h := w.head
	return region.Progress{Stored: h.Seq, Checksum: h.Checksum, Applied: h.Seq, Ordinal: h.Ordinal}
}

// moveRoom adds the partitions of the inbox that the outbox's entries go to, and lists
// those of the outbox.
func (w *Session) moveRoom(ctx context.Context, old crdt.Origin) ([]partition, error) {
	all, err := partitionNames(ctx, w.conn)
	if err != nil {
		return nil, unavailable("list the logs' partitions", err)
	}
	var parts []partition
	for _, p := range all {
		if p.table == outboxTable {
			parts = append(parts, p)
		}
	}
	slices.SortFunc(parts, func(a, b partition) int { return cmp.Compare(a.first, b.first) })
	if w.head.Seq == 0 {
		return parts, nil
	}
	for _, p := range parts {
		if err := w.extendInbox(ctx, old, p.first); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// turn is the transaction of BeginEpoch.
func (w *Session) turn(ctx context.Context, tx pgx.Tx, epoch uint32, outbox []partition) error {
	h := w.head
	if _, err := tx.Exec(ctx, "select advance_head($1, $2, $3, $4, $5, $6, $7)",
		h.Origin.Epoch, h.Cycle, w.writer, h.Seq, h.Ordinal, h.Checksum[:], h.Clock); err != nil {
		return err
	}
	if h.Seq > 0 {
		batch := &pgx.Batch{}
		queuePositions(batch, map[crdt.Origin]region.Progress{h.Origin: w.ended()})
		batch.Queue(`insert into inbox (origin, seq, first_ordinal, events, committed_at, payload)
			select $1, seq, first_ordinal, events, committed_at, payload from outbox`, h.Origin.String())
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
	}
	for _, p := range outbox {
		if _, err := tx.Exec(ctx, "drop table "+p.name); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "update log_head set epoch = $1, seq = 0, ordinal = 0, checksum = $2, identity = "+identity,
		epoch, make([]byte, len(h.Checksum)))
	return err
}

// Own reads one entry of the own log; ok is false if it is not there, or not any more.
func (w *Session) Own(ctx context.Context, seq uint64) (r region.Record, ok bool, err error) {
	err = w.conn.QueryRow(ctx, "select seq, payload from outbox where seq = $1", seq).Scan(&r.Seq, &r.Payload)
	if errors.Is(err, pgx.ErrNoRows) {
		return region.Record{}, false, nil
	}
	if err != nil {
		return region.Record{}, false, unavailable("read an entry of the own log", err)
	}
	return r, true, nil
}

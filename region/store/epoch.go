package store

import (
	"context"
	"errors"
	"fmt"
	"maps"

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

// Doubt is what the database says of itself.
func (w *Session) Doubt() region.Doubt { return w.doubt }

// SetDoubt has the database say it. One that is an older copy forgets which peers were
// de-registered: they may have been taken back since. It returns region.ErrFenced if another
// process has written since.
func (w *Session) SetDoubt(ctx context.Context, d region.Doubt) error {
	tag, err := w.conn.Exec(ctx, `with peers as (update peer set registered = true where $4)
		update log_head set doubt = $1 where epoch = $2 and cycle = $3`, d, w.head.Origin.Epoch, w.head.Cycle, d == region.Older)
	switch {
	case err != nil:
		return unavailable("keep the doubt", err)
	case tag.RowsAffected() == 0:
		return fmt.Errorf("keep the doubt: %w", region.ErrFenced)
	}
	w.doubt = d
	return nil
}

// BeginEpoch ends the own log where it is, and begins the next one of this region, with
// the doubt that is left, in one transaction: the old one is from now on a log like any other's, kept (I4) and
// completed by whoever holds more of it (I14). Its entries stay where they are, so that
// takes no longer for a long log, and waits for no reader. Its errors are those of Commit.
func (w *Session) BeginEpoch(ctx context.Context, epoch uint32, doubt region.Doubt) error {
	old := w.head
	if epoch <= old.Origin.Epoch {
		return fmt.Errorf("begin epoch %d: the log is at %d", epoch, old.Origin.Epoch)
	}
	ended := map[crdt.Origin]region.Progress{}
	if old.Seq > 0 {
		ended[old.Origin] = region.Progress{Stored: old.Seq, Checksum: old.Checksum, Applied: old.Seq, Ordinal: old.Ordinal}
	}
	next := Head{Origin: crdt.Origin{Region: old.Origin.Region, Epoch: epoch}, Clock: old.Clock, Cycle: old.Cycle + 1}
	batch := &pgx.Batch{}
	w.queueHead(batch, old)
	queuePositions(batch, ended)
	batch.Queue("update log_head set epoch = $1, seq = 0, ordinal = 0, checksum = $2, doubt = $3, identity = "+identity,
		epoch, next.Checksum[:], doubt)
	if err := w.conn.SendBatch(ctx, batch).Close(); err != nil {
		return commitError(err)
	}
	maps.Copy(w.positions, ended)
	w.head, w.moved, w.doubt = next, "", doubt
	return nil
}

// Sum is the checksum of a log up to an entry; ok is false if that is not there, or not
// any more.
func (w *Session) Sum(ctx context.Context, log crdt.Origin, seq uint64) (sum region.Checksum, ok bool, err error) {
	var payload []byte
	err = w.conn.QueryRow(ctx, "select payload from entry where origin = $1 and seq = $2", log.String(), seq).Scan(&payload)
	if errors.Is(err, pgx.ErrNoRows) {
		return sum, false, nil
	}
	if err != nil {
		return sum, false, unavailable("read an entry of a log", err)
	}
	e, err := region.Decode(payload)
	if err != nil {
		return sum, false, fmt.Errorf("entry %d of %s: %w", seq, log, err)
	}
	return e.Checksum, true, nil
}

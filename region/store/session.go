package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
)

// lockKey names the region's writer lock. The database holds one region.
const lockKey = 0x70616e676561 // "pangea"

// Head is the end of this region's own log, with what only its writer needs.
type Head struct {
	Origin crdt.Origin
	region.Head
	Clock crdt.Stamp
	Cycle int64 // transactions of the writer so far
}

// Session is the writer's hold on the database: one connection with the lock. It is
// not safe for concurrent use.
type Session struct {
	store  *Store
	conn   *pgx.Conn
	writer uuid.UUID // this session, as log_head names it

	head       Head
	positions  map[crdt.Origin]region.Progress
	partitions map[string]uint64 // end of the last partition, by table of a log
	dropped    int64             // Store.dropped, when they were loaded
	origins    origins
	hot        *hotRows
	last       uuid.UUID // the session that wrote before this one
	moved      string    // why this is not the database that the log was begun in
	doubt      region.Doubt
}

// Acquire opens a session: it takes the region's lock, brings the schema up to
// date and reads head and positions. It waits at most patience for the lock, which
// a dead process's backend holds until its last transaction has ended; then it
// returns region.ErrFenced, naming who has it.
func (s *Store) Acquire(ctx context.Context, patience time.Duration) (*Session, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return nil, unavailable("connect the writer", err)
	}
	useColumns(conn.TypeMap())
	w := &Session{store: s, conn: conn, writer: uuid.New(), origins: origins{}, hot: newHotRows()}
	if err := w.open(ctx, patience); err != nil {
		w.Close()
		return nil, err
	}
	s.hot.Store(w.hot)
	return w, nil
}

func (w *Session) open(ctx context.Context, patience time.Duration) error {
	if err := w.lock(ctx, patience); err != nil {
		return err
	}
	if err := migrateSchema(ctx, w.conn); err != nil {
		return err
	}
	// After the migrations, each of which ends with RESET ALL.
	if _, err := w.conn.Exec(ctx, "set lock_timeout = '2s'"); err != nil {
		return unavailable("set lock_timeout", err)
	}
	if err := w.loadHead(ctx); err != nil {
		return err
	}
	if err := w.identify(ctx); err != nil {
		return err
	}
	if err := w.loadPositions(ctx); err != nil {
		return err
	}
	return w.loadPartitions(ctx)
}

func (w *Session) lock(ctx context.Context, patience time.Duration) error {
	if _, err := w.conn.Exec(ctx, fmt.Sprintf("set lock_timeout = %d", patience.Milliseconds())); err != nil {
		return unavailable("set lock_timeout", err)
	}
	_, err := w.conn.Exec(ctx, "select pg_advisory_lock($1)", int64(lockKey))
	if lockTimedOut(err) {
		var pid int
		var who string
		_ = w.conn.QueryRow(ctx, `select l.pid, a.application_name from pg_locks l join pg_stat_activity a using (pid)
			where l.locktype = 'advisory' and l.granted`).Scan(&pid, &who)
		return fmt.Errorf("%w: %s (database process %d) holds the lock for more than %s; stop it first",
			region.ErrFenced, who, pid, patience)
	}
	if err != nil {
		return unavailable("take the region's lock", err)
	}
	return nil
}

// forget makes the session forget all rows, and readers those that they had from it.
func (w *Session) forget() {
	known := w.hot
	w.hot = newHotRows()
	w.store.hot.CompareAndSwap(known, w.hot)
}

// Close ends the session and with it the lock.
func (w *Session) Close() {
	w.forget() // another process may write from now on
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = w.conn.Close(ctx)
}

// Head is the end of the own log as of the last commit of this session.
func (w *Session) Head() Head { return w.head }

// Positions are those of the other logs. The map is the session's own: read only.
func (w *Session) Positions() map[crdt.Origin]region.Progress { return w.positions }

// LastWriter is the session that had written last when this one began.
func (w *Session) LastWriter() uuid.UUID { return w.last }

// ID names this session for Wrote.
func (w *Session) ID() uuid.UUID { return w.writer }

// Wrote reports whether the commit that session id was making on top of head is in
// the database. This session, opened later, holds the lock, so the answer is final.
// Where others have written since, it can no longer be told: ErrUnknownOutcome.
func (w *Session) Wrote(ctx context.Context, id uuid.UUID, head Head) (bool, error) {
	if w.head.Origin != head.Origin || w.head.Cycle > head.Cycle+1 {
		return false, ErrUnknownOutcome
	}
	var last uuid.UUID
	if err := w.conn.QueryRow(ctx, "select writer from log_head").Scan(&last); err != nil {
		return false, unavailable("read who wrote last", err)
	}
	return last == id && w.head.Cycle == head.Cycle+1, nil
}

// Ping shows that the database answers and that the lock is still held.
func (w *Session) Ping(ctx context.Context) error {
	if err := w.conn.Ping(ctx); err != nil {
		return unavailable("ping", err)
	}
	return nil
}

// loadHead reads the head, or writes the first one of a new database, which may be in the
// place of one that was lost: it says so until it is known.
func (w *Session) loadHead(ctx context.Context) error {
	const query = "select region, epoch, seq, ordinal, checksum, clock, cycle, writer, doubt from log_head"
	var sum []byte
	h := &w.head
	scan := func() error {
		return w.conn.QueryRow(ctx, query).Scan(&h.Origin.Region, &h.Origin.Epoch, &h.Seq, &h.Ordinal, &sum, &h.Clock, &h.Cycle, &w.last, &w.doubt)
	}
	err := scan()
	if errors.Is(err, pgx.ErrNoRows) {
		_, err = w.conn.Exec(ctx, `insert into log_head (region, epoch, seq, ordinal, checksum, clock, cycle, writer, doubt)
			values ($1, 1, 0, 0, $2, 0, 0, $3, $4)`, w.store.cfg.Region, make([]byte, len(h.Checksum)), w.writer, region.Empty)
		if err == nil {
			err = scan()
		}
	}
	if err != nil {
		return unavailable("read the log's head", err)
	}
	if h.Origin.Region != w.store.cfg.Region {
		return fmt.Errorf("%w: it is %s's, this process is %s", ErrOtherRegion, h.Origin.Region, w.store.cfg.Region)
	}
	h.Checksum = region.Checksum(sum)
	return nil
}

func (w *Session) loadPositions(ctx context.Context) error {
	w.positions = map[crdt.Origin]region.Progress{}
	rows, err := w.conn.Query(ctx, "select origin, stored, checksum, applied, ordinal from positions")
	if err != nil {
		return unavailable("read positions", err)
	}
	var (
		name string
		p    region.Progress
		sum  []byte
	)
	_, err = pgx.ForEachRow(rows, []any{&name, &p.Stored, &sum, &p.Applied, &p.Ordinal}, func() error {
		origin, err := w.origins.parse(name)
		p.Checksum = region.Checksum(sum)
		w.positions[origin] = p
		return err
	})
	if err != nil {
		return unavailable("read positions", err)
	}
	return nil
}

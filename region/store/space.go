package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
)

// Floors is the first entry of each log that can be read here: one after the last if
// none can.
func (s *Store) Floors(ctx context.Context) (crdt.Vector, error) {
	// The ends come first: what is stored meanwhile follows them, found or not.
	floors, err := s.ends(ctx)
	if err != nil {
		return nil, unavailable("read where the logs end", err)
	}
	parts, err := partitions(ctx, s.pool)
	if err != nil {
		return nil, unavailable("list the logs' partitions", err)
	}
	first := map[string]partition{}
	for _, p := range parts {
		if _, ok := first[p.table]; !ok {
			first[p.table] = p
		}
	}
	for log := range floors {
		p, ok := first[logTable(log)]
		if !ok {
			continue
		}
		if floors[log], err = s.lowest(ctx, log, p, floors[log]); err != nil {
			return nil, unavailable("find where a log begins", err)
		}
	}
	return floors, nil
}

// lowest is the first entry of a log, of which first is the first partition; end if it
// has none. To plan a query of all partitions takes longer than to run it, so they are
// asked only after a join has emptied the first.
func (s *Store) lowest(ctx context.Context, log crdt.Origin, first partition, end uint64) (uint64, error) {
	for _, table := range []string{first.name, first.table} {
		var seq *uint64
		if err := s.pool.QueryRow(ctx, "select min(seq) from "+table+" where origin = $1", log.String()).Scan(&seq); err != nil {
			return 0, err
		}
		if seq != nil {
			return *seq, nil
		}
	}
	return end, nil
}

// ends is one after the last entry stored of each log.
func (s *Store) ends(ctx context.Context) (crdt.Vector, error) {
	rows, err := s.pool.Query(ctx, "select origin, stored + 1 from vector")
	if err != nil {
		return nil, err
	}
	ends := crdt.Vector{}
	var (
		name string
		next uint64
	)
	_, err = pgx.ForEachRow(rows, []any{&name, &next}, func() error {
		log, err := crdt.ParseOrigin(name)
		ends[log] = next
		return err
	})
	return ends, err
}

// Counts are the rows of the tables that are collected by row.
type Counts struct {
	Conflicts   int64 // the ids that they span
	Idempotency int64
	Tombstones  int64
}

// countedRows is how far rows are counted one by one. What is beyond is estimated, as
// of the last vacuum.
const countedRows = 10_000

// Counts tells how many rows there are, without reading them all.
func (s *Store) Counts(ctx context.Context) (c Counts, err error) {
	about := func(index, rows string) string {
		return fmt.Sprintf(`(select case when n < %[1]d then n
			else greatest(n, (select reltuples::bigint from pg_class where oid = '%[2]s'::regclass)) end
			from (select count(*) as n from (select %[3]s limit %[1]d) as few) as counted)`, countedRows, index, rows)
	}
	query := `select (select coalesce(max(id) - min(id) + 1, 0) from conflicts), ` +
		about("idempotency_at", "from idempotency order by at") + ", " +
		about("prefs_tombstones", "from prefs where value is null order by stamp")
	if err := s.pool.QueryRow(ctx, query).Scan(&c.Conflicts, &c.Idempotency, &c.Tombstones); err != nil {
		return c, unavailable("count rows", err)
	}
	return c, nil
}

// Sizes are what the database takes on its disk, in bytes.
type Sizes struct {
	Database int64 // tables and indexes, the logs among them
	WAL      int64 // its write-ahead log; -1 if the database's role may not look
	Written  int64 // to the write-ahead log, since the cluster was made
}

// Sizes measures the database.
func (s *Store) Sizes(ctx context.Context) (z Sizes, err error) {
	var mayLook bool
	err = s.pool.QueryRow(ctx, `select pg_database_size(current_database()), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
		has_function_privilege('pg_ls_waldir()', 'execute')`).Scan(&z.Database, &z.Written, &mayLook)
	z.WAL = -1
	if err == nil && mayLook {
		err = s.pool.QueryRow(ctx, "select coalesce(sum(size), 0)::bigint from pg_ls_waldir()").Scan(&z.WAL)
	}
	if err != nil {
		return Sizes{}, unavailable("measure the database", err)
	}
	return z, nil
}

// Forget deletes idempotency keys older than age, at most limit at once.
func (s *Store) Forget(ctx context.Context, age time.Duration, limit int64) (int64, error) {
	tag, err := s.pool.Exec(ctx, `delete from idempotency where ctid = any(array(
		select ctid from idempotency where at < clock_timestamp() - $1::interval order by at limit $2))`, age, limit)
	if err != nil {
		return 0, unavailable("forget old idempotency keys", err)
	}
	return tag.RowsAffected(), nil
}

// Prune deletes all conflicts but the newest keep, at most limit at once. What they
// sum up to stays in the ledger (I9).
func (s *Store) Prune(ctx context.Context, keep, limit int64) (int64, error) {
	tag, err := s.pool.Exec(ctx, `delete from conflicts where ctid = any(array(
		select ctid from conflicts where id <= (select max(id) from conflicts) - $1 order by id limit $2))`, keep, limit)
	if err != nil {
		return 0, unavailable("prune conflicts", err)
	}
	return tag.RowsAffected(), nil
}

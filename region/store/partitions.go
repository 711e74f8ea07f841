package store

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
)

const outboxTable = "outbox"

// inboxTable is the part of the inbox that holds one log. Region names are lower
// case letters and digits, so it needs no quoting.
func inboxTable(o crdt.Origin) string {
	return "inbox_" + strings.ReplaceAll(o.String(), ".", "_e")
}

func logTable(log crdt.Origin, own bool) string {
	if own {
		return outboxTable
	}
	return inboxTable(log)
}

// A log's partitions are named after its table and their first sequence number.
var partitionName = regexp.MustCompile(`^(outbox|inbox_[a-z0-9]+(?:_e\d+)?)_(\d+)$`)

// loadPartitions reads where the last partition of each log ends.
func (w *Session) loadPartitions(ctx context.Context) error {
	w.partitions = map[string]uint64{}
	names, err := partitionNames(ctx, w.conn)
	if err != nil {
		return unavailable("list the logs' partitions", err)
	}
	for _, p := range names {
		w.partitions[p.table] = max(w.partitions[p.table], p.first+w.store.cfg.PartitionEntries)
	}
	return nil
}

type partition struct {
	table string // of the log
	name  string
	first uint64
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func partitionNames(ctx context.Context, q querier) ([]partition, error) {
	rows, err := q.Query(ctx, `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where c.relkind = 'r'`)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	var parts []partition
	for _, name := range names {
		if m := partitionName.FindStringSubmatch(name); m != nil {
			first, err := strconv.ParseUint(m[2], 10, 63)
			if err != nil {
				return nil, fmt.Errorf("partition %s: %w", name, err)
			}
			parts = append(parts, partition{m[1], name, first})
		}
	}
	return parts, nil
}

func (w *Session) extendInbox(ctx context.Context, o crdt.Origin, seq uint64) error {
	table := inboxTable(o)
	if _, exists := w.partitions[table]; !exists {
		if _, err := w.conn.Exec(ctx, createInbox(o)); err != nil {
			return commitError(err)
		}
	}
	return w.extend(ctx, table, seq)
}

// createInbox makes the part of the inbox that holds one log, without its partitions.
func createInbox(o crdt.Origin) string {
	return fmt.Sprintf(`create table if not exists %s partition of inbox for values in ('%s') partition by range (seq)`, inboxTable(o), o)
}

// extend creates the partition that seq falls in, if it is not there. A partition
// is made aside and then attached, which needs no lock that a reader of the log, or
// a dump, would hold up.
func (w *Session) extend(ctx context.Context, table string, seq uint64) error {
	if seq < w.partitions[table] {
		return nil
	}
	err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error { return w.addPartition(ctx, tx, table, seq) })
	if err != nil {
		return commitError(err)
	}
	w.partitions[table] = w.endOfPartition(seq)
	return nil
}

func (w *Session) endOfPartition(seq uint64) uint64 {
	size := w.store.cfg.PartitionEntries
	return seq/size*size + size
}

func (w *Session) addPartition(ctx context.Context, tx pgx.Tx, table string, seq uint64) error {
	end := w.endOfPartition(seq)
	first := end - w.store.cfg.PartitionEntries
	name := fmt.Sprintf("%s_%d", table, first)
	sql := fmt.Sprintf(`
		create table %[1]s (like %[2]s including all, check (seq >= %[3]d and seq < %[4]d));
		alter table %[1]s alter column payload set storage external;
		alter table %[2]s attach partition %[1]s for values from (%[3]d) to (%[4]d)`, name, table, first, end)
	if _, err := tx.Conn().PgConn().Exec(ctx, sql).ReadAll(); err != nil {
		return fmt.Errorf("add partition %s: %w", name, err)
	}
	return nil
}

// DropBelow drops the partitions of a log that hold only entries below keep: those
// that every registered peer has applied (I4). The last partition stays. It gives
// up, to be called again, rather than hold the writer up behind a reader.
func (s *Store) DropBelow(ctx context.Context, log crdt.Origin, own bool, keep uint64) (dropped int, err error) {
	table := logTable(log, own)
	parts, err := partitionNames(ctx, s.pool)
	if err != nil {
		return 0, unavailable("list the logs' partitions", err)
	}
	last := uint64(0)
	for _, p := range parts {
		if p.table == table {
			last = max(last, p.first)
		}
	}
	for _, p := range parts {
		if p.table != table || p.first == last || p.first+s.cfg.PartitionEntries > keep {
			continue
		}
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "set local lock_timeout = '50ms'"); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "drop table "+p.name)
			return err
		})
		if err != nil {
			return dropped, fmt.Errorf("drop partition %s: %w", p.name, err)
		}
		dropped++
	}
	return dropped, nil
}

// LogSize is what a log takes in the database.
func (s *Store) LogSize(ctx context.Context, log crdt.Origin, own bool) (bytes int64, err error) {
	err = s.pool.QueryRow(ctx, `select coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
		from pg_partition_tree(to_regclass($1)) where isleaf`, logTable(log, own)).Scan(&bytes)
	if err != nil {
		return 0, unavailable("measure a log", err)
	}
	return bytes, nil
}

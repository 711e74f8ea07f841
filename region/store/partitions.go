package store

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
)

// logTable is the part of the table of entries that holds one log. Region names are
// lower case letters and digits, so it needs no quoting.
func logTable(log crdt.Origin) string {
	return "entry_" + strings.ReplaceAll(log.String(), ".", "_e")
}

// A log's partitions are named after its table and their first sequence number.
var partitionName = regexp.MustCompile(`^(entry_[a-z0-9]+(?:_e\d+)?)_(\d+)$`)

// loadPartitions reads where the last partition of each log ends.
func (w *Session) loadPartitions(ctx context.Context) error {
	w.partitions, w.dropped = map[string]uint64{}, w.store.dropped.Load()
	parts, err := partitions(ctx, w.conn)
	if err != nil {
		return unavailable("list the logs' partitions", err)
	}
	for _, p := range parts {
		w.partitions[p.table] = p.first + w.store.cfg.PartitionEntries
	}
	return nil
}

// refresh loads the partitions anew if the last one of some log was dropped.
func (w *Session) refresh(ctx context.Context) error {
	if w.dropped == w.store.dropped.Load() {
		return nil
	}
	return w.loadPartitions(ctx)
}

type partition struct {
	table string // of the log
	name  string
	first uint64
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// partitions lists those of every log, each log's in order.
func partitions(ctx context.Context, q querier) ([]partition, error) {
	rows, err := q.Query(ctx, `select relname from pg_inherits join pg_class on oid = inhrelid where relkind = 'r'`)
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
	slices.SortFunc(parts, func(a, b partition) int {
		return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(a.first, b.first))
	})
	return parts, nil
}

// extend creates the partition that an entry falls in, if it is not there.
func (w *Session) extend(ctx context.Context, log crdt.Origin, seq uint64) error {
	table := logTable(log)
	end, exists := w.partitions[table]
	if seq < end {
		return nil
	}
	err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error { return w.addPartition(ctx, tx, log, seq, !exists) })
	if err != nil {
		return fmt.Errorf("make room for entry %d of %s: %w", seq, log, commitError(err))
	}
	w.partitions[table] = w.endOfPartition(seq)
	return nil
}

func (w *Session) endOfPartition(seq uint64) uint64 {
	size := w.store.cfg.PartitionEntries
	return seq/size*size + size
}

// addPartition makes the partition for seq of a log, and the log's part of the table if
// it is the first. Both are made aside and then attached, which needs no lock that a
// reader of the logs, or a dump, would hold up.
func (w *Session) addPartition(ctx context.Context, tx pgx.Tx, log crdt.Origin, seq uint64, isNew bool) error {
	table, end := logTable(log), w.endOfPartition(seq)
	first := end - w.store.cfg.PartitionEntries
	sql := fmt.Sprintf(`
		create table %[1]s_%[2]d (like entry including all, check (seq >= %[2]d and seq < %[3]d));
		alter table %[1]s attach partition %[1]s_%[2]d for values from (%[2]d) to (%[3]d)`, table, first, end)
	if isNew {
		sql = fmt.Sprintf(`
			create table %[1]s (like entry including all) partition by range (seq);
			alter table entry attach partition %[1]s for values in ('%[2]s');`, table, log) + sql
	}
	if _, err := tx.Conn().PgConn().Exec(ctx, sql).ReadAll(); err != nil {
		return fmt.Errorf("add partition %s_%d: %w", table, first, err)
	}
	return nil
}

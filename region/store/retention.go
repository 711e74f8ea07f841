package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
)

// DropBelow drops the partitions of a log that hold only entries below keep: those
// that every registered peer has applied (I4). The last one stays, unless the log has
// ended and keep is beyond what is stored of it. It gives up, to be called again, rather
// than hold the writer up behind a reader; what is left has no hole.
func (s *Store) DropBelow(ctx context.Context, log crdt.Origin, keep uint64, ended bool) (dropped int, err error) {
	parts, err := partitions(ctx, s.pool)
	if err != nil {
		return 0, unavailable("list the logs' partitions", err)
	}
	parts = slices.DeleteFunc(parts, func(p partition) bool { return p.table != logTable(log) })
	if len(parts) == 0 {
		return 0, nil
	}
	for _, p := range parts[:len(parts)-1] {
		if p.first+s.cfg.PartitionEntries > keep {
			return dropped, nil
		}
		if err := s.drop(ctx, p.name); err != nil {
			return dropped, err
		}
		dropped++
	}
	if !ended {
		return dropped, nil
	}
	gone, err := s.dropLog(ctx, log, keep)
	if gone {
		dropped++
	}
	return dropped, err
}

// dropLog drops all of a log that has ended, if nothing that is stored is to be kept.
func (s *Store) dropLog(ctx context.Context, log crdt.Origin, keep uint64) (dropped bool, err error) {
	var done bool
	err = s.pool.QueryRow(ctx, "select exists (select from positions where origin = $1 and stored < $2)", log.String(), keep).Scan(&done)
	if err != nil {
		return false, unavailable("read where a log has ended", err)
	}
	if !done {
		return false, nil
	}
	if err := s.drop(ctx, logTable(log)); err != nil {
		return false, err
	}
	// Whoever comes back may still know more of the log. A commit of it that is under way
	// is refused; the next finds out what is there.
	s.dropped.Add(1)
	return true, nil
}

func (s *Store) drop(ctx context.Context, table string) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local lock_timeout = '50ms'"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "drop table "+table)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop %s: %w", table, err)
	}
	return nil
}

// LogSize is what a log takes in the database.
func (s *Store) LogSize(ctx context.Context, log crdt.Origin) (bytes int64, err error) {
	err = s.pool.QueryRow(ctx, `select coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
		from pg_partition_tree(to_regclass($1)) where isleaf`, logTable(log)).Scan(&bytes)
	if err != nil {
		return 0, unavailable("measure a log", err)
	}
	return bytes, nil
}

package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
)

// Profile reads a register; ok is false if it was never written.
func (s *Store) Profile(ctx context.Context, key string) (value string, ok bool, err error) {
	err = s.pool.QueryRow(ctx, "select value from profile where key = $1", key).Scan(&value)
	return found(value, err, "read a profile")
}

// Counter reads a counter's value as a decimal number; one never changed is 0.
func (s *Store) Counter(ctx context.Context, key string) (value string, err error) {
	err = s.pool.QueryRow(ctx, "select coalesce(sum(p - n), 0)::text from counter where key = $1", key).Scan(&value)
	if err != nil {
		return "", unavailable("read a counter", err)
	}
	return value, nil
}

// Tags reads a set, sorted bytewise.
func (s *Store) Tags(ctx context.Context, key string) ([]string, error) {
	rows, err := s.pool.Query(ctx, "select distinct tag from tags where key = $1 order by tag", key)
	if err != nil {
		return nil, unavailable("read tags", err)
	}
	tags, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, unavailable("read tags", err)
	}
	return tags, nil
}

// Prefs reads the fields of an object, sorted by name. ok is false if none was
// ever set; an object whose fields were all removed is empty.
func (s *Store) Prefs(ctx context.Context, key string) (fields []region.Field, ok bool, err error) {
	rows, err := s.pool.Query(ctx, "select field, coalesce(value, ''), value is null from prefs where key = $1 order by field", key)
	if err != nil {
		return nil, false, unavailable("read prefs", err)
	}
	var f region.Field
	_, err = pgx.ForEachRow(rows, []any{&f.Name, &f.Value, &f.Null}, func() error {
		ok = true
		if !f.Null {
			fields = append(fields, f)
		}
		return nil
	})
	if err != nil {
		return nil, false, unavailable("read prefs", err)
	}
	return fields, ok, nil
}

// Handle reads who holds a handle ("" if it was released) and the entry that says
// so; ok is false if it was never claimed.
func (s *Store) Handle(ctx context.Context, name string) (claimant string, at region.Position, ok bool, err error) {
	var origin string
	err = s.pool.QueryRow(ctx, "select coalesce(claimant, ''), origin, seq from handle where name = $1", name).Scan(&claimant, &origin, &at.Seq)
	if _, ok, err = found("", err, "read a handle"); !ok || err != nil {
		return "", at, false, err
	}
	if at.Origin, err = crdt.ParseOrigin(origin); err != nil {
		return "", at, false, unavailable("read a handle", err)
	}
	return claimant, at, true, nil
}

func found(value string, err error, what string) (string, bool, error) {
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, unavailable(what, err)
	default:
		return value, true, nil
	}
}

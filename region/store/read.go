package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
)

// classes are the reads of each class.
type classes struct {
	profile reads[string]
	counter reads[string]
	tags    reads[[]string]
	prefs   reads[[]region.Field] // tombstones included
	handle  reads[holding]
}

// holding is who holds a handle, "" if it was released, and the entry that says so.
type holding struct {
	claimant string
	at       region.Position
}

func (s *Store) readers() *classes {
	return &classes{
		profile: reads[string]{load: s.loadProfiles},
		counter: reads[string]{load: s.loadCounters},
		tags:    reads[[]string]{load: s.loadTags},
		prefs:   reads[[]region.Field]{load: s.loadPrefs},
		handle:  reads[holding]{load: s.loadHandles},
	}
}

// Profile reads a register; ok is false if it was never written.
func (s *Store) Profile(ctx context.Context, key string) (value string, ok bool, err error) {
	if row, known := s.hot.Load().profile.read(key); known {
		return row.Value, !row.Empty(), nil
	}
	return s.classes.profile.get(ctx, key)
}

// Counter reads a counter's value as a decimal number; one never changed is 0.
func (s *Store) Counter(ctx context.Context, key string) (value string, err error) {
	if row, known := s.hot.Load().counter.read(key); known {
		return row.Value().String(), nil
	}
	value, ok, err := s.classes.counter.get(ctx, key)
	if !ok {
		value = "0"
	}
	return value, err
}

// Tags reads a set, sorted bytewise.
func (s *Store) Tags(ctx context.Context, key string) ([]string, error) {
	tags, _, err := s.classes.tags.get(ctx, key)
	return tags, err
}

// Prefs reads the fields of an object, sorted by name. ok is false if none was
// ever set; an object whose fields were all removed is empty.
func (s *Store) Prefs(ctx context.Context, key string) (fields []region.Field, ok bool, err error) {
	all, ok, err := s.classes.prefs.get(ctx, key)
	for _, f := range all {
		if !f.Null {
			fields = append(fields, f)
		}
	}
	return fields, ok, err
}

// Handle reads who holds a handle ("" if it was released) and the entry that says
// so; ok is false if it was never claimed.
func (s *Store) Handle(ctx context.Context, name string) (claimant string, at region.Position, ok bool, err error) {
	h, ok, err := s.classes.handle.get(ctx, name)
	return h.claimant, h.at, ok, err
}

func (s *Store) loadProfiles(ctx context.Context, keys []string) (map[string]string, error) {
	return loadText(ctx, s, "select key, value from profile where key = any($1)", keys)
}

func (s *Store) loadCounters(ctx context.Context, keys []string) (map[string]string, error) {
	return loadText(ctx, s, "select key, sum(p - n)::text from counter where key = any($1) group by key", keys)
}

func loadText(ctx context.Context, s *Store, query string, keys []string) (map[string]string, error) {
	values := make(map[string]string, len(keys))
	var key, value string
	err := s.each(ctx, query, keys, []any{&key, &value}, func() error {
		values[key] = value
		return nil
	})
	return values, err
}

func (s *Store) loadTags(ctx context.Context, keys []string) (map[string][]string, error) {
	sets := make(map[string][]string, len(keys))
	var key, tag string
	err := s.each(ctx, "select distinct key, tag from tags where key = any($1) order by key, tag", keys, []any{&key, &tag}, func() error {
		sets[key] = append(sets[key], tag)
		return nil
	})
	return sets, err
}

func (s *Store) loadPrefs(ctx context.Context, keys []string) (map[string][]region.Field, error) {
	objects := make(map[string][]region.Field, len(keys))
	var (
		key string
		f   region.Field
	)
	err := s.each(ctx, "select key, field, coalesce(value, ''), value is null from prefs where key = any($1) order by key, field",
		keys, []any{&key, &f.Name, &f.Value, &f.Null}, func() error {
			objects[key] = append(objects[key], f)
			return nil
		})
	return objects, err
}

func (s *Store) loadHandles(ctx context.Context, names []string) (map[string]holding, error) {
	held := make(map[string]holding, len(names))
	var (
		name, origin string
		h            holding
	)
	err := s.each(ctx, "select name, coalesce(claimant, ''), origin, seq from handle where name = any($1)",
		names, []any{&name, &h.claimant, &origin, &h.at.Seq}, func() (err error) {
			h.at.Origin, err = crdt.ParseOrigin(origin)
			held[name] = h
			return err
		})
	return held, err
}

// each runs a query over keys and calls row after each row was scanned.
func (s *Store) each(ctx context.Context, query string, keys []string, scans []any, row func() error) error {
	rows, err := s.pool.Query(ctx, query, keys)
	if err == nil {
		_, err = pgx.ForEachRow(rows, scans, row)
	}
	if err != nil {
		return fmt.Errorf("read rows: %w: %w", region.ErrUnavailable, err)
	}
	return nil
}

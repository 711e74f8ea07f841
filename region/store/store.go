package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/tern/v2/migrate"
)

//go:embed schema/*.sql
var schema embed.FS

// Config says where the database is.
type Config struct {
	// DSN of the database, a URL or keywords, as libpq understands it.
	DSN string

	// PasswordFile is a file that holds nothing but the password, read for each
	// connection. Defaults to what the DSN, or PGPASSFILE, says.
	PasswordFile string

	// Region is whose database it is. A new one is given to it.
	Region string

	// Readers is the number of connections that serve reads.
	//
	// Defaults to 8.
	Readers int32

	// PartitionEntries is the number of entries in one partition of a log.
	//
	// Defaults to 65,536.
	PartitionEntries uint64
}

// Store is one region's database, as its readers see it.
type Store struct {
	cfg  Config
	conn *pgx.ConnConfig
	pool *pgxpool.Pool

	classes *classes
	hot     atomic.Pointer[hotRows] // of the session that is open
	dropped atomic.Int64            // logs that were dropped whole
}

// Open connects the readers. It does not wait for the database: one that is not
// there yet answers each read with region.ErrUnavailable.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Readers == 0 {
		cfg.Readers = 8
	}
	if cfg.PartitionEntries == 0 {
		cfg.PartitionEntries = 1 << 16
	}
	pool, err := cfg.parse()
	if err != nil {
		return nil, err
	}
	pool.MaxConns, pool.MinConns = cfg.Readers, 1
	pool.ConnConfig.ConnectTimeout = 2 * time.Second
	maps.Copy(pool.ConnConfig.RuntimeParams, planning())
	pool.HealthCheckPeriod = 5 * time.Second
	pool.BeforeConnect = cfg.setPassword
	pool.AfterConnect = func(_ context.Context, conn *pgx.Conn) error { useColumns(conn.TypeMap()); return nil }
	s := &Store{cfg: cfg, conn: pool.ConnConfig.Copy()}
	if s.pool, err = pgxpool.NewWithConfig(ctx, pool); err != nil {
		return nil, fmt.Errorf("open the readers' pool: %w", err)
	}
	s.classes = s.readers()
	s.hot.Store(newHotRows())
	return s, nil
}

// wholeTables undoes in a transaction what planning says of indexes. Such a query reads the
// table in its own order either way, but at the price of something forbidden, for which
// Postgres would compile it first (jit).
const wholeTables = "set local enable_seqscan = on"

// planning are the settings of every connection. A statement is planned once, since to plan
// a read costs more than to run it. It then finds its rows by an index, whatever the planner
// believes of the tables: they were empty when it looked. What reads whole tables begins
// with wholeTables.
func planning() map[string]string {
	return map[string]string{"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}
}

// Close ends the readers' connections. Sessions are closed by who acquired them.
func (s *Store) Close() { s.pool.Close() }

// migrateSchema brings the database to this build's schema. The caller holds the
// region's lock, so that one process does it at a time.
func migrateSchema(ctx context.Context, conn *pgx.Conn) error {
	m, err := migrate.NewMigrator(ctx, conn, "schema_version")
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return err
	}
	if err := m.LoadMigrations(files); err != nil {
		return fmt.Errorf("load migrations: %w", err)
	}
	if err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

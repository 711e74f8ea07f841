package mesh

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"

	"pangea/lab/postgres"
	"pangea/region/topology"
)

// node is the Postgres of one region.
type node struct {
	name    string
	address string // host:port
	dsn     string // over its unix socket
	db      *sql.DB
}

func (m *Mesh) open(r topology.Region) (*node, error) {
	dsn, err := m.stack.DSN(r.Name)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("postgres", dsn) // the driver of package postgres
	if err != nil {
		return nil, fmt.Errorf("open node %s: %w", r.Name, err)
	}
	return &node{name: r.Name, address: r.Postgres, dsn: dsn, db: db}, nil
}

// needed is what pglogical asks for in a node, and a connection for each client of pgbench.
// It comes on top of the settings that a region has.
var needed = []string{
	"wal_level = logical",
	"track_commit_timestamp = on",
	"shared_preload_libraries = 'pglogical'",
	"max_worker_processes = 16",
	"max_replication_slots = 16",
	"max_wal_senders = 16",
	"max_connections = 300",
}

// adjust sets what counts from the next start on.
func (n *node) adjust(ctx context.Context) error {
	for _, setting := range needed {
		if err := n.exec(ctx, "ALTER SYSTEM SET "+setting); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) exec(ctx context.Context, statement string, args ...any) error {
	if _, err := n.db.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// reached is how to connect to the database behind an address.
func reached(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("address of a node: %w", err)
	}
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s", host, port, postgres.User, postgres.User), nil
}

func (m *Mesh) node(name string) (*node, error) {
	for _, n := range m.nodes {
		if n.name == name {
			return n, nil
		}
	}
	return nil, fmt.Errorf("the mesh has no node %q", name)
}

// upsert is the one write of this package and of pgbench's scripts.
const upsert = `INSERT INTO profile (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value`

// Put writes a row in a node.
func (m *Mesh) Put(ctx context.Context, name, key, value string) error {
	n, err := m.node(name)
	if err != nil {
		return err
	}
	return n.exec(ctx, upsert, key, value)
}

// Get is the value of a row in a node, empty if it has none.
func (m *Mesh) Get(ctx context.Context, name, key string) (string, error) {
	n, err := m.node(name)
	if err != nil {
		return "", err
	}
	var value string
	err = n.db.QueryRowContext(ctx, `SELECT value FROM profile WHERE key = $1`, key).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read %s of node %s: %w", key, name, err)
	}
	return value, nil
}

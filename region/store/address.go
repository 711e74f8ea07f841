package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// parse reads a connection string. Its error shows nothing of that: no rule finds each
// password in a text that is not one.
func (c Config) parse() (*pgxpool.Config, error) {
	pool, err := pgxpool.ParseConfig(c.DSN)
	if err != nil {
		return nil, errors.New("the database's address is no connection string that libpq would understand: check -postgres, or postgres in topology.yaml, and the files that it names")
	}
	params := pool.ConnConfig.RuntimeParams
	params["application_name"] = cmp.Or(params["application_name"], "region-"+c.Region)
	return pool, nil
}

// setPassword reads the password anew for each connection, so that it can be changed
// under a running region. Without a file of its own it is the DSN's, or that of
// PGPASSFILE.
func (c Config) setPassword(_ context.Context, conn *pgx.ConnConfig) error {
	if c.PasswordFile == "" {
		return nil
	}
	text, err := os.ReadFile(c.PasswordFile)
	if err != nil {
		return fmt.Errorf("read the database's password: %w", err)
	}
	conn.Password = strings.TrimRight(string(text), "\r\n")
	return nil
}

// keepalive has the server end the session of a writer whose machine or network is gone
// without a word, and with it the region's lock, within 11 s instead of two hours. A Unix
// socket ignores it.
func keepalive() map[string]string {
	return map[string]string{
		"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3",
		"tcp_user_timeout": "11000", // for an answer that nobody takes
	}
}

// connect opens a connection of its own, for the writer.
func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	conn := s.conn.Copy()
	maps.Copy(conn.RuntimeParams, keepalive())
	if err := s.cfg.setPassword(ctx, conn); err != nil {
		return nil, err
	}
	return pgx.ConnectConfig(ctx, conn)
}

// Address is where the database is, for people: without a password.
func (s *Store) Address() string {
	return fmt.Sprintf("%s@%s:%d/%s", s.conn.User, s.conn.Host, s.conn.Port, s.conn.Database)
}

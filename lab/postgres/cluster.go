package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// User is the superuser of every cluster, and the name of its first database.
const User = "pangea"

// Config describes one cluster.
type Config struct {
	// Dir is the data directory. Its parent must be reachable for the server's
	// account: see Place.
	Dir string
	// Address is the host and port to listen on.
	Address string
	// PidFile and LogFile are for Start. Default to Dir with .pid and .log added.
	PidFile, LogFile string
	// MaxConnections bounds the clients. Defaults to 60.
	MaxConnections int
}

func (c Config) withDefaults() Config {
	c.PidFile = cmp.Or(c.PidFile, c.Dir+".pid")
	c.LogFile = cmp.Or(c.LogFile, c.Dir+".log")
	c.MaxConnections = cmp.Or(c.MaxConnections, 60)
	return c
}

// Cluster is a data directory and the postmaster that may run on it.
type Cluster struct {
	cfg   Config
	bin   Binaries
	acct  account
	guard *guard // of a temporary cluster
}

// New returns the cluster of cfg, run by bin. It touches nothing.
func New(cfg Config, bin Binaries) (*Cluster, error) {
	acct, err := serverAccount()
	if err != nil {
		return nil, err
	}
	if cfg.Dir, err = filepath.Abs(cfg.Dir); err != nil {
		return nil, fmt.Errorf("path of data directory: %w", err)
	}
	if _, _, err := net.SplitHostPort(cfg.Address); err != nil {
		return nil, fmt.Errorf("postgres address: %w", err)
	}
	return &Cluster{cfg: cfg.withDefaults(), bin: bin, acct: acct}, nil
}

// DSN is the connection string of a database of the cluster, over its unix socket.
func (c *Cluster) DSN(database string) string {
	_, port, _ := net.SplitHostPort(c.cfg.Address) // New checked it
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable", c.socketDir(), port, User, database)
}

// Dir is the data directory.
func (c *Cluster) Dir() string { return c.cfg.Dir }

// Init makes the data directory with an empty database pangea, unless it is there.
// One that was cut off half-way is made anew.
func (c *Cluster) Init(ctx context.Context) error {
	written, err := os.ReadFile(filepath.Join(c.cfg.Dir, "PG_VERSION"))
	if err == nil {
		return c.checkVersion(strings.TrimSpace(string(written)))
	}
	fresh := c.cfg.Dir + ".new"
	if err := errors.Join(os.RemoveAll(c.cfg.Dir), os.RemoveAll(fresh), c.acct.own(fresh)); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	err = runQuietly(c.program(ctx, "initdb", "-D", fresh, "-U", User, "-E", "UTF8", "--locale=C", "--auth=trust"))
	if err != nil {
		return err
	}
	create := c.program(ctx, "postgres", "--single", "-D", fresh, "postgres")
	create.Stdin = strings.NewReader("CREATE DATABASE " + User + "\n")
	if err := runQuietly(create); err != nil {
		return err
	}
	return os.Rename(fresh, c.cfg.Dir)
}

func (c *Cluster) checkVersion(written string) error {
	if written == strconv.Itoa(c.bin.Version) {
		return nil
	}
	return fmt.Errorf("the data in %s was written by PostgreSQL %s and %s is version %d: set PANGEA_PG_BIN to the old one's bin directory, or delete the data with `go tool task clean`",
		c.cfg.Dir, written, c.bin.Dir, c.bin.Version)
}

// Prepare does all that must precede a start: Init, settings, and the removal of
// what a killed postmaster left. The caller knows that none is running.
func (c *Cluster) Prepare(ctx context.Context) error {
	if err := c.Init(ctx); err != nil {
		return err
	}
	text, err := c.settingsText(ctx)
	if err != nil {
		return err
	}
	for name, content := range map[string]string{"postgresql.conf": text, "pg_hba.conf": access} {
		if err := os.WriteFile(filepath.Join(c.cfg.Dir, name), []byte(content), 0o600); err != nil {
			return fmt.Errorf("write settings: %w", err)
		}
	}
	// Postgres itself takes a pid file for live when any process of the same user,
	// such as another region's postmaster, has that pid by now.
	if err := os.Remove(filepath.Join(c.cfg.Dir, "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove stale postmaster.pid: %w", err)
	}
	if err := os.RemoveAll(c.socketDir()); err != nil {
		return fmt.Errorf("remove stale socket: %w", err)
	}
	return c.acct.own(c.socketDir())
}

// Command is the postmaster, to be started after Prepare. It logs to stderr.
func (c *Cluster) Command() *exec.Cmd {
	return c.program(context.Background(), "postgres", "-D", c.cfg.Dir)
}

func (c *Cluster) program(ctx context.Context, name string, args ...string) *exec.Cmd {
	return c.acct.command(ctx, c.bin.Path(name), args...)
}

// maxSocketPath is what a unix socket's path may have on every system.
const maxSocketPath = 103

// socketDir is beside the data, which is closed to others, unless that makes too
// long a path.
func (c *Cluster) socketDir() string {
	dir := c.cfg.Dir + ".socket"
	if len(dir)+len("/.s.PGSQL.65535") <= maxSocketPath {
		return dir
	}
	sum := sha256.Sum256([]byte(c.cfg.Dir))
	return filepath.Join("/tmp", "pangea-"+hex.EncodeToString(sum[:6]))
}

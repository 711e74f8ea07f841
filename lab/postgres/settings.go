package postgres

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// settings is the whole postgresql.conf: written anew at each start, so that a
// cluster made by an older checkout runs with today's.
const settings = `# Written by Pangea at every start: changes are lost.
listen_addresses = '%[1]s'
port = %[2]s
unix_socket_directories = '%[3]s'
max_connections = %[4]d

# I1: an acknowledged write is on disk.
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = replica

# One short group commit after another, on a machine shared by three regions.
shared_buffers = 256MB
wal_buffers = 16MB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = %[5]s
default_toast_compression = %[6]s
jit = off
track_io_timing = off

# The outbox and inbox are deleted from all the time.
autovacuum_vacuum_scale_factor = 0.02
vacuum_cost_limit = 2000

# A region that hangs or vanishes must not hold its locks for long.
idle_in_transaction_session_timeout = 60s
tcp_keepalives_idle = 10
tcp_keepalives_interval = 2
tcp_keepalives_count = 3

timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.english'
log_line_prefix = '%%m [%%p] '
log_checkpoints = off
`

// access is the whole pg_hba.conf: no passwords, and nobody from elsewhere.
const access = `# Written by Pangea at every start: changes are lost.
local all all trust
host  all all 127.0.0.1/32 trust
`

// settingsText fills in the settings; lz4 only where this build of Postgres has it.
func (c *Cluster) settingsText(ctx context.Context) (string, error) {
	host, port, err := net.SplitHostPort(c.cfg.Address)
	if err != nil {
		return "", fmt.Errorf("postgres address: %w", err)
	}
	wal, toast := "pglz", "pglz"
	if c.supports(ctx, "wal_compression", "lz4") {
		wal = "lz4"
	}
	if c.supports(ctx, "default_toast_compression", "lz4") {
		toast = "lz4"
	}
	quoted := strings.ReplaceAll(c.socketDir(), "'", "''")
	return fmt.Sprintf(settings, host, port, quoted, c.cfg.MaxConnections, wal, toast), nil
}

// supports asks the server to print the setting as it would be with that value.
func (c *Cluster) supports(ctx context.Context, name, value string) bool {
	return c.program(ctx, "postgres", "-D", c.cfg.Dir, "-c", name+"="+value, "-C", name).Run() == nil
}

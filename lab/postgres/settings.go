package postgres

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"strings"
)

// settings say where a cluster is, and what its build can do. With tuning they are the whole
// postgresql.conf: written anew at each start, so that a cluster made by an older
// checkout runs with today's.
const settings = `# Written by Pangea at every start: changes are lost.
listen_addresses = '%[1]s'
port = %[2]s
unix_socket_directories = '%[3]s'
max_connections = %[4]d
wal_compression = %[5]s
default_toast_compression = %[6]s
# What a killed server leaves of it goes with its data.
dynamic_shared_memory_type = mmap

`

// tuning is what every cluster of Pangea has, in a container too.
//
//go:embed tuning.conf
var tuning string

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
	return fmt.Sprintf(settings, host, port, quoted, c.cfg.MaxConnections, wal, toast) + tuning, nil
}

// supports asks the server to print the setting as it would be with that value.
func (c *Cluster) supports(ctx context.Context, name, value string) bool {
	return c.program(ctx, "postgres", "-D", c.cfg.Dir, "-c", name+"="+value, "-C", name).Run() == nil
}

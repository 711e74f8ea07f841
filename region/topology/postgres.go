package topology

import (
	"fmt"
	"strings"
)

// DSN is the connection string of the region's database. If topology.yaml has only its
// address, user and database are pangea, and the connection is not encrypted.
func (r Region) DSN() string {
	if isDSN(r.Postgres) {
		return r.Postgres
	}
	return fmt.Sprintf("postgres://pangea@%s/pangea?sslmode=disable", r.Postgres)
}

// isDSN tells a connection string, a URL or keywords with values, from host:port.
func isDSN(s string) bool { return strings.Contains(s, "://") || strings.Contains(s, "=") }

// withoutUser is what may be shown of an address that was written wrong: a password
// may stand before its @.
func withoutUser(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

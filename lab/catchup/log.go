package catchup

import (
	"context"
	"database/sql"
	"fmt"
)

// log is one region's log, as the database of each region has it.
type log struct {
	origin    string
	databases map[string]*sql.DB
}

// reach is how far a log has been applied.
type reach struct{ entries, events uint64 }

func openLog(origin string, regions []string, open Database) (*log, error) {
	l := &log{origin: origin, databases: map[string]*sql.DB{}}
	for _, region := range regions {
		db, err := open(region)
		if err != nil {
			l.close()
			return nil, err
		}
		l.databases[region] = db
	}
	return l, nil
}

func (l *log) close() {
	for _, db := range l.databases {
		_ = db.Close() // nothing was written
	}
}

// reached sums up all epochs of a log: us, us.2 and so on.
const reached = `SELECT coalesce(sum(applied), 0), coalesce(sum(writes), 0) FROM vector WHERE split_part(origin, '.', 1) = $1`

// in is how far the log has come in a region.
func (l *log) in(ctx context.Context, region string) (r reach, err error) {
	if err := l.databases[region].QueryRowContext(ctx, reached, l.origin).Scan(&r.entries, &r.events); err != nil {
		return reach{}, fmt.Errorf("read how far the log of %s is in %s: %w", l.origin, region, err)
	}
	return r, nil
}

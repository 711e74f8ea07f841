package meter

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"pangea/gen/client"
	"pangea/lab/stack"
)

// sample is what was counted up to one moment. What could not be had is not in it.
type sample struct {
	at   time.Time
	uses map[string]use  // by process
	told map[string]told // by region
	wal  map[string]uint64
}

// sampler asks every source of a stack. It is used by one goroutine.
type sampler struct {
	stack     *stack.Stack
	account   *account
	regions   map[string]*client.Client
	databases map[string]*sql.DB
}

func newSampler(s *stack.Stack) (*sampler, error) {
	out := &sampler{stack: s, account: newAccount(), regions: map[string]*client.Client{}, databases: map[string]*sql.DB{}}
	for _, r := range s.Topology().Regions {
		var err error
		if out.regions[r.Name], err = client.New("http://"+r.HTTP, askWithin); err != nil {
			return nil, err
		}
		if out.databases[r.Name], err = s.Database(r.Name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *sampler) close() {
	for name, c := range s.regions {
		c.Close()
		_ = s.databases[name].Close()
	}
}

// look asks all at once, so that one that hangs delays no other.
func (s *sampler) look(ctx context.Context, added map[int32]string) sample {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	one := sample{at: time.Now(), told: map[string]told{}, wal: map[string]uint64{}}
	var mu sync.Mutex
	var asking sync.WaitGroup
	for name := range s.regions {
		asking.Go(func() {
			told, err := ask(s.regions[name])
			wal, walErr := walPosition(ctx, s.databases[name])
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				one.told[name] = told
			}
			if walErr == nil {
				one.wal[name] = wal
			}
		})
	}
	one.uses, _ = s.uses(ctx, added) // none at all, if processes cannot be listed
	asking.Wait()
	return one
}

func (s *sampler) uses(ctx context.Context, added map[int32]string) (map[string]use, error) {
	pids, err := s.stack.Pids()
	if err != nil {
		return nil, err
	}
	parts := map[int32]string{}
	for pid, name := range added {
		parts[pid] = name
	}
	for name, pid := range pids {
		parts[int32(pid)] = name
	}
	return s.account.look(ctx, parts)
}

// walPosition is how many bytes of WAL a database has written since it was made.
func walPosition(ctx context.Context, db *sql.DB) (uint64, error) {
	var position int64
	err := db.QueryRowContext(ctx, "SELECT (pg_current_wal_lsn() - '0/0')::bigint").Scan(&position)
	if err != nil {
		return 0, fmt.Errorf("WAL position: %w", err)
	}
	return uint64(position), nil
}

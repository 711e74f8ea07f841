package meter

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	"pangea/gen/client"
	"pangea/region/topology"
)

// sample is what was counted up to one moment. What could not be had is not in it.
type sample struct {
	at   time.Time
	uses map[string]use  // by process
	told map[string]told // by region
	wal  map[string]uint64
}

// sampler asks every source. It is used by one goroutine.
type sampler struct {
	parts     Parts
	pids      map[string]int // as they were found last
	account   *account
	regions   map[string]*client.Client
	databases map[string]*sql.DB // none, if nobody asked for WAL
}

func newSampler(cfg Config, world *topology.Topology, parts Parts) (*sampler, error) {
	out := &sampler{parts: parts, account: newAccount(), regions: map[string]*client.Client{}, databases: map[string]*sql.DB{}}
	for _, r := range world.Regions {
		var err error
		if out.regions[r.Name], err = client.New("http://"+r.HTTP, askWithin); err != nil {
			return nil, err
		}
		if cfg.Database == nil {
			continue
		}
		if out.databases[r.Name], err = cfg.Database(r.Name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *sampler) close() {
	for _, c := range s.regions {
		c.Close()
	}
	for _, db := range s.databases {
		_ = db.Close()
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
			if told, err := ask(s.regions[name]); err == nil {
				mu.Lock()
				one.told[name] = told
				mu.Unlock()
			}
		})
	}
	for name, db := range s.databases {
		asking.Go(func() {
			if wal, err := walPosition(ctx, db); err == nil {
				mu.Lock()
				one.wal[name] = wal
				mu.Unlock()
			}
		})
	}
	one.uses, _ = s.uses(ctx, added) // none at all, if processes cannot be listed
	asking.Wait()
	return one
}

func (s *sampler) uses(ctx context.Context, added map[int32]string) (map[string]use, error) {
	if err := s.find(ctx); err != nil {
		return nil, err
	}
	parts := map[int32]string{}
	for pid, name := range added {
		parts[pid] = name
	}
	for name, pid := range s.pids {
		parts[int32(pid)] = name
	}
	return s.account.look(ctx, parts)
}

// find asks for the processes again if one is missing or has ended: it may mean to ask a
// container engine, which takes more of the machine than all else that is asked here.
func (s *sampler) find(ctx context.Context) (err error) {
	complete := len(s.pids) == len(s.parts.PartNames())
	for _, pid := range s.pids {
		there, err := process.PidExistsWithContext(ctx, int32(pid))
		complete = complete && err == nil && there
	}
	if !complete {
		s.pids, err = s.parts.Pids()
	}
	return err
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

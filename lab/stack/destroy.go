package stack

import (
	"context"
	"errors"
	"fmt"
	"os"

	"pangea/lab/postgres"
	"pangea/region/topology"
)

// Destroy is the loss of a region with its disks: its process and its Postgres end
// by SIGKILL, and their data is deleted. Start brings them back with empty disks,
// Postgres first. Logs stay, and so does the router.
func (s *Stack) Destroy(ctx context.Context, region string) error {
	r, err := s.topo.Region(region)
	if err != nil {
		return err
	}
	// They die before the lock is waited for: a start that is under way ends by it.
	if err := s.killRegion(r); err != nil {
		return err
	}
	lock, err := s.lock(ctx, func(string, string) {})
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := s.killRegion(r); err != nil { // whoever had the lock may have started them
		return err
	}
	return s.removeData(r)
}

// HasData reports whether there is a database of the region, running or not.
func (s *Stack) HasData(region string) bool {
	r, err := s.topo.Region(region)
	if err != nil {
		return false
	}
	cluster, err := s.cluster(r, postgres.Binaries{})
	return err == nil && cluster.Exists()
}

func (s *Stack) killRegion(r topology.Region) error {
	return errors.Join(s.Kill("region-"+r.Name), s.Kill("postgres-"+r.Name))
}

func (s *Stack) removeData(r topology.Region) error {
	cluster, err := s.cluster(r, postgres.Binaries{})
	if err != nil {
		return err
	}
	if err := cluster.Remove(); err != nil {
		return fmt.Errorf("remove postgres-%s: %w", r.Name, err)
	}
	if err := os.RemoveAll(s.state(r.Name)); err != nil {
		return fmt.Errorf("remove the log of %s: %w", r.Name, err)
	}
	return nil
}

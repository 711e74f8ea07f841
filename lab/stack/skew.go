package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Skew adds by to a region's clock, instead of what topology.yaml adds, until Unskew or
// Down: at once if the region runs, and whenever it starts.
func (s *Stack) Skew(region string, by time.Duration) error {
	if _, err := s.topo.Region(region); err != nil {
		return err
	}
	file := s.skewFile(region)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("skew the clock of %s: %w", region, err)
	}
	next := file + ".next" // the region never reads half of it
	if err := os.WriteFile(next, []byte(by.String()+"\n"), 0o644); err != nil {
		return fmt.Errorf("skew the clock of %s: %w", region, err)
	}
	return os.Rename(next, file)
}

// Unskew gives a region the clock that topology.yaml says.
func (s *Stack) Unskew(region string) error {
	if err := os.Remove(s.skewFile(region)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("end the skew of %s: %w", region, err)
	}
	return nil
}

// skewFile is not among the region's data: a loss of disks does not mend its clock.
func (s *Stack) skewFile(region string) string { return s.state("clock", region) }

package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockWithin bounds the wait for another command on the same stack.
const lockWithin = 5 * time.Minute

// lock makes this the only Up, Start, Down, Clean or Destroy at work on the root, until the
// returned file is closed or this program ends.
func (s *Stack) lock(ctx context.Context, report Report) (*os.File, error) {
	if err := s.makeDirs(); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(s.state("lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockWithin)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for said := false; ; said = true {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
		}
		if !said {
			report("stack", "waiting for another command on it to end")
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("another up, start, down or clean is still at work on this stack: %w", ctx.Err()), f.Close())
		case <-tick.C:
		}
	}
}

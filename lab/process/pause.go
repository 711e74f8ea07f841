package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	psutil "github.com/shirou/gopsutil/v4/process"
)

// Pause stops the process and its children where they stand, by SIGSTOP, and returns when
// they do. It reports whether there was anything to pause.
func Pause(ctx context.Context, pidFile string) (bool, error) {
	pid, alive, err := Find(pidFile)
	if err != nil || !alive {
		return false, err
	}
	if err := halt(ctx, []int{pid}); err != nil { // so that it makes no further children
		return false, err
	}
	return true, halt(ctx, children(ctx, pid))
}

// halt stops processes, and waits until each stands still or is gone: a signal takes a moment.
func halt(ctx context.Context, pids []int) error {
	if err := sendAll(pids, syscall.SIGSTOP); err != nil {
		return err
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for _, pid := range pids {
		for state := stateOf(ctx, pid); state != psutil.Stop && state != ""; state = stateOf(ctx, pid) {
			select {
			case <-ctx.Done():
				return fmt.Errorf("wait for pid %d to stand still: %w", pid, ctx.Err())
			case <-tick.C:
			}
		}
	}
	return nil
}

// stateOf is empty for a process that is gone.
func stateOf(ctx context.Context, pid int) string {
	p, err := psutil.NewProcessWithContext(ctx, int32(pid))
	if err != nil {
		return ""
	}
	states, err := p.StatusWithContext(ctx)
	if err != nil || slices.Contains(states, psutil.Zombie) {
		return ""
	}
	return states[0]
}

// Resume lets a process that was paused go on, and its children before it. One that was
// not does not notice.
func Resume(ctx context.Context, pidFile string) error {
	pid, alive, err := Find(pidFile)
	if err != nil || !alive {
		return err
	}
	return sendAll(append(children(ctx, pid), pid), syscall.SIGCONT)
}

// Paused reports whether the process is stopped by a signal.
func Paused(ctx context.Context, pidFile string) (bool, error) {
	pid, alive, err := Find(pidFile)
	if err != nil || !alive {
		return false, err
	}
	return stateOf(ctx, pid) == psutil.Stop, nil
}

func sendAll(pids []int, signal syscall.Signal) error {
	var failed []error
	for _, pid := range pids {
		failed = append(failed, send(pid, signal))
	}
	return errors.Join(failed...)
}

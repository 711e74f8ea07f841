package process

import (
	"context"
	"errors"
	"slices"
	"syscall"

	psutil "github.com/shirou/gopsutil/v4/process"
)

// Pause stops the process and its children where they stand, by SIGSTOP. It reports
// whether there was anything to pause.
func Pause(ctx context.Context, pidFile string) (bool, error) {
	pid, alive, err := Find(pidFile)
	if err != nil || !alive {
		return false, err
	}
	if err := send(pid, syscall.SIGSTOP); err != nil { // so that it makes no further children
		return false, err
	}
	return true, sendAll(children(ctx, pid), syscall.SIGSTOP)
}

// Resume lets a process that was paused go on, and its children before it. One that was
// not, or is dead, is left alone.
func Resume(ctx context.Context, pidFile string) error {
	paused, err := Paused(ctx, pidFile)
	if err != nil || !paused {
		return err
	}
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
	p, err := psutil.NewProcessWithContext(ctx, int32(pid))
	if err != nil {
		return false, nil // gone meanwhile
	}
	states, err := p.StatusWithContext(ctx)
	return err == nil && slices.Contains(states, psutil.Stop), nil
}

func sendAll(pids []int, signal syscall.Signal) error {
	var failed []error
	for _, pid := range pids {
		failed = append(failed, send(pid, signal))
	}
	return errors.Join(failed...)
}

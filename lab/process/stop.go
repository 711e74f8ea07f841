package process

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	psutil "github.com/shirou/gopsutil/v4/process"
)

// pollEvery is how often a lock is looked at while waiting for its holders to die.
const pollEvery = 10 * time.Millisecond

// Stop sends the signal and waits until the process and its children are gone.
// One that is not running is stopped already; one that is paused hears it when it goes on.
func Stop(ctx context.Context, pidFile string, signal syscall.Signal) error {
	pid, alive, err := Find(pidFile)
	if err != nil || !alive {
		return errors.Join(err, waitGone(ctx, pidFile, pid))
	}
	if err := errors.Join(send(pid, signal), Resume(ctx, pidFile)); err != nil {
		return err
	}
	return waitGone(ctx, pidFile, pid)
}

// Kill ends the process and its children by SIGKILL and waits until they are
// gone. It reports whether there was anything to kill.
func Kill(ctx context.Context, pidFile string) (bool, error) {
	pid, alive, err := Find(pidFile)
	if err != nil || !alive {
		return false, errors.Join(err, waitGone(ctx, pidFile, pid))
	}
	// A stopped process makes no further children and cannot lose track of those it
	// has: killed first, it would leave orphans that nobody can find by their parent.
	if err := halt(ctx, []int{pid}); err != nil {
		return false, err
	}
	family := append(children(ctx, pid), pid)
	if err := sendAll(family, syscall.SIGKILL); err != nil {
		return false, err
	}
	return true, waitGone(ctx, pidFile, pid)
}

func children(ctx context.Context, pid int) []int {
	p, err := psutil.NewProcessWithContext(ctx, int32(pid))
	if err != nil {
		return nil // gone meanwhile
	}
	procs, err := p.ChildrenWithContext(ctx)
	if err != nil {
		return nil // it has none
	}
	pids := make([]int, len(procs))
	for i, c := range procs {
		pids[i] = int(c.Pid)
	}
	return pids
}

// send treats a process that is already gone as one that got the signal.
func send(pid int, signal syscall.Signal) error {
	if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal pid %d: %w", pid, err)
	}
	return nil
}

func waitGone(ctx context.Context, pidFile string, pid int) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if held, err := locked(pidFile); err != nil || !held {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for pid %d to end: %w", pid, ctx.Err())
		case <-tick.C:
		}
	}
}

package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// orphanWait bounds how long a start waits for children that a crashed process
// left behind, such as the backends of a postmaster that was killed.
const orphanWait = 10 * time.Second

// Find returns the pid in the file, and whether that process is alive. No file
// means that it was never started.
func Find(pidFile string) (pid int, alive bool, err error) {
	held, err := locked(pidFile)
	if err != nil || !held {
		return 0, false, err
	}
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return 0, false, fmt.Errorf("read pid file: %w", err)
	}
	pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, false, fmt.Errorf("%s holds no pid: %w", pidFile, err)
	}
	return pid, !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH), nil
}

// locked reports whether the process or a child of it lives.
func locked(pidFile string) (bool, error) {
	f, err := os.Open(pidFile)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("open pid file: %w", err)
	}
	defer f.Close()
	free, err := tryLock(f, syscall.LOCK_SH)
	return !free, err
}

// lockPidFile opens the file for a process about to start. The lock belongs to
// the open descriptor, which the process is to inherit.
func lockPidFile(pidFile string) (*os.File, error) {
	f, err := os.OpenFile(pidFile, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open pid file: %w", err)
	}
	for deadline := time.Now().Add(orphanWait); ; time.Sleep(pollEvery) {
		free, err := tryLock(f, syscall.LOCK_EX)
		if free {
			return f, nil
		}
		if pid, alive, findErr := Find(pidFile); err == nil && findErr == nil && alive {
			err = fmt.Errorf("pid %d of %s is alive", pid, pidFile)
		}
		if err == nil && time.Now().After(deadline) {
			err = fmt.Errorf("the process of %s is gone, but a child of it is alive", pidFile)
		}
		if err != nil {
			f.Close()
			return nil, err
		}
	}
}

// tryLock reports false when another descriptor holds the lock.
func tryLock(f *os.File, how int) (bool, error) {
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return true, nil
}

func writePid(f *os.File, pid int) error {
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("truncate pid file: %w", err)
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(pid)+"\n"), 0); err != nil {
		return fmt.Errorf("write pid file: %w", err)
	}
	return nil
}

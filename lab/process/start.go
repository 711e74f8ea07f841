package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Start runs cmd in a session of its own, so that it survives this program and
// its terminal, with its output appended to logFile. It returns as soon as the
// process exists.
func Start(cmd *exec.Cmd, pidFile, logFile string) error {
	lock, err := lockPidFile(pidFile)
	if err != nil {
		return err
	}
	defer lock.Close() // the child's copy keeps the lock
	log, err := os.OpenFile(logFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, log, log
	cmd.ExtraFiles = []*os.File{lock}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go cmd.Wait() // so that no zombie is left; the lock tells who lives
	if err := writePid(lock, cmd.Process.Pid); err != nil {
		return errors.Join(err, cmd.Process.Kill())
	}
	return nil
}

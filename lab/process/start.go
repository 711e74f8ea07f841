package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Process is one that this program started.
type Process struct {
	Pid    int
	exited chan struct{}
	state  *os.ProcessState // set before exited is closed
}

// Start runs cmd in a session of its own, so that it survives this program and
// its terminal, with its output appended to logFile. It returns as soon as the
// process exists.
func Start(cmd *exec.Cmd, pidFile, logFile string) (*Process, error) {
	lock, err := lockPidFile(pidFile)
	if err != nil {
		return nil, err
	}
	defer lock.Close() // the child's copy keeps the lock
	log, err := os.OpenFile(logFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, log, log
	cmd.ExtraFiles = []*os.File{lock}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &Process{Pid: cmd.Process.Pid, exited: make(chan struct{})}
	go p.reap(cmd)
	if err := writePid(lock, p.Pid); err != nil {
		return nil, errors.Join(err, cmd.Process.Kill())
	}
	return p, nil
}

// reap ends with the process, or with this program.
func (p *Process) reap(cmd *exec.Cmd) {
	cmd.Wait() //nolint:errcheck // the exit status is in ProcessState
	p.state = cmd.ProcessState
	close(p.exited)
}

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// State says how it ended, such as "exit status 1". Call it after Exited only.
func (p *Process) State() string { return p.state.String() }

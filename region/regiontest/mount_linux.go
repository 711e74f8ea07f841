package regiontest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

const (
	// mountsKey is set in the environment of a process that was started to mount.
	mountsKey = "PANGEA_TEST_MOUNTS"
	// capSysAdmin is what it takes to mount.
	capSysAdmin = 21
)

// runWithMounts runs the program again, for a user who is not root: in name spaces of its
// own, where it may mount file systems that nobody else sees. ok is false if there is no
// need to, or the system does not let users do that.
func runWithMounts() (code int, ok bool) {
	uid, gid := os.Getuid(), os.Getgid()
	if uid == 0 || os.Getenv(mountsKey) != "" {
		return 0, false
	}
	cmd := exec.Command(os.Args[0], os.Args[1:]...) //nolint:gosec // this program
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), mountsKey+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}},
		AmbientCaps: []uintptr{capSysAdmin},
		Pdeathsig:   syscall.SIGKILL,
	}
	signal.Ignore(os.Interrupt) // the other gets it too
	var ended *exec.ExitError
	switch err := cmd.Run(); {
	case err == nil:
		return 0, true
	case errors.As(err, &ended):
		return max(1, ended.ExitCode()), true
	default:
		signal.Reset(os.Interrupt)
		return 0, false
	}
}

func mountMemory(dir string, bytes int64) error {
	return syscall.Mount("pangea", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=755", bytes))
}

// unmount lets go what still holds a file open there, such as a server that is ending.
func unmount(dir string) error { return syscall.Unmount(dir, syscall.MNT_DETACH) }

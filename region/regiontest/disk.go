package regiontest

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Disk is a small file system of its own, in memory, which a test may fill.
type Disk struct {
	Dir string
}

// NewDisk mounts a disk of so many bytes until the end of the test. That takes Linux, and
// root or a system that lets users have name spaces of their own: without, the test fails.
func NewDisk(t testing.TB, bytes int64) *Disk {
	t.Helper()
	dir, err := os.MkdirTemp("", "pangea-disk-")
	if err == nil {
		err = os.Chmod(dir, 0o755) //nolint:gosec // the account of Postgres must get in
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := mountMemory(dir, bytes); err != nil {
		t.Fatalf("mount a disk that can be filled: %v: run the tests on Linux as root (in a container, with --cap-add SYS_ADMIN), "+
			"or allow user name spaces (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)", err)
	}
	t.Cleanup(func() {
		if err := unmount(dir); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	return &Disk{Dir: dir}
}

func (d *Disk) ballast() string { return filepath.Join(d.Dir, "ballast") }

// Fill takes what room is left.
func (d *Disk) Fill(t testing.TB) {
	t.Helper()
	f, err := os.OpenFile(d.ballast(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size >= 1; size >>= 4 {
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("fill %s: %v", d.Dir, err)
		}
		err = nil
	}
}

// Free gives back what Fill took.
func (d *Disk) Free(t testing.TB) {
	t.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		t.Fatal(err)
	}
}

package regiontest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Disk is a small file system of its own, in memory, which a test may fill.
type Disk struct {
	Dir string
}

// NewDisk mounts a disk of so many bytes until the end of the test. That needs root:
// without, the test fails.
func NewDisk(t testing.TB, bytes int64) *Disk {
	t.Helper()
	dir, err := os.MkdirTemp("", "pangea-disk-")
	if err == nil {
		err = os.Chmod(dir, 0o755) //nolint:gosec // the account of Postgres must get in
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d,mode=755", bytes), "pangea", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("mount a file system that can be filled, which takes root on Linux (in a container, --cap-add SYS_ADMIN): %v: %s", err, out)
	}
	t.Cleanup(func() {
		// What still holds a file open there, such as a server that is ending, is let go.
		if out, err := exec.Command("umount", "--lazy", dir).CombinedOutput(); err != nil {
			t.Errorf("unmount %s: %v: %s", dir, err, out)
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

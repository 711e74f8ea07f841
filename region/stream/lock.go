package stream

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock makes dir this process's own until the file is closed: two servers on one
// directory would destroy the stream, and nats-server does not notice.
func lock(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the stream's directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the stream's lock file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s is used by another process: stop it first (%w)", dir, err)
	}
	return f, nil
}

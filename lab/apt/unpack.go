package apt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Unpack puts a package's files below dir, which must not exist, and changes nothing else:
// no service of the package is started, and nobody needs to be root where the package
// lists are there. What the package depends on is not unpacked.
func Unpack(ctx context.Context, dir, name string) (err error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("%s must be installed, and there is no apt-get to fetch it with: install it and repeat", name)
	}
	if Allowed() {
		if err := Update(ctx); err != nil {
			return err
		}
	}
	work := dir + ".new"
	if err := errors.Join(os.RemoveAll(work), os.MkdirAll(work, 0o755)); err != nil {
		return fmt.Errorf("make room for %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err := runIn(ctx, work, "download", "-q", name); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(work, "*.deb"))
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return fmt.Errorf("apt-get has downloaded %d files for %s, want 1", len(files), name)
	}
	unpacked := filepath.Join(work, "files")
	if out, err := exec.CommandContext(ctx, "dpkg-deb", "-x", files[0], unpacked).CombinedOutput(); err != nil {
		return fmt.Errorf("unpack %s: %w: %s", files[0], err, strings.TrimSpace(string(out)))
	}
	return os.Rename(unpacked, dir)
}

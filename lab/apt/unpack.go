package apt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Unpack puts a package's files below dir, all or none, and changes nothing else: no
// service of the package is started, and nobody needs to be root where the package lists
// are there. What the package depends on is not unpacked. A dir that is there stays as it
// is.
func Unpack(ctx context.Context, dir, name string) (err error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("%s must be installed, and there is no apt-get to fetch it with: install it and repeat", name)
	}
	if Allowed() {
		if err := Update(ctx); err != nil {
			return err
		}
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), name+"-*")
	if err != nil {
		return fmt.Errorf("make room for %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err := runIn(ctx, work, "download", "-q", name); err != nil {
		return err
	}
	unpacked := filepath.Join(work, "files")
	if err := extract(ctx, work, unpacked); err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	if err := os.Rename(unpacked, dir); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// extract puts the files of the one package in dir below to.
func extract(ctx context.Context, dir, to string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return fmt.Errorf("apt-get has downloaded %d files, want 1", len(files))
	}
	out, err := exec.CommandContext(ctx, "dpkg-deb", "-x", files[0], to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("dpkg-deb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

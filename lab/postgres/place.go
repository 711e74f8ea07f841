package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// systemPlace holds the data of checkouts that the server's account cannot reach.
const systemPlace = "/var/lib/pangea"

// Place makes dir usable for the directories of clusters, and returns the path by
// which to use it. That is dir, unless the server's account cannot enter it, as
// below /root: then dir becomes a symbolic link to a directory of systemPlace.
func Place(ctx context.Context, dir string) (string, error) {
	acct, err := serverAccount()
	if err != nil {
		return "", err
	}
	if target, err := os.Readlink(dir); err == nil {
		return target, acct.own(target)
	}
	if acct.own(dir) == nil && acct.reaches(ctx, dir) {
		return dir, nil
	}
	return moveOut(acct, dir)
}

func moveOut(acct account, dir string) (string, error) {
	target, err := outside(dir)
	if err != nil {
		return "", err
	}
	// dir is not a link yet, so whatever is there belonged to a checkout that was deleted.
	if err := errors.Join(os.RemoveAll(target), os.RemoveAll(dir)); err != nil {
		return "", fmt.Errorf("clear %s: %w", target, err)
	}
	if err := acct.own(target); err != nil {
		return "", fmt.Errorf("make %s, as user %s cannot reach %s: %w", target, acct.name, dir, err)
	}
	if err := os.Symlink(target, dir); err != nil {
		return "", fmt.Errorf("link data directory: %w", err)
	}
	return target, nil
}

func outside(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("path of %s: %w", dir, err)
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(systemPlace, hex.EncodeToString(sum[:6])), nil
}

// Unplace removes what Place made, with everything in it.
func Unplace(dir string) error {
	if target, err := os.Readlink(dir); err == nil {
		if err := os.RemoveAll(target); err != nil {
			return fmt.Errorf("remove %s: %w", target, err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove %s: %w", dir, err)
	}
	return nil
}

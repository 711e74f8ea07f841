//go:build !linux

package regiontest

import "errors"

func runWithMounts() (code int, ok bool) { return 0, false }

func mountMemory(string, int64) error { return errors.ErrUnsupported }

func unmount(string) error { return errors.ErrUnsupported }

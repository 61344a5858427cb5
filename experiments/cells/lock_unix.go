//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package cells

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a file until it is closed; not if another process has.
func lock(handle *os.File) (free bool, err error) {
	err = syscall.Flock(int(handle.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	for errors.Is(err, syscall.EINTR) {
		err = syscall.Flock(int(handle.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

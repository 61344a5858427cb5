//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package cells

import "os"

// lock finds each file free: the system has no lock that ends with a process.
func lock(*os.File) (free bool, err error) { return true, nil }

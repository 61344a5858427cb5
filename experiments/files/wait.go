//go:build !js && !plan9

package files

import "syscall"

// unwaiting opens a pipe to which nobody writes at once.
const unwaiting = syscall.O_NONBLOCK

//go:build js || plan9

package files

// unwaiting is nothing where no file waits to be opened.
const unwaiting = 0

package main

import (
	"io"
	"os"
)

// isTerminal tells whether w is one.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, ok = columns(file)
	return ok
}

// terminal tells how wide w is, and whether it shows colour: 80 columns and no
// colour where it is not a terminal or NO_COLOR is set.
func terminal(w io.Writer) (width int, colour bool) {
	file, ok := w.(*os.File)
	if !ok {
		return 80, false
	}
	width, ok = columns(file)
	if !ok {
		return 80, false
	}
	return width, os.Getenv("NO_COLOR") == "" && !dumb()
}

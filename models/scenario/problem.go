package scenario

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A Problem is one thing that is wrong with a scenario, or idle in it.
type Problem struct {
	File   string // the scenario's name, or the flag "--set KEY=VALUE"
	Line   int    // from 1; 0 for a flag
	Column int    // from 1, in bytes; 0 for a flag
	Key    string // dotted path of the key; "" for the file as a whole
	Text   string // what is wrong, without the key

	flag int // flags come after the file, in their order
}

// Error is the problem as a compiler would print it,
// "flash.toml:14: fleets.web.min: must not exceed max (min 4, max 3)".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		b.WriteString(":" + strconv.Itoa(p.Line))
	}
	if p.Key != "" {
		b.WriteString(": " + p.Key)
	}
	b.WriteString(": " + p.Text)
	return b.String()
}

// Problems are all problems of a scenario in the order of the file, those of
// flags last.
type Problems []Problem

// Error has one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Lines are the problems, each with a mark at its end.
func (ps Problems) Lines(mark string) []string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error() + " " + mark
	}
	return lines
}

// Err is the list as an error, nil when it is empty.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// sort puts the problems in order and keeps one of each.
func (ps Problems) sort() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.flag, b.flag),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool { return a.Error() == b.Error() })
}

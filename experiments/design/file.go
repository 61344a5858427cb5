package design

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/headroom-sim/headroom/models/quantity"
)

// greatestFile is the size of the largest design file, in bytes.
const greatestFile = 256 << 10

// Parse reads a design file:
//
//	kind   = "latin_hypercube"
//	points = 64
//	seed   = 7
//	[vary]
//	"fleets.web.min" = "1..8"
//	fleets.web.policies.cpu.target = "40..80:5"
//	fleets.web.instance = ["c6i.large", "c6i.xlarge"]
//
// The keys are those of [Design] in small letters, with levels for Steps;
// kind may be left out for a grid, and seed for 1. The error has a line
// "FILE:LINE: KEY: RULE" for each problem, where name stands for the file.
func Parse(name string, src []byte) (Design, error) {
	r := reader{name: name, src: src, design: Design{Seed: 1}, lines: make(map[string]int)}
	switch {
	case len(src) > greatestFile:
		return Design{}, fmt.Errorf("%s: is larger than %d KiB", name, greatestFile>>10)
	case !utf8.Valid(src):
		return Design{}, fmt.Errorf("%s: is not text in UTF-8", name)
	}
	r.read()
	r.check()
	return r.design, errors.Join(r.errs...)
}

// A reader takes a design file expression by expression.
type reader struct {
	name   string
	src    []byte
	parser unstable.Parser
	design Design
	table  []string       // path of the table that the reader is in
	lines  map[string]int // of the keys that were there
	errs   []error
}

func (r *reader) report(line int, path []string, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(path) > 0 {
		text = writePath(path) + ": " + text
	}
	r.errs = append(r.errs, fmt.Errorf("%s:%d: %s", r.name, line, text))
}

func (r *reader) read() {
	r.parser.Reset(r.src)
	for r.parser.NextExpression() {
		e := r.parser.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			var line int
			r.table, line = r.path(e.Key())
			if e.Kind == unstable.ArrayTable || r.table[0] != "vary" {
				r.report(line, r.table, "unknown table (a design has [vary])")
			}
		case unstable.KeyValue:
			path, line := r.path(e.Key())
			r.value(slices.Concat(r.table, path), line, e.Value())
		}
	}
	var syntax *unstable.ParserError
	if err := r.parser.Error(); errors.As(err, &syntax) {
		r.report(r.lineOf(int(r.parser.Range(syntax.Highlight).Offset)), nil, "%s", quantity.Brief(syntax.Message))
	}
}

// path is a dotted key, and the line that it is in.
func (r *reader) path(key unstable.Iterator) (path []string, line int) {
	for key.Next() {
		if path == nil {
			line = r.lineOf(int(key.Node().Raw.Offset))
		}
		path = append(path, string(key.Node().Data))
	}
	return path, line
}

func (r *reader) lineOf(offset int) int {
	return 1 + bytes.Count(r.src[:min(offset, len(r.src))], []byte("\n"))
}

// value takes one key of the file.
func (r *reader) value(path []string, line int, value *unstable.Node) {
	key := writePath(path)
	switch first, again := r.lines[key]; {
	case again:
		r.report(line, path, "is there twice (first in line %d)", first)
		return
	case path[0] == "vary" && value.Kind == unstable.InlineTable:
		for pairs := value.Children(); pairs.Next(); {
			if pair := pairs.Node(); pair.Kind == unstable.KeyValue {
				inner, at := r.path(pair.Key())
				r.value(slices.Concat(path, inner), at, pair.Value())
			}
		}
		return
	case path[0] == "vary" && len(path) == 1:
		r.report(line, path, "must be a table of keys with their ranges")
		return
	}
	r.lines[key] = line
	var err error
	if path[0] == "vary" {
		err = r.vary(path[1:], value)
	} else {
		err = r.set(path, value)
	}
	if err != nil {
		r.report(line, path, "%v", err)
	}
}

// vary takes a key of the scenario: as one that is dotted, or in quotes.
func (r *reader) vary(path []string, value *unstable.Node) error {
	key := writePath(path)
	if len(path) == 1 {
		key = path[0]
	}
	text, err := rangeText(value)
	if err != nil {
		return err
	}
	f, err := NewFactor(key, text)
	if err == nil {
		err = clash(r.design.Factors, f)
	}
	if err != nil {
		return fmt.Errorf("%w (have %s)", err, quantity.Brief(text))
	}
	r.design.Factors = append(r.design.Factors, f)
	return nil
}

// rangeText is the range that a value stands for, as the command line has it.
func rangeText(value *unstable.Node) (string, error) {
	switch value.Kind {
	case unstable.String, unstable.Integer, unstable.Float, unstable.Bool:
		return string(value.Data), nil
	case unstable.Array:
	default:
		return "", errors.New(`must be a range such as "1..8", or a list of values`)
	}
	var items []string
	for list := value.Children(); list.Next(); {
		switch item := list.Node(); item.Kind {
		case unstable.Integer, unstable.Float, unstable.Bool:
			items = append(items, string(item.Data))
		case unstable.String:
			items = append(items, listed(string(item.Data)))
		case unstable.Comment:
		default:
			return "", errors.New("must be a list of values: put a list among them into quotes")
		}
	}
	return strings.Join(items, ", "), nil
}

var bareValue = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_%/+-]|\.[A-Za-z0-9])*$`)

// listed is text as a list on the command line has it.
func listed(text string) string {
	if bareValue.MatchString(text) || strings.HasPrefix(text, "[") {
		return text
	}
	return strconv.Quote(text)
}

var designKeys = []string{"kind", "points", "trajectories", "levels", "seed", "vary"}

// set takes a key of the design itself.
func (r *reader) set(path []string, value *unstable.Node) (err error) {
	d := &r.design
	switch writePath(path) {
	case "kind":
		if value.Kind != unstable.String {
			return errors.New("must be text in quotes")
		}
		d.Kind, err = ParseKind(string(value.Data))
	case "points":
		d.Points, err = atLeast(1, value)
	case "trajectories":
		d.Trajectories, err = atLeast(2, value)
	case "levels":
		d.Steps, err = atLeast(2, value)
	case "seed":
		var seed int
		seed, err = atLeast(0, value)
		d.Seed = uint64(seed)
	default:
		if near := quantity.Nearest(writePath(path), designKeys); near != "" {
			return fmt.Errorf("unknown key (did you mean %q?)", near)
		}
		return errors.New("unknown key (the keys that are varied stand in [vary])")
	}
	return err
}

// atLeast reads a whole number.
func atLeast(least int, value *unstable.Node) (int, error) {
	text := strings.ReplaceAll(string(value.Data), "_", "")
	n, err := strconv.Atoi(text)
	if value.Kind != unstable.Integer || err != nil || n < least {
		return 0, fmt.Errorf("must be a whole number from %d (have %s)", least, quantity.Brief(string(value.Data)))
	}
	return n, nil
}

// check finds keys that the design's kind cannot use, and what is wrong with
// the design as a whole.
func (r *reader) check() {
	if len(r.errs) > 0 {
		return
	}
	for _, c := range []struct {
		key   string
		kinds []Kind
	}{
		{"points", []Kind{LatinHypercube, Sobol}},
		{"trajectories", []Kind{Morris}},
		{"levels", []Kind{Morris}},
		{"seed", []Kind{LatinHypercube, Sobol, Morris}},
	} {
		if line := r.lines[c.key]; line > 0 && !slices.Contains(c.kinds, r.design.Kind) {
			r.report(line, []string{c.key}, "a design of kind %q has none", r.design.Kind)
		}
	}
	if len(r.errs) > 0 {
		return
	}
	if err := r.design.settle().check(); err != nil {
		r.report(max(1, r.lines["kind"]), nil, "%v", err)
	}
}

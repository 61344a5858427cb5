package design

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// A Factor is a key of a scenario with the values that it may take.
type Factor struct {
	Key   string // dotted, as in fleets.web.min
	Range string // as it was written

	listed   []string  // values one by one, as they are written
	expanded int       // of these, for which ranges in the list stand
	values   []float64 // of those listed, in a common unit; nil where they are no numbers
	ladder   ladder    // where none are listed
}

var errVary = errors.New("must be KEY=RANGE, as in fleets.web.min=1..8 or fleets.web.instance=c6i.large,c6i.xlarge")

// ParseFactor reads "KEY=RANGE". A range is values with commas between them
// (a comma within quotes or brackets is none of these), or LO..HI:STEP in a
// common unit; the step may be left out. Whole numbers then go up by one
// ("1..8", "10s..60s"); where an end has a decimal point ("0.1..0.5",
// "1.0s..2.0s") or the ends have different units ("500ms..2s"), every value
// between the ends may be taken. HI is among the values where a whole number
// of steps leads to it. Errors say what is wrong without the text.
func ParseFactor(text string) (Factor, error) {
	key, values, ok := cutOutside(text, '=')
	if !ok {
		return Factor{}, errVary
	}
	return NewFactor(key, values)
}

// NewFactor is the factor of a key and a range as [ParseFactor] has them.
func NewFactor(key, values string) (Factor, error) {
	path, err := readPath(strings.TrimSpace(key))
	if err != nil {
		return Factor{}, err
	}
	f := Factor{Key: writePath(path), Range: strings.TrimSpace(values)}
	if f.Range == "" {
		return Factor{}, errors.New("names no value")
	}
	items := split(f.Range, ',')
	if len(items) == 1 && isRange(items[0]) {
		f.ladder, err = readLadder(items[0])
		return f, err
	}
	return f, f.list(items)
}

// isRange tells a range from a value: two points outside quotes and brackets.
func isRange(item string) bool {
	at := outside(item, func(rest string) bool { return strings.HasPrefix(rest, "..") })
	return at > 0
}

// list takes values one by one; a range among them stands for its values.
func (f *Factor) list(items []string) error {
	for _, item := range items {
		switch {
		case item == "":
			return errors.New("has a value that is empty")
		case !isRange(item):
			f.listed = append(f.listed, item)
			continue
		}
		l, err := readLadder(item)
		if err != nil {
			return fmt.Errorf("%s: %w", item, err)
		}
		if l.continuous {
			return fmt.Errorf("%s: needs a step in a list", item)
		}
		if f.expanded += l.count; f.expanded > greatestExpanded {
			return errExpanded
		}
		for level := range l.count {
			f.listed = append(f.listed, l.write(l.at(level)))
		}
	}
	return f.readNumbers()
}

// readNumbers gives the values numbers if all of them are, and finds one that
// is there twice.
func (f *Factor) readNumbers() error {
	plain := make([]string, len(f.listed))
	seen := make(map[string]bool, len(f.listed))
	for i, item := range f.listed {
		plain[i] = Plain(item)
		if seen[plain[i]] {
			return fmt.Errorf("has the value %s twice", item)
		}
		seen[plain[i]] = true
	}
	if m, err := readMeasures(plain); err == nil {
		for _, n := range m.numbers {
			f.values = append(f.values, n.float())
		}
	}
	return nil
}

// Levels is the number of values that the factor can take, at least 1.
func (f Factor) Levels() int {
	if f.listed != nil {
		return len(f.listed)
	}
	return f.ladder.count
}

// Continuous tells whether every value between two ends may be taken. The
// levels then are ten thousand even steps.
func (f Factor) Continuous() bool { return f.ladder.continuous }

// Numeric tells whether the values are numbers, so that it makes sense to ask
// for a trend over them.
func (f Factor) Numeric() bool { return f.listed == nil || f.values != nil }

// Text is the value of a level as `--set KEY=TEXT` takes it.
func (f Factor) Text(level int) string {
	if f.listed != nil {
		return f.listed[level]
	}
	return f.ladder.write(f.ladder.at(level))
}

// Value is the value of a level as a reader sees it: a string without quotes.
func (f Factor) Value(level int) string { return Plain(f.Text(level)) }

// Number is the value of a level in the unit that the factor's texts have in
// common, else in seconds' or bytes' smallest unit; of a factor that is not
// [Factor.Numeric] the level itself.
func (f Factor) Number(level int) float64 {
	switch {
	case f.values != nil:
		return f.values[level]
	case f.listed != nil:
		return float64(level)
	}
	return f.ladder.at(level).float()
}

// position is where a level lies between the least and the greatest value, 0
// to 1; the levels of a list lie evenly, whatever their values.
func (f Factor) position(level int) float64 {
	return float64(level) / math.Max(1, float64(f.Levels()-1))
}

// Plain is a value without the quotes around it.
func Plain(text string) string {
	if n := len(text); n >= 2 && text[0] == '\'' && text[n-1] == '\'' {
		return text[1 : n-1]
	}
	if plain, err := strconv.Unquote(text); err == nil && text[0] == '"' {
		return plain
	}
	return text
}

// ParseVary reads the flags `--vary KEY=RANGE`. The error has one line for
// each that is wrong.
func ParseVary(texts []string) ([]Factor, error) {
	var factors []Factor
	var errs []error
	for _, text := range texts {
		f, err := ParseFactor(text)
		if err == nil {
			err = clash(factors, f)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("--vary %s: %w", quantity.Brief(text), err))
			continue
		}
		factors = append(factors, f)
	}
	return factors, errors.Join(errs...)
}

// clash finds a factor whose key is that of another one, or within it or
// around it: the one would undo what the other sets.
func clash(factors []Factor, f Factor) error {
	for _, other := range factors {
		switch {
		case other.Key == f.Key:
			return fmt.Errorf("%s is varied twice", f.Key)
		case Within(other.Key, f.Key) || Within(f.Key, other.Key):
			return fmt.Errorf("%s and %s cannot be varied together: one holds the other", other.Key, f.Key)
		}
	}
	return nil
}

// Within tells whether a key is another one, or lies in its table. Both are
// written as [Factor.Key] is.
func Within(key, around string) bool {
	inner, errInner := readPath(key)
	outer, errOuter := readPath(around)
	return errInner == nil && errOuter == nil && len(inner) >= len(outer) && slices.Equal(inner[:len(outer)], outer)
}

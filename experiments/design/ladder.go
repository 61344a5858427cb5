package design

import (
	"errors"
	"fmt"
	"strings"
)

// A ladder is a range as evenly spaced values; a continuous one has fine steps.
type ladder struct {
	from       decimal
	step       int64 // in units of from's last place
	count      int
	continuous bool
	write      func(decimal) string
	round      []int64 // steps between round numbers, in units of from's last place
}

const (
	// greatestLevels is the number of values for which a range may stand.
	greatestLevels = 1_000_000
	// fineSteps is into how many steps a continuous range is divided: a
	// simulation shows no difference below, and each value is written exactly.
	fineSteps  = 10_000
	finePlaces = 4 // of fineSteps
)

func (l ladder) at(level int) decimal {
	return decimal{l.from.coefficient + int64(level)*l.step, l.from.places}
}

// readLadder reads "LO..HI" or "LO..HI:STEP". Without a step, whole numbers of
// one unit go up by one; anything else is continuous.
func readLadder(text string) (ladder, error) {
	ends, step, stepped := strings.Cut(text, ":")
	from, to, _ := strings.Cut(ends, "..")
	texts := []string{from, to}
	if stepped {
		texts = append(texts, step)
	}
	m, err := readMeasures(texts)
	if err != nil {
		return ladder{}, err
	}
	l := ladder{from: m.numbers[0], step: 1, write: m.write, round: m.round}
	width := m.numbers[1].coefficient - l.from.coefficient
	switch {
	case width < 0:
		return ladder{}, errors.New("must not begin above its end")
	case stepped:
		l.step = m.numbers[2].coefficient
	case m.atoms:
		l.continuous, l.step = true, max(1, width/fineSteps)
	case l.from.places > 0:
		return l.fine(width)
	}
	return l.climb(width)
}

// fine divides a range of the given width, in its last place.
func (l ladder) fine(width int64) (ladder, error) {
	var ok bool
	if l.from, ok = l.from.with(l.from.places + finePlaces); !ok || width > greatestCoefficient/fineSteps {
		return ladder{}, errDigits
	}
	l.continuous, l.step = true, max(1, width) // of the fineSteps-th part of the old last place
	return l.climb(width * fineSteps)
}

// climb counts the values of a range of the given width.
func (l ladder) climb(width int64) (ladder, error) {
	if l.step <= 0 {
		return ladder{}, errors.New("must have a step above zero")
	}
	if width/l.step >= greatestLevels {
		return ladder{}, fmt.Errorf("has more than %d values", greatestLevels)
	}
	l.count = int(width/l.step) + 1
	return l, nil
}

package design

import (
	"errors"
	"regexp"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Measures are numbers in a common unit, and how such a number is written.
type measures struct {
	numbers []decimal
	write   func(decimal) string
	// atoms tells that the numbers count nanoseconds or bytes, because their
	// texts have different units.
	atoms bool
	round []int64 // steps between round numbers, the least first
}

var (
	measurePattern = regexp.MustCompile(`^([+-]?[0-9]+(?:\.[0-9]+)?)\s*((?:per .+|[^0-9.\s][^0-9]*)?)$`)

	errNoMeasure = errors.New("must go from a number to a number, as in 1..8, 40..80:5 or 10s..60s:10s")
	errUnits     = errors.New("must have the same unit throughout, as in 30%..70%:10%")
	errDigits    = errors.New("has numbers with too many digits")
)

// readMeasures brings texts such as "10s" and "60s", or "500ms" and "2s", to a
// common unit. A zero needs none.
func readMeasures(texts []string) (measures, error) {
	same, err := ofOneUnit(texts)
	if err == nil || errors.Is(err, errDigits) {
		return same, err
	}
	if times, ok := atoms(texts, func(text string) (int64, error) {
		d, err := quantity.ParseDuration(text)
		return int64(d), err
	}); ok {
		times.round, times.write = roundTimes, func(d decimal) string { return quantity.Duration(d.whole()).String() }
		return times, nil
	}
	if sizes, ok := atoms(texts, func(text string) (int64, error) {
		s, err := quantity.ParseSize(text)
		return int64(s), err
	}); ok {
		sizes.round, sizes.write = roundSizes, func(d decimal) string { return quantity.Size(d.whole()).String() }
		return sizes, nil
	}
	return measures{}, err
}

// ofOneUnit reads texts that all have the same unit, or none.
func ofOneUnit(texts []string) (measures, error) {
	unit, found := "", false
	numbers := make([]decimal, len(texts))
	places := 0
	for i, text := range texts {
		parts := measurePattern.FindStringSubmatch(strings.TrimSpace(text))
		if parts == nil {
			return measures{}, errNoMeasure
		}
		number, ok := readDecimal(parts[1])
		if !ok {
			return measures{}, errDigits
		}
		numbers[i], places = number, max(places, number.places)
		bareZero := number.coefficient == 0 && parts[2] == ""
		if found && !bareZero && parts[2] != unit {
			return measures{}, errUnits
		}
		if !bareZero {
			unit, found = parts[2], true
		}
	}
	for i := range numbers {
		var ok bool
		if numbers[i], ok = numbers[i].with(places); !ok {
			return measures{}, errDigits
		}
	}
	return measures{numbers: numbers, round: roundNumbers, write: func(d decimal) string { return d.String() + spaced(unit) }}, nil
}

// spaced puts a space before a unit that needs one, as in "1000 per 10s".
func spaced(unit string) string {
	if strings.HasPrefix(unit, "per ") {
		return " " + unit
	}
	return unit
}

// atoms reads texts as whole numbers of the smallest unit.
func atoms(texts []string, parse func(string) (int64, error)) (m measures, ok bool) {
	for _, text := range texts {
		n, err := parse(strings.TrimSpace(text))
		if err != nil || n > greatestCoefficient {
			return measures{}, false
		}
		m.numbers = append(m.numbers, decimal{coefficient: n})
	}
	m.atoms = true
	return m, true
}

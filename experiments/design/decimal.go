package design

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// A decimal is coefficient / 10^places: arithmetic on what users write is
// exact, where 0.1 + 0.2 of floats is not 0.3.
type decimal struct {
	coefficient int64
	places      int
}

// greatestCoefficient keeps sums of two coefficients inside an int64.
const greatestCoefficient = math.MaxInt64 / 4

var decimalPattern = regexp.MustCompile(`^[+-]?[0-9]+(?:\.[0-9]+)?$`)

// readDecimal reads a plain decimal number; ok is false for anything else, and
// for one of more digits than a coefficient holds.
func readDecimal(text string) (d decimal, ok bool) {
	if !decimalPattern.MatchString(text) {
		return decimal{}, false
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	return decimal{n, len(fraction)}, err == nil && max(n, -n) <= greatestCoefficient
}

// with is the decimal with as many places, at least its own; ok is false where
// a coefficient does not hold it.
func (d decimal) with(places int) (same decimal, ok bool) {
	for ; d.places < places; d.places++ {
		if max(d.coefficient, -d.coefficient) > greatestCoefficient/10 {
			return d, false
		}
		d.coefficient *= 10
	}
	return d, true
}

// whole is the decimal without what stands behind the point.
func (d decimal) whole() int64 {
	n := d.coefficient
	for range d.places {
		n /= 10
	}
	return n
}

// String is the decimal without zeros at its end.
func (d decimal) String() string {
	sign, rest := "", d.coefficient
	if rest < 0 {
		sign, rest = "-", -rest
	}
	digits := fmt.Sprintf("%0*d", d.places+1, rest)
	whole, fraction := digits[:len(digits)-d.places], strings.TrimRight(digits[len(digits)-d.places:], "0")
	if fraction != "" {
		whole += "." + fraction
	}
	return sign + whole
}

// float is the float64 nearest to the decimal.
func (d decimal) float() float64 {
	v, _ := strconv.ParseFloat(d.String(), 64) // digits and at most one point: it is a number
	return v
}

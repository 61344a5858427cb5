// Package units writes the numbers of a result as people read them: latencies
// in milliseconds, shares in percent, counts with separators, an estimate with
// the interval that belongs to it, and no more digits than it deserves.
package units

import (
	"math"
	"strconv"
	"strings"
)

// None stands where there is no value.
const None = "-"

// Format writes a value with its unit: "s" (seconds), "share" (0 to 1), "USD",
// "1/s" (a rate), "B" (bytes), "h" (hours), "" (a count), or any other, which is printed
// behind the number as it is. NaN is None.
func Format(v float64, unit string) string {
	if math.IsNaN(v) {
		return None
	}
	s := scaleOf(v, unit)
	return s.write(s.digits(v / s.factor))
}

// Scaled writes a value as Format writes another one of its unit, on an axis that ends
// there: "0.5 s" of 2 s, not "500 ms".
func Scaled(v, like float64, unit string) string {
	s := scaleOf(like, unit)
	return s.write(s.digits(v / s.factor))
}

// Scale is the unit that Scaled writes in: 60 of minutes, where the unit is "s".
func Scale(like float64, unit string) float64 { return scaleOf(like, unit).factor }

// Interval writes a mean with the half-width of its interval, both in the unit of the
// greater and to the interval's second significant digit, "12.35 ± 0.12 ms", or its
// first where the mean has five digits already.
// Where there is no interval (lo or hi is NaN) it writes the mean alone.
func Interval(mean, lo, hi float64, unit string) string {
	if math.IsNaN(mean) || math.IsNaN(lo) || math.IsNaN(hi) {
		return Format(mean, unit)
	}
	half := (hi - lo) / 2
	s := scaleOf(greater(mean, half), unit)
	if half <= 0 {
		return s.write(s.digits(mean/s.factor) + " ± 0")
	}
	decimals := decimalsFor(mean/s.factor, half/s.factor)
	return s.write(fixed(mean/s.factor, decimals) + " ± " + fixed(half/s.factor, decimals))
}

// Split is Interval in two: the mean with its unit, and the half-width with the
// same unit, "±0.12 ms". The second is empty where there is no interval.
func Split(mean, lo, hi float64, unit string) (value, half string) {
	text := Interval(mean, lo, hi, unit)
	value, rest, found := strings.Cut(text, " ± ")
	if !found {
		return text, ""
	}
	s := scaleOf(greater(mean, (hi-lo)/2), unit)
	return value + s.after, "±" + s.before + rest
}

// greater is the size of a mean, or of the half-width of its interval.
func greater(mean, half float64) float64 { return math.Max(math.Abs(mean), half) }

// decimalsFor shows two significant digits of a half-width, but not more than
// five of a mean that is greater.
func decimalsFor(mean, half float64) int {
	decimals := 1 - Magnitude(half)
	if math.Abs(mean) > half {
		decimals = min(decimals, 4-Magnitude(mean))
	}
	// A half-width that would be written as 0 keeps its first digit.
	decimals = max(decimals, -Magnitude(half))
	return min(max(decimals, 0), 9)
}

// Magnitude is the power of ten of the first digit of v, which is not 0; 0 of
// infinity. It is read off the decimals: a logarithm just below a whole number
// on one processor is the whole number on another.
func Magnitude(v float64) int {
	_, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	power, _ := strconv.Atoi(exponent) // infinity has no exponent
	return power
}

// scale is how values of one size and unit are printed: divided by factor,
// between the words before and after.
type scale struct {
	factor        float64
	before, after string
	digits        func(float64) string
}

func (s scale) write(number string) string { return s.before + number + s.after }

func scaleOf(v float64, unit string) scale {
	switch unit {
	case "s":
		return timeScale(math.Abs(v))
	case "B":
		return byteScale(math.Abs(v))
	case "share":
		return scale{factor: 0.01, after: " %", digits: percent}
	case "USD":
		return scale{factor: 1, before: "USD ", digits: money}
	case "USD/h":
		return scale{factor: 1, before: "USD ", after: "/h", digits: money}
	case "1/s":
		return scale{factor: 1, after: "/s", digits: three}
	case "":
		return scale{factor: 1, digits: count}
	}
	return scale{factor: 1, after: " " + unit, digits: three}
}

// timeScale is the unit in which a time of this many seconds has one to three
// digits before the point.
func timeScale(seconds float64) scale {
	s := scale{factor: 1, after: " s", digits: three}
	switch {
	case seconds == 0:
	case seconds < 0.9995e-3:
		s.factor, s.after = 1e-6, " µs"
	case seconds < 0.9995:
		s.factor, s.after = 1e-3, " ms"
	case seconds >= 7199.5:
		s.factor, s.after = 3600, " h"
	case seconds >= 119.95:
		s.factor, s.after = 60, " min"
	}
	return s
}

// byteScale is the decimal unit, as networks are billed, in which so many bytes
// have one to three digits before the point.
func byteScale(bytes float64) scale {
	s := scale{factor: 1, after: " B", digits: three}
	for _, unit := range []string{" kB", " MB", " GB", " TB", " PB"} {
		if bytes < 999.5*s.factor {
			break
		}
		s.factor, s.after = 1000*s.factor, unit
	}
	return s
}

// three writes three significant digits, and all digits before the point.
func three(v float64) string {
	if v == 0 {
		return "0"
	}
	decimals := min(max(2-Magnitude(v), 0), 12)
	return trim(fixed(v, decimals))
}

// count writes whole numbers in full and others with three digits.
func count(v float64) string {
	if v == math.Trunc(v) {
		return fixed(v, 0)
	}
	return three(v)
}

// money writes cents, and three significant digits below ten cents.
func money(v float64) string {
	if a := math.Abs(v); a > 0 && a < 0.0995 {
		return three(v)
	}
	return fixed(v, 2)
}

// percent writes three significant digits of the distance to 0 or to 100,
// whichever is nearer: 99.931 is not 100.
func percent(v float64) string {
	rest := math.Min(math.Abs(v), math.Abs(100-v))
	if rest == 0 || rest < 1e-9 {
		return fixed(v, 0)
	}
	decimals := min(max(1-Magnitude(rest), 1), 9)
	return trim(fixed(v, decimals))
}

// trim drops the zeros at the end of a decimal fraction.
func trim(number string) string {
	if !strings.Contains(number, ".") {
		return number
	}
	return strings.TrimRight(strings.TrimRight(number, "0"), ".")
}

// fixed writes v with so many decimals and with commas between thousands.
func fixed(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return sign + whole
}

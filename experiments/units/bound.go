package units

import (
	"strings"

	"github.com/headroom-sim/headroom/experiments/output"
)

// Bound writes what a metric must be: "≤ 300 ms", "≥ 99.9 %", "= 0", or with two
// limits "1 to 3 s".
func Bound(b output.Bound, unit string) string {
	lo, hi := Format(b.Lo, unit), Format(b.Hi, unit)
	switch b.Relation {
	case output.AtMost:
		return "≤ " + hi
	case output.AtLeast:
		return "≥ " + lo
	case output.Equals:
		return "= " + lo
	}
	number, unit, _ := strings.Cut(lo, " ")
	if strings.HasSuffix(hi, " "+unit) {
		return number + " to " + hi // the unit once
	}
	return lo + " to " + hi
}

// Signed writes a difference with its interval and its sign, "+1.2 ± 0.4 ms".
func Signed(mean, lo, hi float64, unit string) string {
	text := Interval(mean, lo, hi, unit)
	if before := scaleOf(mean, unit).before; mean > 0 {
		text = before + "+" + strings.TrimPrefix(text, before)
	}
	return text
}

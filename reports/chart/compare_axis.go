package chart

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// percentUnit is a share that is written in percent, with its sign.
const percentUnit = "%%"

// logAroundZero spans low <= 0 <= top logarithmically on both sides of a stretch
// that is linear up to about the least value that counts, with marks at the powers
// of ten; label writes a mark.
func logAroundZero(low, top, least float64, label func(float64) string) axis {
	linear := view.Decimal(1, units.Magnitude(least))
	a := axis{linear: linear, ticks: []tick{{0, "0"}}}
	for v := linear; v/10 < -low; v = view.Tidy(10 * v) {
		a.min = -v
		a.ticks = slices.Insert(a.ticks, 0, tick{a.min, label(a.min)})
	}
	for v := linear; v/10 < top; v = view.Tidy(10 * v) {
		a.max = v
		a.ticks = append(a.ticks, tick{v, label(v)})
	}
	return a
}

// percents writes a share as a signed number of percents.
func percents(share float64) string {
	text := units.Format(view.Tidy(100*share), "")
	if share > 0 {
		text = "+" + text
	}
	return text
}

// bend is the place of a value on an axis that is linear up to the given size.
func bend(v, linear float64) float64 {
	return math.Copysign(random.Log(1+float64(math.Abs(v)/linear*9)), v)
}

// closeAxis is view.Near; logarithmic where a linear axis would crush small values.
func closeAxis(values []float64, unit string) (axis, string) {
	low, high := slices.Min(values), slices.Max(values)
	if least, most := extent(values); low >= 0 && least > 0 && most/least > view.Crushing && unit != "share" {
		factor, name := view.ScaleOf(high, unit)
		return logAroundZero(0, most, least, func(v float64) string { return units.Format(view.Tidy(v/factor), "") }), name
	}
	a, name := view.Near(values, unit)
	return from(a), name
}

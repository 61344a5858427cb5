package chart

import (
	"math"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/reports/units"
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

// closeAxis spans the values with four to eight marks, but not zero where that is
// far away; logarithmic where a linear axis would crush small ones. The second is
// the unit for its name.
func closeAxis(values []float64, unit string) (axis, string) {
	low, high := slices.Min(values), slices.Max(values)
	factor, name := scaleOf(math.Max(math.Abs(low), math.Abs(high)), unit)
	if least, most := extent(values); low >= 0 && least > 0 && most/least > view.Crushing && unit != "share" {
		return logAroundZero(0, most, least, func(v float64) string { return units.Format(view.Tidy(v/factor), "") }), name
	}
	low, high = low/factor, high/factor
	room := (high - low) * 0.08
	switch {
	case room == 0 && high == 0:
		room = 1
	case room == 0:
		room = math.Abs(high) / 50
	}
	step := view.RoundUp((high - low + 2*room) / 5)
	first, last := math.Floor((low-room)/step), math.Ceil((high+room)/step)
	if low >= 0 {
		first = math.Max(first, 0)
	}
	if unit == "share" && high <= 100 {
		last = math.Min(last, math.Floor(100/step+1e-9))
	}
	decimals := max(0, -units.Magnitude(step))
	a := axis{min: view.Tidy(first*step) * factor, max: view.Tidy(last*step) * factor}
	for i := first; i <= last; i++ {
		a.ticks = append(a.ticks, tick{view.Tidy(i*step) * factor, grouped(view.Tidy(i*step), decimals)})
	}
	return a, name
}

// grouped writes a number with so many decimals, or a whole one with commas
// between thousands.
func grouped(v float64, decimals int) string {
	if decimals == 0 {
		return units.Format(v, "")
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// scaleOf is what values of a unit are divided by to be written, and the words
// for that behind the name of a metric.
func scaleOf(size float64, unit string) (factor float64, name string) {
	switch unit {
	case "":
		return 1, ""
	case "share":
		return 0.01, ", %"
	case "s":
		switch {
		case size < 1e-3:
			return 1e-6, ", µs"
		case size < 1:
			return 1e-3, ", ms"
		}
	}
	return 1, ", " + unit
}

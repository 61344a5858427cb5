package view

import (
	"math"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/experiments/units"
)

// Near is a linear axis that spans the values with four to eight marks, but not
// zero where that is far away. The second is the unit for its name, behind a comma.
func Near(values []float64, unit string) (Axis, string) {
	low, high := slices.Min(values), slices.Max(values)
	factor, name := ScaleOf(max(math.Abs(low), math.Abs(high)), unit)
	low, high = low/factor, high/factor
	room := float64((high - low) * 0.08)
	switch {
	case room == 0 && high == 0:
		room = 1
	case room == 0:
		room = math.Abs(high) / 50
	}
	step := roundUp((high - low + float64(2*room)) / 5)
	first, last := math.Floor((low-room)/step), math.Ceil((high+room)/step)
	if low >= 0 {
		first = max(first, 0)
	}
	if unit == "share" && high <= 100 {
		last = min(last, math.Floor(100/step+1e-9))
	}
	decimals := max(0, -units.Magnitude(step))
	a := Axis{Min: float64(Tidy(first*step) * factor), Max: float64(Tidy(last*step) * factor)}
	for i := first; i <= last; i++ {
		a.Ticks = append(a.Ticks, Tick{float64(Tidy(i*step) * factor), grouped(Tidy(i*step), decimals)})
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

// ScaleOf is what values of a unit are divided by to be written, and the words
// for that behind the name of a metric.
func ScaleOf(size float64, unit string) (factor float64, name string) {
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
		case units.Scale(size, unit) == 60:
			return 60, ", min"
		case units.Scale(size, unit) == 3600:
			return 3600, ", h"
		}
	}
	return 1, ", " + unit
}

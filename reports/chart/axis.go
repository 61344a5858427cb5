package chart

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/reports/units"
)

// axis is a range of values with its marks. A logarithmic one has only
// positive values.
type axis struct {
	min, max float64
	log      bool
	linear   float64 // where it is not 0: logarithmic beyond this distance from zero
	ticks    []tick
}

// tick is a mark on an axis; minor ones have no label.
type tick struct {
	at    float64
	label string
}

// share is the position of v along the axis, 0 at its begin and 1 at its end.
// What lies beyond is put at the end itself.
func (a axis) share(v float64) float64 {
	v = min(max(v, a.min), a.max)
	if a.linear > 0 {
		from := bend(a.min, a.linear)
		return (bend(v, a.linear) - from) / (bend(a.max, a.linear) - from)
	}
	if a.log {
		return math.Log(v/a.min) / math.Log(a.max/a.min)
	}
	return (v - a.min) / (a.max - a.min)
}

// steps are the leading digits of marks that people read easily.
var steps = []float64{1, 2, 5}

// timeAxis spans the run, with at most so many marks.
func timeAxis(clock units.Clock, most int) axis {
	a := axis{max: clock.Duration}
	for _, t := range clock.Ticks(most) {
		a.ticks = append(a.ticks, tick{t.Seconds, t.Label})
	}
	return a
}

// fromZero is a linear axis from 0 to at least top, with four to six marks at 1,
// 2 or 5 times a power of ten, whole numbers where the unit is a count.
func fromZero(top float64, unit string) axis { return aroundZero(0, top, unit) }

// aroundZero is such an axis that begins below zero where low <= 0 does.
func aroundZero(low, top float64, unit string) axis {
	if !(top > 0) && low == 0 {
		top = 1
	}
	step := roundUp((top - low) / 5)
	if unit == "" {
		step = math.Max(step, 1)
	}
	first, last := math.Floor(low/step+1e-9), math.Ceil(top/step-1e-9)
	a := axis{min: tidy(first * step), max: tidy(last * step)}
	for i := first; i <= last; i++ {
		v := tidy(i * step)
		a.ticks = append(a.ticks, tick{v, axisLabel(v, unit)})
	}
	return a
}

// axisLabel writes a value without a unit that its panel's heading names.
func axisLabel(v float64, unit string) string {
	switch unit {
	case "1/s", "USD":
		unit = ""
	case percentUnit:
		return percents(v)
	}
	return units.Format(v, unit)
}

// roundUp is the least of 1, 2 and 5 times the powers of ten that is not below
// v > 0.
func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, s := range steps {
		if s*power >= v*(1-1e-9) {
			return tidy(s * power)
		}
	}
	return tidy(10 * power)
}

// tidy drops the rounding errors behind the twelfth digit.
func tidy(v float64) float64 {
	if v == 0 {
		return 0
	}
	digits := 11 - math.Floor(math.Log10(math.Abs(v)))
	if digits < 0 {
		return math.Round(v/math.Pow(10, -digits)) * math.Pow(10, -digits)
	}
	return math.Round(v*math.Pow(10, digits)) / math.Pow(10, digits)
}

// percentAxis spans the shares from 0 to 1.
func percentAxis() axis {
	return axis{max: 1, ticks: []tick{{0, "0"}, {0.25, ""}, {0.5, "50 %"}, {0.75, ""}, {1, "100 %"}}}
}

// logAxis spans the positive values between low and high, from a mark to a
// mark: at 1, 2 and 5 times the powers of ten, labelled where not more than
// the given number of decades are shown, else at the powers of ten with
// unlabelled marks between them.
func logAxis(low, high float64, unit string, decades float64) axis {
	var marks []tick
	from, to := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	crowded := math.Log10(high/low) > decades
	for e := from; e <= to; e++ {
		for _, s := range steps {
			t := tick{at: tidy(s * math.Pow(10, e))}
			if s == 1 || !crowded {
				t.label = units.Format(t.at, unit)
			}
			marks = append(marks, t)
		}
	}
	first := slices.IndexFunc(marks, func(t tick) bool { return t.at > low*(1+1e-9) }) - 1
	last := slices.IndexFunc(marks, func(t tick) bool { return t.at >= high*(1-1e-9) })
	if last < 0 {
		last = len(marks) - 1
	}
	first = max(min(first, last-1), 0)
	marks = marks[first : last+1]
	return axis{min: marks[0].at, max: marks[len(marks)-1].at, log: true, ticks: marks}
}

// fitting is the axis for values of a unit: linear from zero, but logarithmic
// where a linear one would crush the small ones.
func fitting(unit string, series ...[]float64) axis {
	low, high := extent(series...)
	if low > 0 && high/low > crushing {
		return logAxis(low, high, unit, 4.5)
	}
	return fromZero(high, unit)
}

// crushing is the ratio between values at which the small ones are no longer
// told from zero on a linear axis.
const crushing = 30

// extent is the least positive and the greatest of the values; NaN is skipped,
// and both are 0 where there are none.
func extent(series ...[]float64) (low, high float64) {
	for _, values := range series {
		for _, v := range values {
			if v > 0 && (low == 0 || v < low) {
				low = v
			}
			if v > high {
				high = v
			}
		}
	}
	return low, high
}

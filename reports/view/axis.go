package view

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/units"
)

// Axis is a range of values with its marks. A logarithmic one has only positive
// values.
type Axis struct {
	Min, Max float64
	Log      bool
	Ticks    []Tick
}

// Tick is a mark on an axis; minor ones have no label.
type Tick struct {
	At    float64
	Label string
}

// Share is the position of v along the axis, 0 at its begin and 1 at its end.
// What lies beyond is put at the end itself.
func (a Axis) Share(v float64) float64 {
	v = min(max(v, a.Min), a.Max)
	if a.Log {
		return random.Log(v/a.Min) / random.Log(a.Max/a.Min)
	}
	return (v - a.Min) / (a.Max - a.Min)
}

// steps are the leading digits of marks that people read easily.
var steps = []float64{1, 2, 5}

// FromZero is a linear axis from 0 to at least top, with four to six marks at 1,
// 2 or 5 times a power of ten of the unit in which its end is written, whole numbers
// where the unit is a count.
func FromZero(top float64, unit string) Axis { return AroundZero(0, top, unit) }

// SizesFromZero is such an axis for the sizes of differences, written as Size does.
func SizesFromZero(top float64, unit string) Axis {
	a := FromZero(top, unit)
	if unit == "share" {
		for i := range a.Ticks {
			a.Ticks[i].Label = strings.Replace(a.Ticks[i].Label, "%", "pp", 1)
		}
	}
	return a
}

// AroundZero is such an axis that begins below zero where low <= 0 does. Without
// anything to show it ends at 1.
func AroundZero(low, top float64, unit string) Axis {
	if !(top > 0) && low == 0 || math.IsInf(top-low, 0) {
		low, top = 0, 1
	}
	far := max(-low, top)
	step, first, last := stepsOver(low, top, far, unit)
	if end := Tidy(max(-first, last) * step); units.Scale(end, unit) != units.Scale(far, unit) {
		far = end
		step, first, last = stepsOver(low, top, far, unit)
	}
	a := Axis{Min: Tidy(first * step), Max: Tidy(last * step)}
	for i := first; i <= last; i++ {
		v := Tidy(i * step)
		a.Ticks = append(a.Ticks, Tick{v, axisLabel(v, far, unit)})
	}
	return a
}

// stepsOver are the steps of an axis from low to top whose values are written as far is,
// and between which of their multiples it lies.
func stepsOver(low, top, far float64, unit string) (step, first, last float64) {
	scale := units.Scale(far, unit)
	step = float64(roundUp((top-low)/5/scale) * scale)
	if unit == "" {
		step = math.Max(step, 1)
	}
	return step, math.Floor(low/step + 1e-9), math.Ceil(top/step - 1e-9)
}

// axisLabel writes a value as the farthest of its axis, without a unit that the
// panel's heading names.
func axisLabel(v, far float64, unit string) string {
	if v == 0 || unit == "1/s" || unit == "USD" {
		unit = ""
	}
	return units.Scaled(v, far, unit)
}

// roundUp is the least of 1, 2 and 5 times the powers of ten that is not below
// v > 0.
func roundUp(v float64) float64 {
	e := units.Magnitude(v)
	for _, s := range steps {
		if at := Decimal(s, e); at >= v*(1-1e-9) {
			return at
		}
	}
	return Decimal(1, e+1)
}

// Decimal is a digit times a power of ten, rounded once.
func Decimal(digit float64, exponent int) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(digit, 'f', -1, 64)+"e"+strconv.Itoa(exponent), 64) // never an error: digits
	return v
}

// Tidy drops the rounding errors behind the twelfth digit.
func Tidy(v float64) float64 {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 11, 64), 64)
	return v
}

// PercentAxis spans the shares from 0 to 1.
func PercentAxis() Axis {
	return Axis{Max: 1, Ticks: []Tick{{0, "0"}, {0.25, ""}, {0.5, "50 %"}, {0.75, ""}, {1, "100 %"}}}
}

// LogAxis spans the positive values between low and high, from a mark to a
// mark: at 1, 2 and 5 times the powers of ten, labelled where not more than
// the given number of decades are shown, else at the powers of ten with
// unlabelled marks between them.
func LogAxis(low, high float64, unit string, decades float64) Axis {
	var marks []Tick
	crowded := random.Log(high/low) > decades*math.Ln10
	for e := units.Magnitude(low); e <= units.Magnitude(high)+1; e++ {
		for _, s := range steps {
			t := Tick{At: Decimal(s, e)}
			if s == 1 || !crowded {
				t.Label = units.Format(t.At, unit)
			}
			marks = append(marks, t)
		}
	}
	first := slices.IndexFunc(marks, func(t Tick) bool { return t.At > low*(1+1e-9) }) - 1
	last := slices.IndexFunc(marks, func(t Tick) bool { return t.At >= high*(1-1e-9) })
	if last < 0 {
		last = len(marks) - 1
	}
	first = max(min(first, last-1), 0)
	last = max(last, first+1) // one value makes an axis too
	marks = marks[first : last+1]
	return Axis{Min: marks[0].At, Max: marks[len(marks)-1].At, Log: true, Ticks: marks}
}

// Fitting is the axis for values of a unit: linear from zero, but logarithmic
// where a linear one would crush the small ones.
func Fitting(unit string, series ...[]float64) Axis {
	low, high := Extent(series...)
	if low > 0 && high/low > Crushing {
		return LogAxis(low, high, unit, 4.5)
	}
	return FromZero(high, unit)
}

// Crushing is the ratio between values at which the small ones are no longer
// told from zero on a linear axis.
const Crushing = 30

// Extent is the least positive and the greatest of the values; what is not finite is
// skipped, and both are 0 where there are none.
func Extent(series ...[]float64) (low, high float64) {
	for _, values := range series {
		for _, v := range values {
			if math.IsInf(v, 0) {
				continue
			}
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

// Levels is an axis with the values of a factor side by side, each in the middle of its
// place, and as many marks as there is room for in so many characters.
func Levels(f design.Factor, room int) Axis {
	for most := room / 3; ; most-- {
		if a := LevelsUp(f, most); most < 3 || a.characters() <= room {
			return a
		}
	}
}

// LevelsUp is such an axis with at most so many marks.
func LevelsUp(f design.Factor, most int) Axis {
	a := Axis{Max: float64(f.Levels())}
	for _, m := range f.Marks(most) {
		a.Ticks = append(a.Ticks, Tick{m.Level + 0.5, cut(Plain(m.Text))})
	}
	return a
}

// cut shortens a label of more letters than an axis has room for.
func cut(label string) string {
	if letters := []rune(label); len(letters) > longestLabel {
		return string(letters[:longestLabel-1]) + "…"
	}
	return label
}

const longestLabel = 24

// characters are those that the labels take side by side, each as wide as the widest.
func (a Axis) characters() int {
	widest := 0
	for _, t := range a.Ticks {
		widest = max(widest, utf8.RuneCountInString(t.Label))
	}
	return len(a.Ticks) * (widest + 2)
}

package view

import (
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/units"
)

// Course is a figure over the minutes: that of a single replication, or the mean of
// several with the half-width of its 95 % interval.
type Course struct {
	Values []float64
	Halves []float64 // NaN where there is no interval; nil where there is none at all
}

// Course is a column over the minutes; without values where it is absent or has none.
func (d *Data) Course(format string, args ...any) Course {
	name := fmt.Sprintf(format, args...)
	var c Course
	if d.Averaged() {
		c = d.averaged(d.all.Index(name))
	} else {
		c.Values = d.first.Column(name)
	}
	if slices.ContainsFunc(c.Values, func(v float64) bool { return !math.IsNaN(v) }) {
		return c
	}
	return Course{}
}

// averaged is a column of the means; -1: none.
func (d *Data) averaged(column int) Course {
	if column < 0 {
		return Course{}
	}
	estimate := d.all.Estimates()
	c := Course{make([]float64, d.Minutes()), make([]float64, d.Minutes())}
	for row := range c.Values {
		c.Values[row], c.Halves[row], _ = estimate(column, row)
	}
	return c
}

// RateCourse is a column of counts as counts per second.
func (d *Data) RateCourse(name string) Course {
	c := d.Course("%s", name)
	return Course{d.perSecond(c.Values), d.perSecond(c.Halves)}
}

// Lows are the lower ends of the intervals; NaN where there is none.
func (c Course) Lows() []float64 { return c.ends(-1) }

// Highs are the upper ends of the intervals; NaN where there is none.
func (c Course) Highs() []float64 { return c.ends(1) }

func (c Course) ends(side float64) []float64 {
	list := make([]float64, len(c.Halves))
	for i, half := range c.Halves {
		list[i] = c.Values[i] + float64(side*half)
	}
	return list
}

// Span is from the least to the greatest of zero, the values and the ends of their
// intervals.
func (c Course) Span() (low, high float64) {
	for _, v := range slices.Concat(c.Values, c.Lows(), c.Highs()) {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	return low, high
}

// Text is the i-th value, with its interval where it has one.
func (c Course) Text(i int, unit string) string {
	if c.Halves == nil {
		return units.Format(c.Values[i], unit)
	}
	v, half := c.Values[i], c.Halves[i]
	return units.Interval(v, v-half, v+half, unit)
}

// WidestText says which interval of the courses, all of a unit, is the widest; "" where
// none has any width.
func (d *Data) WidestText(unit string, courses ...Course) string {
	text, widest := "", 0.0
	for _, c := range courses {
		if at, most := Peak(c.Halves); most > widest {
			text, widest = fmt.Sprintf(" The widest interval is at %s: %s.", d.Clock.Minute(d.Edges[at]), c.Text(at, unit)), most
		}
	}
	return text
}

// Alone is the first replication as if there were no other.
func (d *Data) Alone() *Data {
	alone := *d
	alone.all = nil
	return &alone
}

// Averaged reports whether the minutes are means over replications.
func (d *Data) Averaged() bool { return d.all != nil }

// Over says of which replications a picture over time is.
func (d *Data) Over() string {
	if !d.Averaged() {
		return d.First()
	}
	return fmt.Sprintf(" (mean of %d replications)", d.Replications)
}

// IntervalsText says what bands around means are.
const IntervalsText = "bands: 95 % intervals of the means"

// OverText says how pictures over time show several replications; "" of a single one.
func (d *Data) OverText() string {
	if !d.Averaged() {
		return ""
	}
	return fmt.Sprintf("Lines are means over %d replications, minute by minute, and bands their 95 %% intervals by Student's t; a quantile is the mean of the replications' quantiles.", d.Replications)
}

// ofFirst says whose an event is, among minutes that are means.
func (d *Data) ofFirst() string {
	if d.Averaged() {
		return " (in the first replication)"
	}
	return ""
}

package view

import (
	"fmt"
	"math"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// Difference writes a difference with its simultaneous interval, behind a ~ where
// it shows nothing.
func Difference(d experiments.Difference) string {
	switch d.Shows() {
	case experiments.Same:
		return "same"
	case experiments.None:
		return "~ " + ByHowMuch(d, d.Simultaneous) + unanimous(d)
	}
	return ByHowMuch(d, d.Simultaneous)
}

// manifold is the share from which a difference is told as a factor.
const manifold = 10

// ByHowMuch writes an estimate of a difference in the way in which it says most: of
// a share in percentage points, else as a share of the base, or as a multiple of
// it; as it is where the base is zero, or so uncertain that the interval reaches from
// less than nothing to more than the base.
func ByHowMuch(d experiments.Difference, e output.Estimate) string {
	share, ok := d.Relative(e)
	switch {
	case math.IsNaN(e.Mean):
		return units.None
	case !ok || d.Unit == "share" || share.Lo < -1 && share.Hi > 0:
		return Absolute(d, e)
	case share.Mean > manifold:
		return "×" + units.Interval(1+share.Mean, 1+share.Lo, 1+share.Hi, "")
	}
	return Share(share)
}

// Share writes a relative difference in percent.
func Share(e output.Estimate) string { return hundredfold(e, "%") }

// hundredfold writes a share in hundredths. Each product is rounded by itself, so
// that it prints the same on every processor.
func hundredfold(e output.Estimate, unit string) string {
	return units.Signed(float64(100*e.Mean), float64(100*e.Lo), float64(100*e.Hi), unit)
}

// Absolute writes an estimate of a difference in the metric's own unit, of a share
// in percentage points.
func Absolute(d experiments.Difference, e output.Estimate) string { return Signed(e, d.Unit) }

// Signed writes a difference in a unit with its sign, of a share in percentage points.
func Signed(e output.Estimate, unit string) string {
	if unit == "share" {
		return hundredfold(e, "pp")
	}
	return units.Signed(e.Mean, e.Lo, e.Hi, unit)
}

// Size writes how great a difference is, of a share in percentage points.
func Size(e output.Estimate, unit string) string {
	if unit == "share" {
		return units.Interval(float64(100*e.Mean), float64(100*e.Lo), float64(100*e.Hi), "pp")
	}
	return units.Interval(e.Mean, e.Lo, e.Hi, unit)
}

// unanimous tells of a difference that is the same in all of too few pairs, which
// leaves it without an interval.
func unanimous(d experiments.Difference) string {
	if d.N < 2 || !math.IsNaN(d.Simultaneous.Lo) {
		return ""
	}
	return fmt.Sprintf(" in all %d", d.N)
}

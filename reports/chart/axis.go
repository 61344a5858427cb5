package chart

import (
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
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
		return random.Log(v/a.min) / random.Log(a.max/a.min)
	}
	return (v - a.min) / (a.max - a.min)
}

// from is an axis as package view has it.
func from(v view.Axis) axis {
	a := axis{min: v.Min, max: v.Max, log: v.Log}
	for _, t := range v.Ticks {
		a.ticks = append(a.ticks, tick{t.At, t.Label})
	}
	return a
}

// timeAxis spans the run, with at most so many marks.
func timeAxis(clock units.Clock, most int) axis {
	a := axis{max: clock.Duration}
	for _, t := range clock.Ticks(most) {
		a.ticks = append(a.ticks, tick{t.Seconds, t.Label})
	}
	return a
}

// fromZero is view.FromZero.
func fromZero(top float64, unit string) axis { return aroundZero(0, top, unit) }

// aroundZero is view.AroundZero, with signs before percents.
func aroundZero(low, top float64, unit string) axis {
	a := from(view.AroundZero(low, top, unit))
	if unit == percentUnit {
		for i := range a.ticks {
			a.ticks[i].label = percents(a.ticks[i].at)
		}
	}
	return a
}

// percentAxis is view.PercentAxis.
func percentAxis() axis { return from(view.PercentAxis()) }

// logAxis is view.LogAxis.
func logAxis(low, high float64, unit string, decades float64) axis {
	return from(view.LogAxis(low, high, unit, decades))
}

// fitting is view.Fitting.
func fitting(unit string, series ...[]float64) axis { return from(view.Fitting(unit, series...)) }

// extent is view.Extent.
func extent(series ...[]float64) (low, high float64) { return view.Extent(series...) }

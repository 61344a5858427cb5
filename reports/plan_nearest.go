package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
)

// miss is by how much a configuration misses the expectation that decided.
type miss struct {
	*experiments.Candidate
	expectation experiments.Expectation // Value is what is known of its metric
	share       float64                 // of the bound
}

// nearest are the configurations that come nearest where none meets the
// expectations.
func nearest(p *experiments.Plan, most int) block {
	b := block{title: "Nearest", head: []string{"configuration", "expectation", "must be", "is", "misses by"}, left: 5}
	if p.Best != nil {
		return b
	}
	var list []miss
	for _, c := range p.Tried {
		if m, ok := missedBy(c); ok {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b miss) int { return cmp.Compare(a.share, b.share) })
	for _, m := range list[:min(most, len(list))] {
		e := m.expectation
		b.rows = append(b.rows, []string{
			strings.Join(setValues(m.Sets), ", "), m.Cause.Expectation, units.Bound(e.Bound, e.Unit), units.Interval(e.Value, e.Lo, e.Hi, e.Unit), units.Format(math.Abs(e.Value-limitOf(e)), e.Unit),
		})
	}
	return b
}

// missedBy tells by how much; ok is false where no figure is known.
func missedBy(c *experiments.Candidate) (m miss, ok bool) {
	e, simulated := c.Expectations[c.Cause.Expectation]
	if k := c.Cause.Known; !simulated && c.Fate == experiments.Excluded {
		e = experiments.Expectation{Bound: c.Cause.Bound, Unit: c.Cause.Unit, Value: k.Lo, Lo: math.NaN(), Hi: math.NaN()}
		if math.IsInf(k.Lo, -1) {
			e.Value = k.Hi
		}
	} else if !simulated {
		return m, false
	}
	ok = !math.IsNaN(e.Value) && !math.IsInf(e.Value, 0)
	return miss{c, e, distance(e)}, ok
}

// distance is how far an expectation's value is from its limit, as a share of this;
// of one that is near to 1, as an availability is, of what it leaves.
func distance(e experiments.Expectation) float64 {
	size := max(math.Abs(limitOf(e)), 1e-12)
	if e.Unit == "share" && limitOf(e) > 0.5 && limitOf(e) < 1 {
		size = 1 - limitOf(e)
	}
	return math.Abs(e.Value-limitOf(e)) / size
}

// limitOf is the end of the bound that is nearer.
func limitOf(e experiments.Expectation) float64 {
	switch {
	case math.IsInf(e.Bound.Lo, -1):
		return e.Bound.Hi
	case math.IsInf(e.Bound.Hi, 1):
		return e.Bound.Lo
	case math.Abs(e.Value-e.Bound.Lo) < math.Abs(e.Value-e.Bound.Hi):
		return e.Bound.Lo
	}
	return e.Bound.Hi
}

package experiments

import (
	"math"

	"github.com/headroom-sim/headroom/experiments/design"
)

// Effects are what a sweep tells of one response: which factor moves it, and
// how. Which of them there are depends on the design's kind.
type Effects struct {
	Response Response

	Levels        []design.LevelMean   // of a grid
	Variance      *design.Variance     // of a grid; nil where nothing varies
	Sensitivities []design.Sensitivity // of a Latin hypercube or a Sobol sequence; nil where there are too few points
	Screenings    []design.Screening   // of a Morris design
	Differences   []design.Difference  // one at a time

	Missing  int  // points without a sample
	Constant bool // all points have the same
}

// Effects of every response. They are worked out once, when they are first
// asked for; by then all points must be there.
func (r *SweepResult) Effects() []Effects {
	if r.told == nil {
		for i := range r.Responses {
			r.told = append(r.told, r.effects(i))
		}
	}
	return r.told
}

func (r *SweepResult) effects(response int) Effects {
	values := r.Response(response)
	means := values.Means()
	e := Effects{Response: r.Responses[response]}
	e.Missing, e.Constant = survey(means)
	if e.Constant {
		return e
	}
	switch r.Matrix.Kind {
	case design.Grid:
		e.Levels = r.Matrix.MainEffects(values)
		if v, ok := r.Matrix.Analyse(values); ok {
			e.Variance = &v
		}
	case design.LatinHypercube, design.Sobol:
		e.Sensitivities, _ = r.Matrix.Sensitivities(means)
	case design.Morris:
		e.Screenings = r.Matrix.Screen(means)
	case design.OneAtATime:
		e.Differences = r.Matrix.Differences(values)
	}
	return e
}

// survey counts the values that are missing, and tells whether the others are
// all the same, or none.
func survey(values []float64) (missing int, constant bool) {
	constant = true
	first := math.NaN()
	for _, v := range values {
		switch {
		case math.IsNaN(v):
			missing++
		case math.IsNaN(first):
			first = v
		case v != first:
			constant = false
		}
	}
	return missing, constant
}

// Cheapest is the point inside its objectives that costs least; ok is false
// where there are no objectives, no point is inside, or nothing has a price. Each
// point is judged by itself, so that of many one may be inside by luck: [Planner]
// chooses with one confidence for all.
func (r *SweepResult) Cheapest() (point int, ok bool) {
	column := r.column("cost.total")
	least := math.Inf(1)
	for i, p := range r.Points {
		if column < 0 || !p.Holds() {
			continue
		}
		if cost := r.Estimate(i, column).Mean; cost > 0 && cost < least {
			point, least = i, cost
		}
	}
	return point, !math.IsInf(least, 1)
}

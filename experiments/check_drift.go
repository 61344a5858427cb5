package experiments

import (
	"fmt"
	"math"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// Drift is how a metric that an expectation names has changed since the
// baseline: the present minus the past, paired by replication, as both met the
// same random numbers.
//
// It is judged in the direction of the expectation's bound: of at_most higher is
// worse, of at_least lower, of between and equals either. Pass: the interval of
// the change lies inside what is allowed; fail: wholly outside; else
// inconclusive.
type Drift struct {
	Expectation string
	Metric      string
	Unit        string
	During      *[2]float64 // seconds, or nil: the whole measured run
	Bound       output.Bound
	Verdict     output.Verdict
	Was         float64 // the baseline's mean over the pairs
	output.Difference
	// Allowed is how much worse the metric may be, in its unit: the tolerance's
	// share of what it was. Of a share that must be at least something, such as
	// an availability, it is one of what lacked to 100 %, or of the error budget,
	// what the bound leaves, where that is more; where the metric was 0, one of
	// the bound.
	Allowed float64
}

// drift compares the replications of now with those of the past.
func drift(name string, e Expectation, past []float64, c Criteria) Drift {
	d := Drift{Expectation: name, Metric: e.Metric, Unit: e.Unit, During: e.During, Bound: e.Bound, Difference: output.Compare(past, e.Each, c.Level)}
	var paired []float64
	for i := range min(len(past), len(e.Each)) {
		if !math.IsNaN(e.Each[i]) {
			paired = append(paired, past[i])
		}
	}
	d.Was = output.Interval(paired, c.Level).Mean
	d.Allowed = float64(c.Tolerance * scale(e, d.Was))
	d.Verdict = d.judge()
	return d
}

// scale is what the tolerance is a share of.
func scale(e Expectation, was float64) float64 {
	switch {
	case e.Unit == "share" && e.Bound.Relation == output.AtLeast:
		return 1 - min(was, e.Bound.Lo)
	case was == 0 && e.Bound.Relation == output.AtLeast:
		return math.Abs(e.Bound.Lo)
	case was == 0:
		return math.Abs(e.Bound.Hi)
	}
	return math.Abs(was)
}

func (d Drift) judge() output.Verdict {
	up, down := d.NotWorse(d.Allowed, output.LowerIsBetter), d.NotWorse(d.Allowed, output.HigherIsBetter)
	switch d.Bound.Relation {
	case output.AtMost:
		return up
	case output.AtLeast:
		return down
	}
	return min(up, down)
}

// sentence says what was, by how much that has changed, and what is allowed.
func (d Drift) sentence() string {
	text := fmt.Sprintf("%s was %s: %s", d.Metric+within(d.During), units.Format(d.Was, d.Unit), d.absolute())
	if d.relative() && d.Mean != 0 {
		text += " (" + units.Signed(d.Mean/math.Abs(d.Was), math.NaN(), math.NaN(), "share") + ")"
	}
	text += ", allowed " + d.allowance()
	if d.N == 1 {
		text += " (one replication)"
	}
	return text
}

// relative reports whether the change is best told as a share of what was.
func (d Drift) relative() bool { return d.Was != 0 && d.Unit != "share" }

// Change is the difference as people read it: as a share of what was, or, of
// shares and where that was nothing, in the metric's unit; of shares in
// percentage points.
func (d Drift) Change() string {
	if !d.relative() {
		return d.absolute()
	}
	was := math.Abs(d.Was)
	return units.Signed(d.Mean/was, d.Lo/was, d.Hi/was, "share")
}

// Limit is what is allowed, in the form of Change.
func (d Drift) Limit() string {
	if !d.relative() {
		return d.allowance()
	}
	return d.sign() + units.Format(d.Allowed/math.Abs(d.Was), "share")
}

func (d Drift) absolute() string {
	if d.Unit == "share" {
		return units.Signed(100*d.Mean, 100*d.Lo, 100*d.Hi, "pp")
	}
	return units.Signed(d.Mean, d.Lo, d.Hi, d.Unit)
}

func (d Drift) allowance() string {
	if d.Unit == "share" {
		return d.sign() + units.Format(100*d.Allowed, "pp")
	}
	return d.sign() + units.Format(d.Allowed, d.Unit)
}

// sign is the direction in which the metric gets worse.
func (d Drift) sign() string {
	switch d.Bound.Relation {
	case output.AtMost:
		return "+"
	case output.AtLeast:
		return "-"
	}
	return "±"
}

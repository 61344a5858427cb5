package experiments

import (
	"math"
	"strings"

	"github.com/headroom-sim/headroom/experiments/output"
)

// Difference is that of a metric, the arm minus the base, paired by replication.
type Difference struct {
	Unit string
	output.Difference
	Base float64 // the mean of the base over the same pairs, by which Relative divides

	// Simultaneous is the interval that is corrected for all differences that
	// are shown, by Bonferroni, and Holm the corrected P; both are NaN for a
	// metric that is not shown, but for the mean where there is one pair.
	Simultaneous output.Estimate
	Holm         float64
}

// Showing is what a difference shows.
type Showing uint8

// What differences show.
const (
	Unknown Showing = iota // fewer than two pairs
	Same                   // no difference at all, in any replication
	None                   // the simultaneous interval holds zero, or equal differences are too few for one: luck would do
	Lower                  // it lies below zero
	Higher                 // it lies above zero
)

var showingNames = [...]string{"unknown", "same", "none", "lower", "higher"}

// String is the word for it in JSON and CSV.
func (s Showing) String() string { return showingNames[s] }

// Shows is what the simultaneous interval shows; that of the difference alone
// where the metric is not among those shown.
func (d Difference) Shows() Showing {
	e := d.Simultaneous
	if math.IsNaN(e.Mean) {
		e = d.Estimate
	}
	switch {
	case d.N < 2:
		return Unknown
	case e.Lo == 0 && e.Hi == 0:
		return Same
	case e.Lo > 0:
		return Higher
	case e.Hi < 0:
		return Lower
	}
	return None
}

// Relative is an estimate of the difference as a share of the base's mean. ok is
// false where that is zero or there is none.
func (d Difference) Relative(e output.Estimate) (share output.Estimate, ok bool) {
	base := math.Abs(d.Base)
	if base == 0 || math.IsNaN(base) {
		return e, false
	}
	return output.Estimate{Mean: e.Mean / base, Lo: e.Lo / base, Hi: e.Hi / base, N: e.N}, true
}

// rounding is the share of values below which their differences are rounding
// errors.
const rounding = 1e-12

// resolution is the share of two quantiles below which their histograms do not
// tell them apart: each is off by 1/256 of itself at most.
const resolution = 1.0 / 128

// paired is output.Compare of a metric, but for what values cannot show: what is
// left of sums that were rounded differently is no difference, and the interval of
// quantiles that are not the same is no narrower than their histograms resolve. P
// follows: it is 1 where no level's interval can leave zero out. What is determined
// needs no test.
func paired(base, other *Trial, metric string, level float64) output.Difference {
	of, and := base.sample(metric), other.sample(metric)
	d := output.Compare(of, and, level)
	size := 0.0
	for i, v := range of {
		if !math.IsNaN(v + and[i]) {
			size = max(size, math.Abs(v), math.Abs(and[i]))
		}
	}
	if d.N > 1 && !(d.Hi-d.Lo > float64(rounding*size)) { // NaN too: equal, and too few
		d = equal(d, size, level)
		if d.Mean != 0 && determined(base, other, metric) {
			d.P, d.Lo, d.Hi = 0, d.Mean, d.Mean
		}
	}
	if isQuantile(metric) && d.N > 1 && d.Mean != 0 {
		d = blurred(d, float64(resolution*size))
	}
	return d
}

// equal is a difference that is the same in all pairs, of values of that size.
func equal(d output.Difference, size, level float64) output.Difference {
	if math.Abs(d.Mean) <= rounding*size {
		d.Mean = 0
	}
	if !math.IsNaN(d.Reduction) {
		d.Reduction = math.Inf(1)
	}
	return d.Equal(level)
}

// determined reports whether a metric that has equal differences is the
// configurations' and not luck's: a cost where no fleet scales, and that is the
// same in all replications of each.
func determined(base, other *Trial, metric string) bool {
	if !strings.HasPrefix(metric, "cost.") {
		return false
	}
	for _, t := range []*Trial{base, other} {
		for _, f := range t.Spec.Fleets {
			if len(f.Policies) > 0 {
				return false
			}
		}
		e := output.Interval(t.sample(metric), output.Level)
		if e.Hi-e.Lo > float64(rounding*math.Abs(e.Mean)) {
			return false
		}
	}
	return true
}

// blurred is a difference of values that are known to within least.
func blurred(d output.Difference, least float64) output.Difference {
	if d.Hi-d.Mean < least {
		d.Lo, d.Hi = d.Mean-least, d.Mean+least
	}
	if math.Abs(d.Mean) <= least {
		d.P = 1
	}
	return d
}

// isQuantile reports whether a metric is a quantile of a histogram of times.
func isQuantile(metric string) bool {
	metric = wholeName(metric)
	_, statistic, found := strings.Cut(metric, "latency.p")
	if !found {
		_, statistic, found = strings.Cut(metric, ".wait.p")
	}
	return found && !strings.Contains(statistic, ".")
}

// meanOfPairs is the mean of the base's values where the other has one too.
func meanOfPairs(base, other []float64) float64 {
	var values []float64
	for i, v := range base {
		if !math.IsNaN(other[i]) {
			values = append(values, v)
		}
	}
	return output.Interval(values, output.Level).Mean
}

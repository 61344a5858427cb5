package experiments

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/laws"
	"github.com/headroom-sim/headroom/experiments/output"
)

// FalseAlarms is the probability with which a verification fails although all
// its laws hold.
const FalseAlarms = 0.01

// Verification compares what theory says of cases with what simulating them gave.
type Verification struct {
	VerifyOptions
	Replications int
	Cases        []Verified
	Agreement    output.Agreement // of the figures that luck moves
	Warnings     []string
	Version      string
}

// Verified is a case that was verified.
type Verified struct {
	Name, Source, Title string
	Law, Reference      string
	Certain             bool   // nothing in it is left to chance: one replication tells
	Seed                uint64 // its own
	Digest              string
	Figures             []VerifiedFigure
}

// VerifiedFigure is a figure as theory has it, and as the simulation estimates it.
type VerifiedFigure struct {
	laws.Figure
	During *[2]float64 // seconds, or nil: the whole measured run
	Unit   string
	Output output.Estimate // with its 95 % interval
	// Score is the distance in standard errors, as a normal variate. It is NaN where
	// luck does not come into it, since nothing is left to chance or the figure is
	// right within its bound, and where the replications have no spread to judge by.
	Score float64
	// Verdict is on the figure by itself: fail at the level at which no figure of all
	// may fail, inconclusive without a spread.
	Verdict output.Verdict
}

// compare sets the case's figures beside what theory says.
func (c *Case) compare(wrong float64) Verified {
	v := Verified{
		Name: c.Name, Source: c.Source, Title: c.Spec.Title, Law: c.Law.Name, Reference: c.Law.Source,
		Certain: c.Law.Certain(), Seed: c.Spec.Seed,
	}
	v.Digest, _ = digests(c.Cells)
	for _, f := range c.Law.Figures {
		f.Exact *= 1 + wrong
		v.Figures = append(v.Figures, c.figure(f))
	}
	return v
}

// figure sets one beside what theory says.
func (c *Case) figure(f laws.Figure) VerifiedFigure {
	window, during := 0, (*[2]float64)(nil)
	if f.Expectation != "" {
		window = c.window(c.Spec.Expectations[f.Expectation])
		_, during = c.asked(f.Expectation)
	}
	v := VerifiedFigure{Figure: f, During: during, Unit: c.unit(f.Metric)}
	v.judge(c.values(window, f.Metric))
	return v
}

// judge compares values, one a replication, with the figure.
func (v *VerifiedFigure) judge(values []float64) {
	const rounding = 1e-12 // of sums
	within := v.Within + float64(rounding*math.Abs(v.Exact))
	off := func(value float64) bool { return !(math.Abs(value-v.Exact) <= within) }
	v.Output, v.Score, v.Verdict = output.Interval(values, output.Level), math.NaN(), output.Pass
	mean := v.Output.Mean
	switch {
	case v.Certain:
		if len(values) == 0 || slices.ContainsFunc(values, off) {
			v.Verdict = output.Fail
		}
	case off(mean):
		v.Score = output.Score(values, v.Exact+math.Copysign(v.Within, mean-v.Exact))
		if math.IsNaN(v.Score) {
			v.Verdict = output.Inconclusive
		}
	}
}

// judge finds whether the figures that luck moves agree with theory, each by itself
// and all together. Those of one case have much in common, the cases nothing: the
// first figure of each is independent of the others.
func (v *Verification) judge() {
	var all, first []float64
	for _, c := range v.Cases {
		for i, f := range c.Figures {
			if math.IsNaN(f.Score) {
				if !f.Certain && f.Verdict == output.Pass {
					all = append(all, 0) // luck might have moved it beyond its bound
				}
				continue
			}
			all = append(all, f.Score)
			if i == 0 {
				first = append(first, f.Score)
			}
		}
	}
	v.Agreement = output.Agree(all, first)
	for _, c := range v.Cases {
		for i := range c.Figures {
			if f := &c.Figures[i]; !math.IsNaN(f.Score) && v.Agreement.Outlier(f.Score) < FalseAlarms/2 {
				f.Verdict = output.Fail
			}
		}
	}
}

// Verdict is that of the worst figure.
func (c Verified) Verdict() output.Verdict {
	worst := output.Pass
	for _, f := range c.Figures {
		worst = min(worst, f.Verdict)
	}
	return worst
}

// Verdict is pass where theory and simulation agree: all that is certain is right,
// and the rest is what luck gives but for [FalseAlarms] of all seeds. It is
// inconclusive where there are figures that could not be judged, and no others are off.
func (v *Verification) Verdict() output.Verdict {
	if !v.Agreement.Holds(FalseAlarms) {
		return output.Fail
	}
	worst := output.Pass
	for _, c := range v.Cases {
		worst = min(worst, c.Verdict())
	}
	return worst
}

// VerifyCount is how many figures were judged how.
type VerifyCount struct {
	Figures int
	Right   int // exact or within their bound, whatever luck did
	Judged  int // by luck, with a score
	Open    int // without a spread to judge by
	Off     int // by themselves
}

// Count is that of all cases.
func (v *Verification) Count() VerifyCount {
	var n VerifyCount
	for _, c := range v.Cases {
		for _, f := range c.Figures {
			n.Figures++
			switch {
			case !math.IsNaN(f.Score):
				n.Judged++
			case f.Verdict == output.Pass:
				n.Right++
			case f.Verdict == output.Inconclusive:
				n.Open++
			}
			if f.Verdict == output.Fail {
				n.Off++
			}
		}
	}
	return n
}

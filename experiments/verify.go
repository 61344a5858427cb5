package experiments

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/laws"
	"github.com/headroom-sim/headroom/experiments/output"
)

// FalseAlarms is the probability with which a verification fails although all
// its laws hold.
const FalseAlarms = 0.01

// VerifySeed is the seed of a verification that names none.
const VerifySeed = 1

// VerifyBudget is the budget of a verification that names none. Two ordinary cores
// take less than a third of a budget for all built-in cases.
const VerifyBudget = 20 * time.Second

// VerifyOptions choose what is verified, and how.
type VerifyOptions struct {
	Names  []string // built-in cases, with or without "verify/" in front, or files; none: all built-in ones
	Sets   []string // "KEY=VALUE" over each of them
	Seed   uint64
	Budget time.Duration
	// Wrong is a share by which all exact values are made larger, to see that a
	// verification can fail.
	Wrong float64
}

// Buys is how many replications of each case the budget buys: one a second. They
// depend on nothing else, so that the figures of a case are the same alone as among
// others, and on every machine. The error is for a budget that buys too few for a
// spread to be told, or too many to end.
func (o VerifyOptions) Buys() (replications int, err error) {
	const least, most = 5 * time.Second, 24 * time.Hour
	if o.Budget < least || o.Budget > most {
		return 0, fmt.Errorf("must be from %v to %v (have %v)", least, most, o.Budget)
	}
	return int(o.Budget / time.Second), nil
}

// A Case is a scenario with the law that it obeys.
type Case struct {
	*Trial
	Law *laws.Law
}

// Cases reads those that the options name, or tells all that is wrong with any of
// them. No two may have the same name, by which each has its luck.
func Cases(o VerifyOptions) ([]*Case, error) {
	names := o.Names
	if len(names) == 0 {
		names = gallery.Verified()
	}
	var cases []*Case
	var failures []error
	for _, name := range names {
		c, err := newCase(name, o)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		if i := slices.IndexFunc(cases, func(other *Case) bool { return other.Name == c.Name }); i >= 0 {
			failures = append(failures, fmt.Errorf("%s: has the same name as %s: verify one after the other", name, cases[i].Source))
		}
		cases = append(cases, c)
	}
	if len(failures) > 0 {
		return nil, joined(failures)
	}
	return cases, nil
}

// newCase reads one. It has random numbers of its own, which depend on its name,
// so that cases have no luck in common.
func newCase(name string, o VerifyOptions) (*Case, error) {
	if _, builtIn := gallery.Scenario(gallery.Verify + "/" + name); builtIn {
		name = gallery.Verify + "/" + name
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "verify %d %s", o.Seed, strings.TrimSuffix(filepath.Base(name), ".toml"))
	own := fmt.Sprintf("seed=%d", h.Sum64()>>1)
	s, err := Open(name, Options{Sets: append(slices.Clip(o.Sets), own)})
	if err != nil {
		return nil, err
	}
	if gallery.Documented(name) && len(o.Sets) == 0 {
		return &Case{NewTrial(s), laws.Documented(s.Spec)}, nil
	}
	law, err := laws.Of(s.Spec)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Case{NewTrial(s), law}, nil
}

// Verification compares what theory says of cases with what simulating them gave.
type Verification struct {
	VerifyOptions
	Replications int
	Cases        []Verified
	Agreement    output.Agreement
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
	// Score is the distance in standard errors, as a normal variate; NaN where
	// nothing is left to chance.
	Score float64
	Holds bool // by itself, at the level at which no figure of all may fail
}

// Verify simulates the cases of the options and judges what comes of them: as many
// replications of each as the budget buys, one where nothing is left to chance.
func (r *Runner) Verify(ctx context.Context, cases []*Case, o VerifyOptions) (*Verification, error) {
	n, err := o.Buys()
	if err != nil {
		return nil, fmt.Errorf("the budget %w", err)
	}
	var certain, chancy []*Trial
	for _, c := range cases {
		if c.Law.Certain {
			certain = append(certain, c.Trial)
		} else {
			chancy = append(chancy, c.Trial)
		}
	}
	quiet := *r
	quiet.Progress = nil // it is soon done
	if err := quiet.Extend(ctx, 1, certain...); err != nil {
		return nil, err
	}
	if err := r.Extend(ctx, n, chancy...); err != nil {
		return nil, err
	}
	v := &Verification{VerifyOptions: o, Replications: n, Version: Version}
	for _, c := range cases {
		v.Cases = append(v.Cases, c.compare(o.Wrong))
	}
	v.judge()
	return v, nil
}

// compare sets the case's figures beside what theory says.
func (c *Case) compare(wrong float64) Verified {
	v := Verified{
		Name: c.Name, Source: c.Source, Title: c.Spec.Title, Law: c.Law.Name, Reference: c.Law.Source,
		Certain: c.Law.Certain, Seed: c.Spec.Seed,
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
	values := c.values(window, f.Metric)
	v := VerifiedFigure{
		Figure: f, During: during, Unit: c.unit(f.Metric),
		Output: output.Interval(values, output.Level), Score: output.Score(values, f.Exact, f.Within),
	}
	if c.Law.Certain {
		v.Score, v.Holds = math.NaN(), true
		for _, value := range values {
			v.Holds = v.Holds && math.Abs(value-f.Exact) <= f.Within
		}
	}
	return v
}

// judge finds whether the figures agree with theory, each by itself and all
// together. Those of one case have much in common, the cases nothing: the first
// figure of each is independent of the others.
func (v *Verification) judge() {
	var all, first []float64
	for _, c := range v.Cases {
		for i, f := range c.Figures {
			if c.Certain {
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
			if f := &c.Figures[i]; !c.Certain {
				f.Holds = v.Agreement.Outlier(f.Score) >= FalseAlarms/2
			}
		}
	}
}

// Verdict is pass or fail, of a figure by itself.
func (f VerifiedFigure) Verdict() output.Verdict {
	if f.Holds {
		return output.Pass
	}
	return output.Fail
}

// Verdict is that of the worst figure.
func (c Verified) Verdict() output.Verdict {
	worst := output.Pass
	for _, f := range c.Figures {
		worst = min(worst, f.Verdict())
	}
	return worst
}

// Off is how many figures do not agree with theory, each by itself.
func (v *Verification) Off() int {
	n := 0
	for _, c := range v.Cases {
		for _, f := range c.Figures {
			if !f.Holds {
				n++
			}
		}
	}
	return n
}

// Certain is how many figures are not left to chance, and how many of these are
// right.
func (v *Verification) Certain() (figures, right int) {
	for _, c := range v.Cases {
		for _, f := range c.Figures {
			if c.Certain {
				figures++
			}
			if c.Certain && f.Holds {
				right++
			}
		}
	}
	return figures, right
}

// Holds reports whether theory and simulation agree: all that is certain is
// exact, and the rest is what luck gives but for [FalseAlarms] of all seeds.
func (v *Verification) Holds() bool { return v.Off() == 0 && v.Agreement.Holds(FalseAlarms) }

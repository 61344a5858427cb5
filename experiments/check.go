package experiments

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/scenario"
)

// CheckReplications is how many a check makes where the scenario does not say.
const CheckReplications = 10

// Suite is a scenario as a test suite: its base and every variant, with the
// expectations of each.
type Suite struct {
	*Scenario
	Trials []*Trial // of the base, then of the variants in the order of the file
}

// Suites reads scenarios as test suites, or tells all that is wrong with any of
// them. No two may have the same name, by which reports and baselines know them.
func Suites(names []string, o Options) ([]*Suite, error) {
	var suites []*Suite
	var failures []error
	for _, name := range names {
		file, err := Load(name)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		suite, err := file.Suite(o)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		for _, other := range suites {
			if other.Name == suite.Name {
				failures = append(failures, fmt.Errorf("%s: has the same name as %s: check one after the other", name, other.Source))
			}
		}
		suites = append(suites, suite)
	}
	if len(failures) > 0 {
		return nil, joined(failures)
	}
	return suites, nil
}

// Suite makes one, with the same options for the base and all variants. The
// error is scenario.Problems where the scenario is wrong, and where it has no
// expectations at all: a suite that tests nothing must not pass.
func (s *Scenario) Suite(o Options) (*Suite, error) {
	suite := &Suite{Scenario: s}
	expected := 0
	for _, variant := range append([]string{""}, s.Variants()...) {
		o.Variant = variant
		study, err := s.Study(o)
		if err != nil {
			return nil, err
		}
		suite.Trials = append(suite.Trials, NewTrial(study))
		expected += len(study.Spec.Expectations)
	}
	if expected == 0 {
		return nil, scenario.Problems{{File: s.Source, Text: "has no expectations: there is nothing to check (a table [expectations.NAME] says what must hold)"}}
	}
	return suite, nil
}

// Run brings every configuration to the replications that it asks for, without
// 10, and further as long as its precision asks for more. On an error finished
// replications are kept, as [Runner.Extend] does.
func (s *Suite) Run(ctx context.Context, r *Runner) error {
	return r.pursue(ctx, s.fewest)
}

// fewest are the trials that lack replications and want the fewest, with that
// number.
func (s *Suite) fewest() (n int, trials []*Trial) {
	for _, t := range s.Trials {
		switch w := max(t.Replications(CheckReplications), t.next()); {
		case w <= len(t.Cells):
		case len(trials) == 0 || w < n:
			n, trials = w, []*Trial{t}
		case w == n:
			trials = append(trials, t)
		}
	}
	return n, trials
}

// Criteria are those by which a suite is judged.
type Criteria struct {
	Level     float64   // confidence of the intervals that decide, 0 < Level < 1
	Baseline  *Baseline // what the suite must not be worse than; nil: nothing
	Tolerance float64   // by how much it may be worse, as [Drift] has it; at least 0
}

// Defaults of a check.
const (
	DefaultLevel     = output.Level
	DefaultTolerance = 0.05
)

// Checked is a suite that was judged.
type Checked struct {
	Scenario, Source, Title string // as [Result] has them
	Criteria
	Judgements []*Judgement // one for each trial, in their order
	// Uncompared says what could not be compared with the baseline, and what
	// makes the comparison doubtful.
	Uncompared []string
	// Luck is true where something fails at the level of the criteria, and nothing
	// at that of the family: as many findings fail so by luck.
	Luck bool
}

// Judgement is what one configuration gave. The intervals of its expectations
// have the level of the criteria, those of its metrics 95 %.
type Judgement struct {
	*Result
	Configuration string // "base", or the variant
	Lines         map[string]int
	Drifts        []Drift       // since the baseline, in the order of the expectations' names
	Latency       *LatencyDrift // since the baseline; nil where no expectation names a latency, or replications are too few
	Spent         time.Duration // on its replications, by all processors; 0 where all were stored
}

// Judge judges what is done of the suite, at least one replication of each
// configuration.
func (s *Suite) Judge(c Criteria) *Checked {
	checked := s.judge(c)
	if family := checked.Family(); checked.Verdict() == output.Fail && family > c.Level {
		c.Level = family
		checked.Luck = s.judge(c).Verdict() != output.Fail
	}
	return checked
}

// judge judges each finding by itself.
func (s *Suite) judge(c Criteria) *Checked {
	checked := &Checked{Scenario: s.Name, Source: s.Source, Title: s.Title(), Criteria: c}
	for _, t := range s.Trials {
		j := &Judgement{Result: t.Result(), Configuration: t.configuration(), Lines: make(map[string]int), Spent: t.Spent()}
		for _, name := range t.expectationNames() {
			j.Expectations[name] = t.JudgeAt(name, c.Level)
			j.Lines[name] = t.Spec.Line("expectations", name)
		}
		if c.Baseline != nil {
			_, past := c.Baseline.of(s)
			checked.compare(j, t, past[j.Configuration])
		}
		checked.Judgements = append(checked.Judgements, j)
	}
	if c.Baseline != nil {
		checked.Uncompared = slices.Concat(c.Baseline.renamed(s), c.Baseline.rebuilt(), checked.Uncompared, c.Baseline.gone(s))
	}
	return checked
}

// configuration is what the study's is called.
func (s *Study) configuration() string {
	if s.Variant == "" {
		return BaseArm
	}
	return s.Variant
}

// Doubts are those of all configurations, each once.
func (s *Suite) Doubts() scenario.Problems {
	var all scenario.Problems
	for _, t := range s.Trials {
		for _, p := range t.Doubts() {
			if !slices.ContainsFunc(all, func(known scenario.Problem) bool { return known.Error() == p.Error() }) {
				all = append(all, p)
			}
		}
	}
	return all
}

// Count is how many findings have the verdict.
func (c *Checked) Count(v output.Verdict) int {
	n := 0
	for _, f := range c.Findings() {
		if f.Verdict == v {
			n++
		}
	}
	return n
}

// Family is the level at which a finding must fail for the whole check to fail:
// a finding whose bound is the truth fails at the level L with a probability of
// (1-L)/2, so that k of them, at 1 - 2(1-L)/k, fail with one of at most 1-L all
// together (Bonferroni). It is L itself of up to two findings.
func (c *Checked) Family() float64 {
	return 1 - (1-c.Level)/max(1, float64(len(c.Findings()))/2)
}

// Verdict is that of the check as a whole: the worst of all findings, but
// inconclusive where all that fails may be luck.
func (c *Checked) Verdict() output.Verdict {
	if c.Luck {
		return output.Inconclusive
	}
	worst := output.Pass
	for _, f := range c.Findings() {
		worst = min(worst, f.Verdict)
	}
	return worst
}

// Replications are the fewest and the most that a configuration has.
func (c *Checked) Replications() (fewest, most int) {
	fewest = math.MaxInt
	for _, j := range c.Judgements {
		fewest, most = min(fewest, j.Replications), max(most, j.Replications)
	}
	return fewest, most
}

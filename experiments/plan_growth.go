package experiments

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/bounds"
	"github.com/headroom-sim/headroom/experiments/output"
)

// Grown is what the best configuration does under more load.
type Grown struct {
	Factor       float64
	Verdict      output.Verdict // on all expectations: that they hold, that one does not, or neither is shown
	Expectation  string         // the first that does not hold, or is not shown to; "" where all hold
	Steady       bool           // judged by the steady state of a queue of the textbooks: nothing was simulated
	Expectations map[string]Expectation
	Binds        *Limit // the limit that bound for longest; nil where none did
	Servers      float64
	Cost         output.Estimate
	Replications int
}

// Loss is what the best configuration does when the zone with most instances is
// lost in the middle of the measured run, and does not come back.
type Loss struct {
	Zone         string
	AtS          float64                   // when
	Verdicts     map[string]output.Verdict // by expectation
	Expectations map[string]Expectation
	Replications int
}

// mostReplications is how many a further look at the best configuration takes.
const mostReplications = 12

// explore looks at the best configuration under other conditions.
func (s *search) explore(ctx context.Context) error {
	if s.plan.Best == nil {
		return nil
	}
	for _, factor := range s.Growth {
		row, err := s.grow(ctx, factor)
		if err != nil {
			return err
		}
		s.plan.Growth = append(s.plan.Growth, row)
		if row.Verdict == output.Fail {
			break
		}
	}
	if !s.Zones {
		return nil
	}
	return s.lose(ctx)
}

// judge simulates a configuration until each expectation is decided, or
// mostReplications are done. Each is wrong with a probability of at most 1 -
// Confidence.
func (s *search) judge(ctx context.Context, t *Trial) (map[string]output.Verdict, error) {
	for {
		verdicts := make(map[string]output.Verdict)
		undecided := false
		constraints, names := s.constraints(t, nil)
		values := samples(t, names)
		for i, name := range names {
			f := output.Feasibility{Constraints: constraints[i : i+1], Accept: 1 - s.Confidence, Reject: 1 - s.Confidence}
			verdicts[name] = f.Judge(values[i : i+1])
			undecided = undecided || verdicts[name] == output.Inconclusive
		}
		next := output.NextLook(len(t.Cells))
		if !undecided || next > max(mostReplications, output.NextLook(0)) {
			return verdicts, nil
		}
		if err := s.runner().Extend(ctx, next, t); err != nil {
			return nil, err
		}
	}
}

// grow tries the best configuration with a factor on the load.
func (s *search) grow(ctx context.Context, factor float64) (Grown, error) {
	g := Grown{Factor: factor, Verdict: output.Pass}
	study, err := s.scenario.Study(Options{Sets: slices.Concat(s.plan.Best.sets, s.plan.Best.trial.Spec.Grow(factor))})
	if err != nil {
		return g, fmt.Errorf("%g times the load: %w", factor, err)
	}
	t := NewTrial(study)
	verdicts, err := s.judge(ctx, t)
	if err != nil {
		return g, err
	}
	for _, name := range t.expectationNames() {
		if f, ok := bounds.Of(t.Spec, t.Spec.Expectations[name]); ok && f.Steady {
			b := bound(t.Spec.Expectations[name])
			g.Steady, verdicts[name] = true, output.Fail
			if f.Lo >= b.Lo && f.Hi <= b.Hi {
				verdicts[name] = output.Pass
			}
		}
		if verdicts[name] < g.Verdict {
			g.Verdict, g.Expectation = verdicts[name], name
		}
	}
	g.Expectations = t.judgements()
	g.Binds, g.Servers = binding(t), servers(t)
	g.Cost = output.Interval(s.costs(t), output.Level)
	g.Replications = len(t.Cells)
	return g, nil
}

// judgements are those on all expectations by the replications that are done.
func (t *Trial) judgements() map[string]Expectation {
	all := make(map[string]Expectation)
	for _, name := range t.expectationNames() {
		all[name] = t.Judge(name)
	}
	return all
}

// binding is the limit that bound for longest; nil where none did.
func binding(t *Trial) *Limit {
	var longest *Limit
	for _, l := range limits(t.Cells) {
		if l.Mean > 0 && (longest == nil || l.Mean > longest.Mean) {
			longest = &l
		}
	}
	return longest
}

// servers is the largest number of instances that there were, all fleets together.
func servers(t *Trial) float64 {
	var sum float64
	for _, name := range t.metrics {
		if strings.HasPrefix(name, "fleets.") && strings.HasSuffix(name, ".instances.max") {
			sum += output.Interval(t.Values(name), output.Level).Mean
		}
	}
	return sum
}

// lose tries the best configuration with a zone lost in the middle of the measured
// run.
func (s *search) lose(ctx context.Context) error {
	spec := s.plan.Best.trial.Spec
	zone, zones := spec.FullestZone()
	if zones == 0 {
		return nil
	}
	at := (spec.Discard.For.Time() + spec.Duration.Time()) / 2
	name := "zone-lost"
	for spec.Faults[name] != nil {
		name += "-too"
	}
	key := "faults." + name + "."
	study, err := s.scenario.Study(Options{Sets: slices.Concat(s.plan.Best.sets, []string{
		fmt.Sprintf("%sat=%gs", key, at.Seconds()), fmt.Sprintf("%szone=%q", key, zone), key + "effect=crash",
	})})
	if err != nil {
		return fmt.Errorf("loss of zone %s: %w", zone, err)
	}
	t := NewTrial(study)
	verdicts, err := s.judge(ctx, t)
	if err != nil {
		return err
	}
	s.plan.Loss = &Loss{Zone: zone, AtS: at.Seconds(), Verdicts: verdicts, Expectations: t.judgements(), Replications: len(t.Cells)}
	return nil
}

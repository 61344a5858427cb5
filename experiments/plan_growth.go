package experiments

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/experiments/bounds"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Factors are those on the load for which a plan is tried, ascending and above 1.
type Factors []float64

// ParseFactors reads "1.25,1.5,2", or "none".
func ParseFactors(text string) (Factors, error) {
	if text == noFactors {
		return nil, nil
	}
	var list Factors
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(v > 1 && v <= 1000) {
			return nil, fmt.Errorf("must be factors above 1 with commas between them, as in 1.5,2,3, or none (have %q)", text)
		}
		if len(list) > 0 && v <= list[len(list)-1] {
			return nil, fmt.Errorf("factors must rise (have %q)", text)
		}
		list = append(list, v)
	}
	return list, nil
}

const noFactors = "none"

// String is what ParseFactors reads.
func (f Factors) String() string {
	if len(f) == 0 {
		return noFactors
	}
	parts := make([]string, len(f))
	for i, v := range f {
		parts[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Join(parts, ",")
}

// Grown is what the best configuration does under more load.
type Grown struct {
	Factor       float64
	Verdict      output.Verdict            // on all expectations: that they hold, that one does not, or neither is shown
	Expectation  string                    // the first that does not hold, or is not shown to; "" where all hold
	Verdicts     map[string]output.Verdict // by expectation
	Steady       []string                  // expectations judged by the steady state of a queue of the textbooks, and not by the replications
	Expectations map[string]Expectation
	Binds        *Limit // the limit that bound for longest; nil where none did
	Servers      float64
	Cost         output.Estimate
	Availability output.Estimate
	Replications int
}

// Loss is what the best configuration does when the zone with most instances is
// lost in the middle of the measured run, and does not come back.
type Loss struct {
	Zone         string
	Only         bool                      // whether there is no other
	AtS          float64                   // when
	Verdicts     map[string]output.Verdict // by expectation
	Expectations map[string]Expectation
	Availability output.Estimate
	Replications int
}

// mostReplications is how many a further look at the best configuration takes.
const mostReplications = 12

// explore looks at the best configuration under other conditions. What fails there
// is doubtful, and does not take the answer away; but an interruption does.
func (s *search) explore(ctx context.Context) error {
	if s.plan.Best == nil {
		return nil
	}
	for _, factor := range s.Growth {
		row, err := s.grow(ctx, factor)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			s.doubt("%g times the load could not be tried: %v", factor, err)
			break
		}
		s.plan.Growth = append(s.plan.Growth, row)
		if row.Verdict == output.Fail {
			break
		}
	}
	if !s.Zones {
		return nil
	}
	err := s.lose(ctx)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		s.doubt("the loss of a zone could not be tried: %v", err)
	}
	return nil
}

// judge simulates a configuration until each expectation is decided that is not in
// known, or mostReplications are done: one look at least, for what it costs and
// which limit binds. Each is wrong with a probability of at most 1 - Confidence.
func (s *search) judge(ctx context.Context, t *Trial, known map[string]output.Verdict) (map[string]output.Verdict, error) {
	for {
		verdicts := make(map[string]output.Verdict)
		maps.Copy(verdicts, known)
		undecided := len(t.Cells) == 0
		given := make(map[string]bool)
		for name := range known {
			given[name] = true
		}
		constraints, names := s.constraints(t, given)
		values := samples(t, names)
		for i, name := range names {
			f := output.Feasibility{Constraints: constraints[i : i+1], Accept: 1 - s.Confidence, Reject: 1 - s.Confidence, Certain: t.certain()}
			verdicts[name] = f.Judge(values[i : i+1])
			undecided = undecided || verdicts[name] == output.Inconclusive
		}
		next := output.NextLook(len(t.Cells))
		if !undecided || next > mostReplications {
			return verdicts, nil
		}
		if err := s.runner().Extend(ctx, next, t); err != nil {
			return nil, err
		}
	}
}

// steady are the verdicts that the steady states of queues have.
func steady(spec *scenario.Spec) map[string]output.Verdict {
	verdicts := make(map[string]output.Verdict)
	for name, e := range spec.Expectations {
		if f, ok := bounds.Of(spec, e); ok && f.Steady {
			verdicts[name] = output.Fail
			if b := bound(e); f.Lo >= b.Lo && f.Hi <= b.Hi {
				verdicts[name] = output.Pass
			}
		}
	}
	return verdicts
}

// grow tries the best configuration with a factor on the load.
func (s *search) grow(ctx context.Context, factor float64) (Grown, error) {
	g := Grown{Factor: factor, Verdict: output.Pass}
	study, err := s.scenario.Study(Options{Sets: slices.Concat(s.plan.Best.sets, s.plan.Best.trial.Spec.Grow(factor))})
	if err != nil {
		return g, err
	}
	t := NewTrial(study)
	known := steady(t.Spec)
	g.Steady = slices.Sorted(maps.Keys(known))
	verdicts, err := s.judge(ctx, t, known)
	if err != nil {
		return g, err
	}
	g.Verdicts = verdicts
	for _, name := range t.expectationNames() {
		if verdicts[name] < g.Verdict {
			g.Verdict, g.Expectation = verdicts[name], name
		}
	}
	g.Expectations = t.judgements()
	g.Binds, g.Servers = binding(t), servers(t)
	g.Cost = output.Interval(s.costs(t), output.Level)
	g.Availability, g.Replications = t.estimate(0, "availability", output.Level), len(t.Cells)
	if len(s.plan.Best.trial.survivors()) == 0 && !s.few {
		s.few = s.survivors(t, "with %g times the load", factor)
	}
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
		key + "at=" + quantity.Duration(at).String(), fmt.Sprintf("%szone=%q", key, zone), key + "effect=crash",
	})})
	if err != nil {
		return err
	}
	t := NewTrial(study)
	verdicts, err := s.judge(ctx, t, nil)
	if err != nil {
		return err
	}
	s.survivors(t, "with zone %s lost", zone)
	s.plan.Loss = &Loss{
		Zone: zone, Only: zones == 1, AtS: at.Seconds(), Verdicts: verdicts, Expectations: t.judgements(),
		Availability: t.estimate(0, "availability", output.Level), Replications: len(t.Cells),
	}
	return nil
}

// survivors warns of conditions under which few requests are answered, and no
// expectation says how many must be. It reports whether there was anything to warn of.
func (s *search) survivors(t *Trial, format string, args ...any) bool {
	list := t.survivors()
	for _, text := range list {
		s.doubt("%s: %s", fmt.Sprintf(format, args...), text)
	}
	return len(list) > 0
}

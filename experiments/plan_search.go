package experiments

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/output"
)

// A search is a plan on its way.
type search struct {
	*Planner
	scenario *Scenario
	base     *Study
	plan     *Plan
	rivals   int          // configurations that may turn out to be the cheapest
	leading  []*Candidate // that meet the expectations, and of which none is shown to be dearer than another
}

// run finds the fate of every configuration, cheapest first.
func (s *search) run(ctx context.Context) error {
	var left []*Candidate
	for _, c := range s.plan.Tried {
		if c.Fate == untried {
			left = append(left, c)
		}
	}
	s.rivals = len(left)
	slices.SortStableFunc(left, func(a, b *Candidate) int { return cmp.Compare(a.Floor, b.Floor) })
	for ; len(left) > 0; left = s.left(left) {
		if err := s.try(ctx, s.next(left)); err != nil {
			return err
		}
	}
	return s.settle(ctx)
}

// left are those whose fate is still to be found: of the ones given, and when these
// are done those on the border of what was only implied.
func (s *search) left(of []*Candidate) []*Candidate {
	of = slices.DeleteFunc(of, func(c *Candidate) bool { return c.Fate != untried || slices.Contains(s.leading, c) })
	if len(of) == 0 {
		return s.border()
	}
	return of
}

// try finds the fate of a configuration, or puts it among the leading ones.
func (s *search) try(ctx context.Context, c *Candidate) error {
	if len(s.leading) > 0 {
		worth, err := s.worth(ctx, c)
		if !worth || err != nil {
			return err
		}
	}
	study, err := s.scenario.Study(Options{Sets: c.sets})
	if err != nil {
		return err // it was read before
	}
	c.trial = NewTrial(study)
	for {
		verdict := s.feasible(c)
		switch {
		case verdict == output.Pass:
			return s.lead(ctx, c)
		case verdict == output.Fail:
			c.Fate, c.Cause.Expectation = Fails, s.worst(c, output.Fail)
			s.imply(c)
			return nil
		case len(c.trial.Cells) >= s.Most:
			c.Fate, c.Cause.Expectation = Undecided, s.worst(c, output.Inconclusive)
			return nil
		}
		if err := s.extend(ctx, output.NextLook(len(c.trial.Cells)), c); err != nil {
			return err
		}
		if dearer, err := s.dearer(ctx, c); dearer || err != nil {
			return err
		}
	}
}

// extend brings configurations to n replications.
func (s *search) extend(ctx context.Context, n int, list ...*Candidate) error {
	var trials []*Trial
	for _, c := range list {
		if len(c.trial.Cells) < n {
			trials = append(trials, c.trial)
		}
	}
	return s.runner().Extend(ctx, n, trials...)
}

// runner is the planner's, with progress by how many configurations and further
// looks are done.
func (s *search) runner() *Runner {
	if s.Runner.Progress == nil {
		return s.Runner
	}
	done, all := 0, len(s.plan.Tried)+len(s.Growth)+1
	for _, c := range s.plan.Tried {
		if c.Fate != untried {
			done++
		}
	}
	done += len(s.plan.Growth)
	scaled := *s.Runner
	scaled.Progress = func(share float64) { s.Runner.Progress((float64(done) + share) / float64(all)) }
	return &scaled
}

// feasible judges the expectations that no bound has proven.
func (s *search) feasible(c *Candidate) output.Verdict {
	constraints, names := s.constraints(c.trial, c.proven)
	if len(constraints) == 0 {
		return output.Pass
	}
	f := output.Feasibility{Constraints: constraints, Accept: s.accept(), Reject: s.reject()}
	return f.Judge(samples(c.trial, names))
}

// samples are the values of expectations' metrics, one a replication.
func samples(t *Trial, expectations []string) [][]float64 {
	var list [][]float64
	for _, name := range expectations {
		list = append(list, t.Judge(name).Each)
	}
	return list
}

// worst is the first expectation on which a configuration has a verdict, else the
// first that is not proven.
func (s *search) worst(c *Candidate, verdict output.Verdict) string {
	constraints, names := s.constraints(c.trial, c.proven)
	values := samples(c.trial, names)
	for i, name := range names {
		f := output.Feasibility{Constraints: constraints[i : i+1], Accept: s.accept(), Reject: s.reject() / float64(len(names))}
		if f.Judge(values[i:i+1]) == verdict {
			return name
		}
	}
	return names[0]
}

// worth tells whether a configuration can cost less than the best one so far. If
// it cannot, that is its fate.
func (s *search) worth(ctx context.Context, c *Candidate) (bool, error) {
	best := s.leading[0]
	for {
		e := s.atMost(best)
		if c.Floor >= e.Hi {
			c.Fate, c.Cause = Dearer, Cause{}
			return false, nil
		}
		if c.Floor <= e.Mean || len(best.trial.Cells) >= s.Replications {
			return true, nil
		}
		if err := s.extend(ctx, output.NextLook(len(best.trial.Cells)), best); err != nil {
			return false, err
		}
	}
}

// atMost is the cost of a configuration with an upper limit.
func (s *search) atMost(c *Candidate) output.Estimate {
	e := output.Interval(s.costsOf(c), 1-float64(2*s.mistake()))
	if e.N < 2 {
		e.Hi = math.Inf(1)
	}
	return e
}

// known tells whether the cost of a configuration is its least cost.
func (s *search) known(c *Candidate) bool { return s.certain(c.trial.Spec) }

// costsOf are the costs of a configuration's replications; where they are known
// beforehand, as many as any look asks for.
func (s *search) costsOf(c *Candidate) []float64 {
	if s.known(c) {
		return slices.Repeat([]float64{c.Floor}, output.NextLook(max(s.Most, s.Replications)))
	}
	return s.costs(c.trial)
}

// dearer tells whether a configuration is shown to cost more than the best one so
// far. If it is, that is its fate.
func (s *search) dearer(ctx context.Context, c *Candidate) (bool, error) {
	if len(s.leading) == 0 {
		return false, nil
	}
	best := s.leading[0]
	if !s.known(best) {
		if err := s.extend(ctx, len(c.trial.Cells), best); err != nil {
			return false, err
		}
	}
	chosen := s.choose([]*Candidate{best, c})
	if slices.Contains(chosen.Surviving, 1) {
		return false, nil
	}
	s.setAside(c, Dearer)
	return true, nil
}

// choose compares the costs of configurations, at the error that one plan can
// spend on as many comparisons.
func (s *search) choose(list []*Candidate) output.Selection {
	costs := make([][]float64, len(list))
	for i, c := range list {
		costs[i] = s.costsOf(c)
	}
	least := math.Inf(1)
	for _, c := range costs {
		if e := output.Interval(c, output.Level); e.N > 0 {
			least = min(least, e.Mean)
		}
	}
	wrong := float64(s.mistake() * float64(len(list)-1))
	return output.Select(costs, wrong, float64(s.Tolerance*least))
}

// setAside gives a configuration the fate that its cost makes.
func (s *search) setAside(c *Candidate, fate Fate) {
	best := s.leading[0]
	c.Fate = fate
	c.Cause = Cause{More: output.Compare(s.costsOf(best), s.costsOf(c), output.Level).Estimate}
}

// lead puts a configuration that meets the expectations among the leading ones,
// the cheapest first, and drops those that are dearer.
func (s *search) lead(ctx context.Context, c *Candidate) error {
	if len(s.leading) == 0 {
		defer s.narrow()
	}
	s.leading = append(s.leading, c)
	slices.SortFunc(s.leading, func(a, b *Candidate) int { return cmp.Compare(a.index, b.index) })
	for {
		chosen := s.choose(s.leading)
		if chosen.Done {
			s.promote(chosen)
			return nil
		}
		if chosen.Next > s.Most {
			s.plan.Doubts = append(s.plan.Doubts, fmt.Sprintf("%d configurations cost so nearly the same that %d replications do not tell which one is the cheapest", len(chosen.Surviving), s.Most))
			s.promote(chosen)
			return nil
		}
		var surviving []*Candidate
		for _, i := range chosen.Surviving {
			if !s.known(s.leading[i]) {
				surviving = append(surviving, s.leading[i])
			}
		}
		if err := s.extend(ctx, chosen.Next, surviving...); err != nil {
			return err
		}
	}
}

// narrow counts those that come into question once one is known to meet the
// expectations: what costs more at least does not.
func (s *search) narrow() {
	most := s.atMost(s.leading[0]).Hi
	s.rivals = 0
	for _, c := range s.plan.Tried {
		if c.Fate != Rejected && c.Fate != Excluded && c.Floor <= most {
			s.rivals++
		}
	}
}

// promote puts the cheapest of the leading ones first, and drops those that are
// dearer.
func (s *search) promote(chosen output.Selection) {
	all := s.leading
	s.leading = []*Candidate{all[chosen.Best]}
	for i, c := range all {
		switch {
		case i == chosen.Best:
		case slices.Contains(chosen.Surviving, i):
			s.leading = append(s.leading, c)
		default:
			s.setAside(c, Dearer)
		}
	}
}

// undecided is how many may meet the expectations, and may be cheaper than the
// best one.
func (s *search) undecided() int {
	n := 0
	for _, c := range s.plan.Tried {
		if c.Fate == Undecided {
			n++
		}
	}
	return n
}

// settle completes the best configuration and counts what the choice took.
func (s *search) settle(ctx context.Context) error {
	if len(s.leading) > 0 {
		best := s.leading[0]
		if err := s.extend(ctx, s.Replications, best); err != nil {
			return err
		}
		best.Fate, s.plan.Best = Chosen, best
		best.Result = best.trial.Result()
		for _, c := range s.leading[1:] {
			s.setAside(c, AsCheap)
		}
	}
	if n := s.undecided(); n > 0 {
		s.plan.Doubts = append(s.plan.Doubts, fmt.Sprintf("%d configurations that may cost less are too close to a bound to tell after %d replications: they are undecided, and the confidence is about the others", n, s.Most))
	}
	for _, c := range s.plan.Tried {
		if c.trial == nil || len(c.trial.Cells) == 0 {
			continue
		}
		c.Replications = len(c.trial.Cells)
		c.Cost = output.Interval(s.costs(c.trial), output.Level)
		c.Expectations = c.trial.judgements()
		s.plan.Cells += c.Replications
		for _, n := range c.trial.Values("requests.offered") {
			s.plan.Requests += n
		}
	}
	return nil
}

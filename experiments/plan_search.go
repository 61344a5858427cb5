package experiments

import (
	"cmp"
	"context"
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
	tied     int          // of these, those among which the replications allowed do not tell the cheapest
	failed   int          // configurations that were simulated and fail
	few      bool         // the requests that are answered under some growth, and no expectation judges it
	progress progress
}

// run finds the fate of every configuration, cheapest first. Where the best one
// turns out not to meet the expectations after all, it begins again without it.
func (s *search) run(ctx context.Context) error {
	for s.plan.Best == nil {
		left := s.open()
		if len(left) == 0 {
			break
		}
		for ; len(left) > 0; left = s.left(left) {
			if err := s.try(ctx, left); err != nil {
				return err
			}
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	s.tell()
	return nil
}

// open are the configurations whose fate is to be found, cheapest first. Those that
// were dearer than a best one that no longer is are among them.
func (s *search) open() []*Candidate {
	var left []*Candidate
	s.leading, s.tied, s.rivals = nil, 0, 0
	for _, c := range s.plan.Tried {
		if c.Fate == Dearer {
			c.Fate, c.Cause = untried, Cause{}
		}
		if c.Fate == untried {
			left = append(left, c)
		}
		if c.Fate != Rejected && c.Fate != Excluded {
			s.rivals++
		}
	}
	slices.SortStableFunc(left, func(a, b *Candidate) int { return cmp.Compare(a.Floor, b.Floor) })
	return left
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

// try finds the fate of the next configuration, or puts it among the leading ones.
func (s *search) try(ctx context.Context, left []*Candidate) error {
	c := s.next(left)
	if len(s.leading) > 0 {
		worth, err := s.worth(ctx, c)
		if !worth || err != nil {
			return err
		}
	}
	if err := s.begin(c); err != nil {
		return err
	}
	for {
		if dearer, err := s.dearer(ctx, c); dearer || err != nil {
			return err
		}
		verdict := s.feasible(c)
		switch {
		case verdict == output.Pass:
			return s.lead(ctx, c)
		case verdict == output.Fail:
			s.failed++
			c.Fate, c.Cause.Expectation = Fails, s.worst(c, output.Fail)
			s.imply(c)
			return nil
		case len(c.trial.Cells) >= s.Most:
			c.Fate, c.Cause.Expectation = Undecided, s.worst(c, output.Inconclusive)
			return nil
		case !c.waits && !s.Monotone && len(c.trial.Cells) >= patience:
			c.waits = true
			return nil
		}
		if err := s.look(ctx, c, left); err != nil {
			return err
		}
	}
}

// patience is the number of replications after which one that is hard to tell
// waits for the others: it may be dearer than one of them that meets the
// expectations, and then needs no more. Where its failure implies that of others
// it does not wait.
const patience = 8

// begin makes a configuration ready to be simulated.
func (s *search) begin(c *Candidate) error {
	if c.trial != nil {
		return nil
	}
	study, err := s.scenario.Study(Options{Sets: c.sets, Precision: s.Precision, Most: max(s.Most, s.Replications)})
	if err == nil { // it was read before
		c.trial = NewTrial(study)
	}
	return err
}

// mostAhead is how many configurations are simulated together.
const mostAhead = 4

// look brings a configuration to the next look. Once others have failed, the next
// ones are likely to be needed: as many as have failed, at most mostAhead in all,
// have their first look with it, so that more processors have work.
func (s *search) look(ctx context.Context, c *Candidate, left []*Candidate) error {
	n := output.NextLook(len(c.trial.Cells))
	list := []*Candidate{c}
	if n == output.NextLook(0) && !s.Monotone && len(s.leading) == 0 {
		for _, next := range left {
			if len(list) > min(s.failed, mostAhead-1) {
				break
			}
			if next != c && next.trial == nil {
				if err := s.begin(next); err != nil {
					return err
				}
				list = append(list, next)
			}
		}
	}
	return s.extend(ctx, n, list...)
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

// feasible judges the expectations that no bound has proven.
func (s *search) feasible(c *Candidate) output.Verdict {
	constraints, names := s.constraints(c.trial, c.proven)
	if len(constraints) == 0 {
		return output.Pass
	}
	f := output.Feasibility{Constraints: constraints, Accept: s.accept(), Reject: s.reject(), Certain: c.trial.certain()}
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
		f := output.Feasibility{Constraints: constraints[i : i+1], Accept: s.accept(), Reject: s.reject() / float64(len(names)), Certain: c.trial.certain()}
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
	costs := s.costsOf(c)
	e := output.Interval(costs, output.Level)
	e.Hi = output.Below(costs, s.floorMistake())
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
// far, or costs more so far and is shown not to be cheaper by more than the
// tolerance. That is its fate then, whether it meets the expectations or not.
func (s *search) dearer(ctx context.Context, c *Candidate) (bool, error) {
	if len(s.leading) == 0 || len(c.trial.Cells) == 0 {
		return false, nil
	}
	if best := s.leading[0]; !s.known(best) {
		if err := s.extend(ctx, len(c.trial.Cells), best); err != nil {
			return false, err
		}
	}
	if !s.beaten(c) {
		return false, nil
	}
	s.setAside(c, Dearer)
	return true, nil
}

// beaten tells whether the replications that are done show this.
func (s *search) beaten(c *Candidate) bool {
	chosen := s.choose([]*Candidate{s.leading[0], c})
	return !slices.Contains(chosen.Surviving, 1) || chosen.Done && chosen.Best == 0
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
			s.tied = 0
			s.promote(chosen)
			return nil
		}
		if chosen.Next > s.Most {
			s.tied = len(chosen.Surviving)
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

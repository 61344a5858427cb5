package experiments

import (
	"context"
	"fmt"

	"github.com/headroom-sim/headroom/experiments/output"
)

// settle completes the best configuration, and chooses it if it then meets the
// expectations.
func (s *search) settle(ctx context.Context) error {
	if len(s.leading) == 0 {
		return nil
	}
	best := s.leading[0]
	verdict, expectation, err := s.complete(ctx, best)
	switch {
	case err != nil:
		return err
	case verdict == output.Fail:
		best.Fate, best.Cause = Fails, Cause{Expectation: expectation}
		return nil
	case verdict == output.Inconclusive:
		best.Fate, best.Cause = Undecided, Cause{Expectation: expectation}
		return nil
	}
	best.Fate, s.plan.Best = Chosen, best
	best.Result = best.trial.Result()
	best.Result.Detail.Settings = best.trial.Spec.Settings()
	s.rank()
	return nil
}

// rank tells of the configurations that were simulated by how much they cost more
// than the chosen one, whichever was the best at the time.
func (s *search) rank() {
	for _, c := range s.leading[1:] {
		s.setAside(c, AsCheap)
		if c.Cause.More.Lo > 0 {
			c.Fate = Dearer
		}
	}
	for _, c := range s.plan.Tried {
		switch simulated := c.trial != nil && len(c.trial.Cells) > 0; {
		case simulated && c.Fate == Dearer, simulated && c.Fate == Undecided && s.beaten(c):
			s.setAside(c, Dearer)
		}
	}
}

// complete adds the replications of what is chosen, and more as long as an
// expectation is inconclusive in them or less precise than asked. It returns the
// least verdict, with the expectation that has it.
func (s *search) complete(ctx context.Context, c *Candidate) (output.Verdict, string, error) {
	for n := s.Replications; ; {
		if err := s.extend(ctx, n, c); err != nil {
			return 0, "", err
		}
		n = len(c.trial.Cells)
		verdict, expectation := s.verdict(c)
		switch {
		case verdict == output.Inconclusive && n < s.Most:
			n = output.NextLook(n)
		case verdict == output.Pass && c.trial.next() > n:
			n = c.trial.next()
		default:
			return verdict, expectation, nil
		}
	}
}

// verdict is the least one on the expectations that no bound has proven, as reports
// judge them.
func (s *search) verdict(c *Candidate) (least output.Verdict, expectation string) {
	least = output.Pass
	for _, name := range c.trial.expectationNames() {
		if v := c.trial.Judge(name).Verdict; !c.proven[name] && v < least {
			least, expectation = v, name
		}
	}
	return least, expectation
}

// tell counts what the choice took, and says what is doubtful about it.
func (s *search) tell() {
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
	if s.plan.Best == nil {
		return
	}
	s.plan.Sure = s.Confidence
	if s.tied > 0 {
		s.plan.Sure = 0
		s.doubt("%d configurations cost so nearly the same that %d replications do not tell which one is the cheapest", s.tied, s.Most)
	}
	for _, c := range s.cheaperUndecided() {
		s.plan.Sure = 0
		s.doubt("%s is cheaper and undecided: %d replications do not show whether %s holds (--max-replications)", setText(c.Sets), c.Replications, c.Cause.Expectation)
	}
	for _, name := range s.plan.Best.trial.expectationNames() {
		if v := s.plan.Best.Expectations[name].Verdict; s.plan.Best.proven[name] && v != output.Pass {
			s.doubt("%s holds by a bound, in the steady state or for what is to be expected; in the %d replications of the best one it is judged %s", name, s.plan.Best.Replications, v)
		}
	}
}

func (s *search) doubt(format string, args ...any) {
	s.plan.Doubts = append(s.plan.Doubts, fmt.Sprintf(format, args...))
}

// cheaperUndecided are the undecided configurations that cost less than the best.
func (s *search) cheaperUndecided() []*Candidate {
	var list []*Candidate
	for _, c := range s.plan.Tried {
		if c.Fate == Undecided && c.Cost.Mean < s.plan.Best.Cost.Mean {
			list = append(list, c)
		}
	}
	return list
}

// setText is a configuration by its varied keys.
func setText(sets []Set) string {
	text := ""
	for i, set := range sets {
		if i > 0 {
			text += ", "
		}
		text += set.Key + "=" + set.Value
	}
	return text
}

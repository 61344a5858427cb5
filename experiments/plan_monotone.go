package experiments

import (
	"slices"
	"strings"
)

// next is the configuration to try next: the cheapest one that does not wait, if
// there is one. Where more servers are taken to be no worse it is the one in the
// middle of those that differ from the cheapest in numbers of servers only, as its
// failure implies that of all smaller ones.
func (s *search) next(left []*Candidate) *Candidate {
	if !s.Monotone {
		ready := slices.IndexFunc(left, func(c *Candidate) bool { return !c.waits })
		return left[max(ready, 0)]
	}
	var chain []*Candidate
	for _, c := range left {
		if s.alike(left[0], c) {
			chain = append(chain, c)
		}
	}
	return chain[len(chain)/2]
}

// capacities are the last parts of keys of which more is taken to be no worse.
var capacities = []string{"min", "max", "desired", "servers", "threads", "workers", "vcpus", "nodes", "worker_processes", "worker_connections", "max_connections", "provisioned", "concurrency"}

func (s *search) capacity(factor int) bool {
	f := s.plan.Vary[factor]
	return f.Numeric() && slices.Contains(capacities, f.Key[strings.LastIndex(f.Key, ".")+1:])
}

// chain is the number of configurations whose failure throws one of them out: it
// and those that are larger, or itself alone.
func (s *search) chain() int {
	n := 1
	for factor, f := range s.plan.Vary {
		if s.Monotone && s.capacity(factor) {
			n *= f.Levels()
		}
	}
	return n
}

// alike tells whether two configurations differ in numbers of servers only.
func (s *search) alike(a, b *Candidate) bool {
	for factor := range s.plan.Vary {
		if a.levels[factor] != b.levels[factor] && !s.capacity(factor) {
			return false
		}
	}
	return true
}

// noLarger tells whether a has no more servers of any kind than b, and is alike
// otherwise.
func (s *search) noLarger(a, b *Candidate) bool {
	for factor, f := range s.plan.Vary {
		if f.Number(a.levels[factor]) > f.Number(b.levels[factor]) {
			return false
		}
	}
	return s.alike(a, b)
}

// imply sets those aside that are smaller than one that fails.
func (s *search) imply(failed *Candidate) {
	if !s.Monotone {
		return
	}
	for _, c := range s.plan.Tried {
		if c.Fate == untried && !slices.Contains(s.leading, c) && c != failed && s.noLarger(c, failed) {
			c.Fate, c.Cause = Implied, Cause{Larger: failed}
		}
	}
}

// border are configurations one step below the best one whose failure was only
// implied: they are tried themselves. Where one of them meets the expectations more
// servers are worse somewhere, and all that was implied is tried.
func (s *search) border() []*Candidate {
	if !s.Monotone || len(s.leading) == 0 {
		return nil
	}
	best := s.leading[0]
	wrong := slices.ContainsFunc(s.leading, func(c *Candidate) bool { return c.Cause.Larger != nil })
	var list []*Candidate
	for _, c := range s.plan.Tried {
		if c.Fate == Implied && (wrong || s.noLarger(c, best) && steps(c, best) == 1) {
			c.Fate = untried
			list = append(list, c)
		}
	}
	if wrong && len(list) > 0 {
		s.plan.Doubts = append(s.plan.Doubts, "more servers are worse somewhere: a configuration meets the expectations that a larger one fails, so all smaller ones were tried")
	}
	return list
}

// steps is by how many levels two configurations differ, over all factors.
func steps(a, b *Candidate) int {
	n := 0
	for i := range a.levels {
		n += max(a.levels[i]-b.levels[i], b.levels[i]-a.levels[i])
	}
	return n
}

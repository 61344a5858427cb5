package output

import (
	"math"
	"slices"
)

// Selection is the choice of the alternative with the least mean cost.
type Selection struct {
	Best      int   // the one whose mean is least so far, the first of equal ones; -1 before the first look
	Surviving []int // those that none was shown to be cheaper than, in ascending order
	Done      bool  // Best is good, as Select promises
	Next      int   // replications that the surviving ones need for the next look; that of the last one where Done
}

// Select chooses the alternative whose mean cost is least: costs[i][r] is the
// cost of alternative i in replication r. Replications of one number should have
// met the same random numbers: the fewer are then needed, and the probability
// holds whatever they have in common.
//
// At each look (NextLook) those alternatives drop out that Student's paired
// limit shows to cost more than the cheapest so far; they need no further
// replications. It ends when none that is left can be cheaper than the best by
// more than the tolerance, at least 0, in the unit of the costs. The mean cost of
// what is then chosen is at most the tolerance above the least with a probability
// of at least 1 - wrong, for normally distributed differences of any variance:
// a probability of good selection, which implies that of correct selection where
// the best is better than the rest by more than the tolerance. The error is
// divided among the comparisons by Bonferroni's inequality and among the looks
// as eachLook says.
//
// Sources: S.-H. Kim and B.L. Nelson, "Selecting the best system", in Handbooks
// in Operations Research and Management Science 13: Simulation (2006), ch. 17
// (subset selection, indifference zone, common random numbers); B.L. Nelson, J.
// Swann, D. Goldsman and W. Song, "Simple procedures for selecting the best
// simulated system when the number of alternatives is large", Operations
// Research 49 (2001) (screening by Student's t at unequal variances).
func Select(costs [][]float64, wrong, tolerance float64) Selection {
	s := Selection{Best: -1, Next: NextLook(0)}
	for i := range costs {
		s.Surviving = append(s.Surviving, i)
	}
	rivals := float64(max(1, len(costs)-1))
	most := 0
	for _, c := range costs {
		most = max(most, len(c))
	}
	eachLook(most, func(n int, share float64) bool {
		for _, i := range s.Surviving {
			if len(costs[i]) < n {
				return true
			}
		}
		s.look(costs, n, 1-float64(2*wrong*share/rivals), tolerance)
		return s.Done
	})
	return s
}

// look compares the first n replications of those that survive with intervals of
// the level given.
func (s *Selection) look(costs [][]float64, n int, level, tolerance float64) {
	least := math.Inf(1)
	for _, i := range s.Surviving {
		if mean := moments(costs[i][:n]).Mean; mean < least {
			s.Best, least = i, mean
		}
	}
	s.Done = true
	s.Surviving = slices.DeleteFunc(s.Surviving, func(i int) bool {
		_, _, more := pairs(costs[s.Best][:n], costs[i][:n])
		atLeast := Interval(more, level).Lo
		s.Done = s.Done && (i == s.Best || atLeast >= -tolerance)
		return i != s.Best && atLeast > 0
	})
	s.Next = n
	if !s.Done {
		s.Next = NextLook(n)
	}
}

package output

import (
	"cmp"
	"math"
	"slices"
)

// Bonferroni is the level that each of a number of intervals must have, 0 < level
// < 1, for all of them to hold the truth at once with the probability level:
// 1 - (1-level)/comparisons. It asks nothing of how they depend on each other.
// Fewer than two comparisons need no correction.
//
// Source: A.M. Law, "Simulation Modeling and Analysis", 5th ed. (2015), 9.7 and
// 10.3 (the Bonferroni inequality).
func Bonferroni(level float64, comparisons int) float64 {
	return 1 - (1-level)/float64(max(comparisons, 1))
}

// Holm returns p-values that are corrected for their number, in the order given:
// whoever calls those below alpha significant is wrong about any of them with a
// probability of at most alpha, however they depend on each other. Sorted from
// the least, the i-th of m becomes p(i) (m+1-i), at most 1, and no less than the
// one before it. NaN is no test: it stays NaN and does not count.
//
// The method finds all that Bonferroni intervals find and may find more: a
// corrected p just below alpha may stand beside a Bonferroni interval that just
// holds zero.
//
// Source: S. Holm, "A simple sequentially rejective multiple test procedure",
// Scandinavian Journal of Statistics 6 (1979).
func Holm(p []float64) []float64 {
	corrected := slices.Clone(p)
	var tests []int
	for i, v := range p {
		if !math.IsNaN(v) {
			tests = append(tests, i)
		}
	}
	slices.SortFunc(tests, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	least := 0.0
	for rank, i := range tests {
		least = min(1, max(least, p[i]*float64(len(tests)-rank)))
		corrected[i] = least
	}
	return corrected
}

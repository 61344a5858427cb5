package output

import "math"

// Difference is the mean difference of two samples that are paired by
// replication, with its interval: in each replication both systems met the same
// random numbers, and what luck they share is not in the difference.
type Difference struct {
	Estimate // of the other minus the base; N counts the pairs

	// P is how probable a mean difference at least this far from zero is where
	// there is none: Student's t test on both sides. It is NaN where N < 2.
	// Where all differences are equal it is 1 if they are zero, else Unanimous.
	P float64

	// Reduction is the variance of the difference had the samples been
	// independent, over the one that it has: (Var base + Var other) / Var
	// difference. It is above 1 where common random numbers help, infinite
	// where the differences are equal although the samples vary, and NaN where
	// N < 2 or neither sample varies.
	Reduction float64
}

// Compare estimates by how much other differs from base, two metrics' values in
// the order of the replications, with an interval of the level given, 0 < level
// < 1. A pair of which a half is NaN is left out, and so is what the longer
// sample has more.
//
// The test and the interval agree: P < 1 - level if and only if zero lies
// outside Lo to Hi. Equal differences show no spread that Student's t could go by:
// they have an interval of no width where they are zero, or so many that the sign
// test is as sure as the level asks, else none: Lo and Hi are NaN.
//
// Source: A.M. Law, "Simulation Modeling and Analysis", 5th ed. (2015), 10.2.1
// (the paired t interval) and 11.2 (common random numbers).
func Compare(base, other []float64, level float64) Difference {
	base, other, differences := pairs(base, other)
	d := Difference{Estimate: Interval(differences, level), P: math.NaN(), Reduction: math.NaN()}
	if d.N < 2 {
		return d
	}
	m := moments(differences)
	d.Reduction = (moments(base).Squares + moments(other).Squares) / m.Squares
	if m.Squares == 0 {
		return d.Equal(level)
	}
	d.P = twoSided(d.Mean, m.StandardError(), d.N-1)
	return d
}

// Equal is the difference where all pairs, two or more, differ by Mean, with the
// P and the interval that this allows at the level.
func (d Difference) Equal(level float64) Difference {
	d.P = 1
	if d.Mean != 0 {
		d.P = Unanimous(d.N)
	}
	d.Lo, d.Hi = d.Mean, d.Mean
	if d.Mean != 0 && d.P >= 1-level {
		d.Lo, d.Hi = math.NaN(), math.NaN()
	}
	return d
}

// Unanimous is how probable it is that n differences, n >= 1, have the same sign
// where either sign is as probable: 2^(1-n). It takes 6 to get below 5 %.
//
// Source: W.J. Conover, "Practical Nonparametric Statistics", 3rd ed. (1999), 3.4
// (the sign test, on both sides).
func Unanimous(n int) float64 { return math.Ldexp(1, 1-n) }

// Independent is how many replications of each system would have given an
// interval as narrow as this one, had their random numbers been independent. It
// is infinite or NaN where Reduction is.
func (d Difference) Independent() float64 { return float64(d.N) * d.Reduction }

// pairs returns the pairs that are whole, and the differences other - base.
func pairs(base, other []float64) (bases, others, differences []float64) {
	for i := range min(len(base), len(other)) {
		if d := other[i] - base[i]; !math.IsNaN(d) {
			bases, others, differences = append(bases, base[i]), append(others, other[i]), append(differences, d)
		}
	}
	return bases, others, differences
}

// twoSided is the probability of an estimate at least this far from zero where
// the truth is zero, by Student's t with the degrees of freedom given.
func twoSided(mean, standardError float64, degrees int) float64 {
	if mean == 0 {
		return 1
	}
	return newStudent(degrees).outside(math.Abs(mean) / standardError)
}

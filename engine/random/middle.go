package random

import "math"

// A middle approximates a quantile function over the middle 3/4 of the ranks,
// where it is smooth, by polynomials of degree 5 over equal cells (Hermite, as
// in a curve), directly in the uniform number: a fifth of the time of a normal
// quantile and an exponential.
type middle [middleCells][6]float64

const (
	middleFrom    = 0.125 // first rank covered; the last is its complement
	middlePerUnit = 256   // cells to a probability of 1
	middleCells   = 192
	middleError   = 0x1p-37 // 7e-12, relative, allowed midway between knots
)

// newMiddle returns the middle of the quantile function whose knots at gives,
// or nil where it is too steep for the error allowed.
func newMiddle(at func(u float64) knot) *middle {
	m := new(middle)
	left := at(middleFrom)
	for i := range m {
		right := at(middleRank(float64(i + 1)))
		m[i] = hermite(left, right, 1.0/middlePerUnit)
		left = right
	}
	for i := range m {
		u := middleRank(float64(i) + 0.5)
		if exact := at(u).value; !(math.Abs(m.at(u)-exact) <= middleError*exact) {
			return nil
		}
	}
	return m
}

// middleRank returns the rank at which so many cells lie to the left.
func middleRank(cells float64) float64 { return middleFrom + float64(cells/middlePerUnit) }

// covers reports whether a rank is in the middle.
func (m *middle) covers(u float64) bool { return m != nil && u >= middleFrom && u < 1-middleFrom }

// at returns the quantile of a rank that the middle covers.
func (m *middle) at(u float64) float64 {
	t := float64((u - middleFrom) * middlePerUnit)
	i := int(t)
	t -= float64(i)
	p := &m[i]
	t2 := float64(t * t)
	return (p[0] + float64(p[1]*t)) + float64(t2*((p[2]+float64(p[3]*t))+float64(t2*(p[4]+float64(p[5]*t)))))
}

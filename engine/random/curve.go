package random

import "math"

// A curve approximates the logarithm of a variate over its mean as a function
// of the standard normal variate of the same rank, for distributions whose
// quantile function has no closed form. That function is smooth over the whole
// range of a stream's uniform numbers, and nearly straight for gamma variates of
// great shape (Wilson and Hilferty), so polynomials of degree 5 over equal
// cells, with value and two derivatives right at the knots (Hermite), come
// within 1e-11 of it.
type curve struct {
	perUnit float64 // cells to a unit of the normal variate
	error   float64 // greatest found midway between knots
	cells   [][6]float64
}

const (
	curveReach    = 8.25    // beyond the normal quantiles of 2^-53 and 1 - 2^-53
	curveFinest   = 128     // cells to a unit at most: 2112 cells of 48 bytes in all
	curveError    = 0x1p-37 // 7e-12, allowed in the logarithm midway between knots
	curveVanished = -230.0  // logarithm of what is too small to matter: 1e-100
)

// A rank is a probability of not being exceeded, with its complement and its
// standard normal quantile: as one number it would be inexact near 1.
type rank struct{ below, above, normal float64 }

func rankAtNormal(z float64) rank { return rank{NormalCDF(z), NormalCDF(-z), z} }

// density returns that of the standard normal distribution.
func (r rank) density() float64 {
	const root2Pi = 2.50662827463100050242
	return Exp(-0.5*r.normal*r.normal) / root2Pi
}

// A knot is a value of the function with its two derivatives.
type knot struct{ value, slope, bend float64 }

// newKnot returns the knot at a rank with the given value of the logarithm,
// where that has density w and elasticity e = d(log w)/d(value).
func newKnot(r rank, value, w, e float64) knot {
	slope := r.density() / w
	return knot{value, slope, -slope * (r.normal + float64(e*slope))}
}

// newCurve returns a curve through the knots that the function computes, with
// as many cells as it needs for an error below curveError, or as many as it may.
func newCurve(at func(rank) knot) *curve {
	c := &curve{perUnit: 8}
	for {
		c.fill(at)
		c.error = c.worst(at)
		if c.error < curveError || c.perUnit == curveFinest {
			return c
		}
		c.perUnit *= 2
	}
}

// position returns the normal variate of which i cells lie to the left.
func (c *curve) position(i float64) float64 { return i/c.perUnit - curveReach }

func (c *curve) fill(at func(rank) knot) {
	c.cells = make([][6]float64, int(2*curveReach*c.perUnit))
	left := at(rankAtNormal(-curveReach))
	for i := range c.cells {
		right := at(rankAtNormal(c.position(float64(i + 1))))
		c.cells[i] = hermite(left, right, 1/c.perUnit)
		left = right
	}
}

// worst returns the greatest error midway between knots.
func (c *curve) worst(at func(rank) knot) float64 {
	worst := 0.0
	for i := range c.cells {
		z := c.position(float64(i) + 0.5)
		if exact := at(rankAtNormal(z)).value; exact > curveVanished {
			worst = max(worst, math.Abs(c.at(z)-exact))
		}
	}
	return worst
}

// at returns the logarithm of the variate over its mean for |z| < curveReach.
func (c *curve) at(z float64) float64 {
	t := float64((z + curveReach) * c.perUnit)
	i := int(t)
	t -= float64(i)
	p := &c.cells[i]
	t2 := float64(t * t)
	return (p[0] + float64(p[1]*t)) + float64(t2*((p[2]+float64(p[3]*t))+float64(t2*(p[4]+float64(p[5]*t)))))
}

// hermite returns the coefficients of the polynomial of degree 5 in t from 0
// to 1 that runs from one knot to another over the given width.
func hermite(left, right knot, width float64) [6]float64 {
	p0, p1, p2 := left.value, float64(left.slope*width), float64(left.bend*width*width/2)
	a := right.value - (p0 + p1 + p2)
	b := float64(right.slope*width) - (p1 + float64(2*p2))
	c := float64(right.bend*width*width/2) - p2
	return [6]float64{
		p0, p1, p2,
		float64(10*a) - float64(4*b) + c,
		float64(7*b) - float64(15*a) - 2*c,
		float64(6*a) - float64(3*b) + c,
	}
}

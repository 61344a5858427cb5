package random

import (
	"math"
	"math/big"
)

// precision of the reference values, in bits.
const precision = 200

func bigFloat(x float64) *big.Float { return newBig().SetFloat64(x) }
func newBig() *big.Float            { return new(big.Float).SetPrec(precision) }
func nearest(x *big.Float) float64  { f, _ := x.Float64(); return f }

func bigSub(x, y *big.Float) *big.Float { return newBig().Sub(x, y) }

var bigLn2 = bigLogNear1(bigFloat(2))

// bigLog returns the logarithm of a positive finite x.
func bigLog(x float64) *big.Float { return bigLogOf(bigFloat(x)) }

func bigLogOf(x *big.Float) *big.Float {
	m := newBig()
	e := x.MantExp(m)
	if m.Cmp(bigFloat(math.Sqrt2/2)) < 0 {
		m.Add(m, m)
		e--
	}
	sum := newBig().Mul(bigFloat(float64(e)), bigLn2)
	return sum.Add(sum, bigLogNear1(m))
}

// bigLogNear1 sums 2 artanh((x-1)/(x+1)).
func bigLogNear1(x *big.Float) *big.Float {
	one := bigFloat(1)
	s := newBig().Quo(bigSub(x, one), newBig().Add(x, one))
	square := newBig().Mul(s, s)
	sum, power := newBig(), newBig().Set(s)
	for n := 1.0; power.Sign() != 0 && power.MantExp(nil) > -precision-100; n += 2 {
		sum.Add(sum, newBig().Quo(power, bigFloat(n)))
		power.Mul(power, square)
	}
	return sum.Mul(sum, bigFloat(2))
}

// bigExp returns e^x by Taylor's series of x/2^20, squared 20 times.
func bigExp(x *big.Float) *big.Float {
	const halvings = 20
	small := newBig().SetMantExp(x, -halvings)
	sum, term := bigFloat(1), bigFloat(1)
	for n := 1.0; n < 40; n++ {
		term.Mul(term, small)
		term.Quo(term, bigFloat(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// bernoulli holds the numbers B2, B4, ...
var bernoulli = []string{"1/6", "-1/30", "1/42", "-1/30", "5/66", "-691/2730", "7/6", "-3617/510", "43867/798", "-174611/330"}

func bigBernoulli(i int) *big.Float {
	b, _ := new(big.Rat).SetString(bernoulli[i])
	return newBig().SetRat(b)
}

// bigLogGamma returns log Gamma(x) by Stirling's series at x + 100.
func bigLogGamma(x float64) *big.Float {
	y, product := bigFloat(x), bigFloat(1)
	for range 100 {
		product.Mul(product, y)
		y.Add(y, bigFloat(1))
	}
	sum := newBig().Mul(bigSub(y, bigFloat(0.5)), bigLogOf(y))
	sum.Sub(sum, y)
	pi, _ := newBig().SetString("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
	half := bigLogOf(newBig().Add(pi, pi))
	sum.Add(sum, half.Mul(half, bigFloat(0.5)))
	power := newBig().Set(y)
	for i := range bernoulli {
		n := float64(2 * (i + 1))
		term := newBig().Quo(bigBernoulli(i), newBig().Mul(bigFloat(n*(n-1)), power))
		sum.Add(sum, term)
		power.Mul(power, newBig().Mul(y, y))
	}
	return sum.Sub(sum, bigLogOf(product))
}

// bigZetaLess1 returns zeta(n) - 1 by the Euler-Maclaurin formula from 60 on.
func bigZetaLess1(n int) *big.Float {
	const from = 60
	sum := newBig()
	for k := 2; k < from; k++ {
		sum.Add(sum, newBig().Quo(bigFloat(1), bigPower(k, n)))
	}
	sum.Add(sum, newBig().Quo(bigFloat(1), newBig().Mul(bigFloat(float64(n-1)), bigPower(from, n-1))))
	sum.Add(sum, newBig().Quo(bigFloat(0.5), bigPower(from, n)))
	rising := bigFloat(float64(n)) // n (n+1) ... (n+2j-2) / (2j)!
	rising.Quo(rising, bigFloat(2))
	for i := range bernoulli {
		j := i + 1
		term := newBig().Mul(bigBernoulli(i), rising)
		sum.Add(sum, term.Quo(term, bigPower(from, n+2*j-1)))
		rising.Mul(rising, bigFloat(float64((n+2*j-1)*(n+2*j))))
		rising.Quo(rising, bigFloat(float64((2*j+1)*(2*j+2))))
	}
	return sum
}

func bigPower(x, n int) *big.Float {
	p := bigFloat(1)
	for range n {
		p.Mul(p, bigFloat(float64(x)))
	}
	return p
}

// units returns the distance of a float64 from the exact value in units in the
// last place of the latter.
func units(got float64, exact *big.Float) float64 {
	f := math.Abs(nearest(exact))
	ulp := math.Nextafter(f, math.Inf(1)) - f
	return math.Abs(nearest(bigSub(bigFloat(got), exact))) / ulp
}

package random

import "math"

// Pow returns x to the power of y, with an error below 0.6 units in the last
// place where the result is normal.
//
// Special cases are those of math.Pow.
//
// Method: y log x in twice the precision, then Exp's table; W.J. Cody and
// W. Waite, "Software Manual for the Elementary Functions" (1980), chapter 8,
// with Tang's tables, and T.J. Dekker's exact product (Numerische Mathematik
// 18, 1971).
func Pow(x, y float64) float64 {
	if x > 0 && x < math.MaxFloat64 && x != 1 && y > -0x1p64 && y < 0x1p64 {
		return powPositive(x, y)
	}
	return powSpecial(x, y)
}

// powPositive is Pow for a positive finite x and a y of moderate size.
func powPositive(x, y float64) float64 {
	if y > -0x1p-65 && y < 0x1p-65 {
		return 1
	}
	high, low := logTwice(x)
	p, rest := twoProduct(y, high)
	rest += float64(y * low)
	switch {
	case p > 710:
		return math.Inf(1)
	case p < -746:
		return 0
	}
	n := math.Floor(float64(p*per64thLn2) + 0.5)
	r := (p - float64(n*ln2By64High)) - float64(n*ln2By64Low) + rest
	k := int64(n)
	t := &expTable[k&63]
	return scale(t.value+(t.rest+float64(t.value*expm1Core(r))), k>>6)
}

// logTwice returns log x for a positive finite x as an unevaluated sum, with a
// relative error below 2^-66.
func logTwice(x float64) (high, low float64) {
	var k int64
	if x < smallestNormal {
		x, k = x*0x1p54, -54
	}
	ix := math.Float64bits(x)
	shift := ix - sqrtHalfBits
	k += int64(shift) >> 52
	z := math.Float64frombits(ix - shift&exponentMask)
	c := z + roundTo128th
	t := &logTable[math.Float64bits(c)&0xff]
	c -= roundTo128th

	// r = (z - c)/c as a sum: rh has 26 bits, so the product with c is exact.
	r := float64((z - c) * t.reciprocal)
	rh := math.Float64frombits(math.Float64bits(r) &^ (1<<27 - 1))
	rl := float64(((z - c) - float64(rh*c)) * t.reciprocal)

	kf := float64(k)
	base := float64(kf*ln2High) + t.high // exact, and zero or greater than rh
	square := float64(rh * rh * 0.5)     // exact
	s := rh - square
	high = base + s
	low = ((base - high) + s) + ((rh - s) - square)
	low += float64(kf*ln2Low) + t.low
	low += (rl - float64(rl*(rh+float64(rl*0.5)))) + float64(r*r*r*log1pTail(r))
	return high, low
}

// log1pTail returns (log(1 + r) - r + r^2/2) / r^3 for |r| < 0.0056.
func log1pTail(r float64) float64 {
	p := 1.0/7 - float64(r*(1.0/8-float64(r*(1.0/9))))
	return 1.0/3 - float64(r*(1.0/4-float64(r*(1.0/5-float64(r*(1.0/6-float64(r*p)))))))
}

// twoProduct returns x y as an unevaluated sum, exactly, for factors that
// neither overflow nor underflow when split (Dekker, Veltkamp).
func twoProduct(x, y float64) (high, low float64) {
	high = float64(x * y)
	xh, xl := halves(x)
	yh, yl := halves(y)
	low = ((float64(xh*yh) - high) + float64(xh*yl) + float64(xl*yh)) + float64(xl*yl)
	return high, low
}

// halves splits x into two summands of at most 26 bits each.
func halves(x float64) (high, low float64) {
	t := float64(x * (1<<27 + 1))
	high = t - (t - x)
	return high, x - high
}

// powSpecial is Pow where an argument is zero, one, negative, huge, infinite
// or not a number.
func powSpecial(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case x != x || y != y:
		return math.NaN()
	case math.IsInf(y, 0):
		return powOfInfinity(math.Abs(x), y > 0)
	case x < 0 && y != math.Floor(y) && !math.IsInf(x, -1):
		return math.NaN()
	}
	magnitude := powMagnitude(math.Abs(x), y)
	if math.Signbit(x) && odd(y) {
		return -magnitude
	}
	return magnitude
}

// powOfInfinity returns x^(+Inf), or x^(-Inf) when not positive, for x >= 0.
func powOfInfinity(x float64, positive bool) float64 {
	switch {
	case x == 1:
		return 1
	case (x > 1) == positive:
		return math.Inf(1)
	}
	return 0
}

// powMagnitude returns x^y for x >= 0 and a finite y other than 0.
func powMagnitude(x, y float64) float64 {
	switch {
	case x == 1:
		return 1
	case x == 0 || math.IsInf(x, 1) || math.Abs(y) >= 0x1p64:
		return powOfInfinity(x, y > 0)
	}
	return powPositive(x, y)
}

// odd reports whether y is an odd whole number.
func odd(y float64) bool {
	half := y / 2
	return y == math.Floor(y) && half != math.Floor(half)
}

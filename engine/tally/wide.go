package tally

import "math/bits"

// An Int128 is a signed integer of 128 bits in two's complement. The zero
// value is 0.
type Int128 struct {
	High int64
	Low  uint64
}

// Plus returns x + y; it wraps beyond 2^127.
func (x Int128) Plus(y Int128) Int128 {
	low, carry := bits.Add64(x.Low, y.Low, 0)
	high, _ := bits.Add64(uint64(x.High), uint64(y.High), carry)
	return Int128{int64(high), low}
}

// less returns x - y.
func (x Int128) less(y uint64) Int128 {
	low, borrow := bits.Sub64(x.Low, y, 0)
	high, _ := bits.Sub64(uint64(x.High), 0, borrow)
	return Int128{int64(high), low}
}

// product returns x y, which always fits.
func product(x, y int64) Int128 {
	high, low := bits.Mul64(uint64(x), uint64(y))
	h := int64(high)
	if x < 0 {
		h -= y
	}
	if y < 0 {
		h -= x
	}
	return Int128{h, low}
}

// Int64 returns x, which must fit.
func (x Int128) Int64() int64 {
	if x.High != int64(x.Low)>>63 {
		panic("tally: number does not fit in 64 bits")
	}
	return int64(x.Low)
}

// Float64 returns x rounded to a float64, with an error below one unit in the
// last place.
func (x Int128) Float64() float64 {
	if x.High < 0 {
		return -x.negated().magnitude()
	}
	return x.magnitude()
}

func (x Int128) negated() Int128 {
	low, borrow := bits.Sub64(0, x.Low, 0)
	high, _ := bits.Sub64(0, uint64(x.High), borrow)
	return Int128{int64(high), low}
}

// magnitude is Float64 for x read as an unsigned number.
func (x Int128) magnitude() float64 {
	return float64(float64(uint64(x.High))*0x1p64) + float64(x.Low)
}

// atMost reports whether x <= y, both low word first.
func atMost(x, y [4]uint64) bool {
	var borrow uint64
	for i := range x {
		_, borrow = bits.Sub64(y[i], x[i], borrow)
	}
	return borrow == 0
}

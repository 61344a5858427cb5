package catalog

import (
	"math"
	"math/bits"
)

// Price is what an amount of something costs, where no single one of it costs a
// whole number of nanodollars.
type Price struct {
	Money
	Per uint64 // the amount that costs Money, above 0
}

// Of is what an amount costs, rounded to the nanodollar.
func (p Price) Of(amount uint64) Money { return p.Money.times(amount, p.Per) }

// times is m x count / per, rounded to the nanodollar, and the greatest amount
// where it would be more. m may not be negative.
func (m Money) times(count, per uint64) Money {
	return Money(min(share(uint64(m), count, per), math.MaxInt64))
}

// share is x part / whole, rounded, and the greatest number where it would be
// more.
func share(x, part, whole uint64) uint64 {
	hi, lo := bits.Mul64(x, part)
	lo, carry := bits.Add64(lo, whole/2, 0)
	if hi += carry; hi >= whole {
		return math.MaxUint64
	}
	quotient, _ := bits.Div64(hi, lo, whole)
	return quotient
}

// GB is how many bytes are billed as one (UNSOURCED: AWS's pages do not say
// whether they mean 2^30).
const GB = 1_000_000_000

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
	hi, lo := bits.Mul64(uint64(m), count)
	lo, carry := bits.Add64(lo, per/2, 0)
	if hi += carry; hi >= per {
		return math.MaxInt64
	}
	quotient, _ := bits.Div64(hi, lo, per)
	return Money(min(quotient, math.MaxInt64))
}

// GB is how many bytes are billed as one (UNSOURCED: AWS's pages do not say
// whether they mean 2^30).
const GB = 1_000_000_000

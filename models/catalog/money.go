package catalog

import (
	"strconv"

	"github.com/headroom-sim/headroom/engine"
)

// Money is an amount in nanodollars (10^-9 USD), or a price in nanodollars per
// hour. Whole numbers, so that the parts of a bill add up to its total exactly
// and in any order.
type Money int64

const (
	nanodollars    = 1e9
	secondsPerHour = 3600
)

// Dollars is the amount of usd, rounded to the nanodollar.
func Dollars(usd float64) Money {
	if usd < 0 {
		return -Dollars(-usd)
	}
	return Money(float64(usd*nanodollars) + 0.5)
}

// USD is the amount in dollars.
func (m Money) USD() float64 { return float64(m) / nanodollars }

// String is the amount in dollars with as many decimals as it needs, "0.0208".
func (m Money) String() string { return strconv.FormatFloat(m.USD(), 'f', -1, 64) }

// ForBegunHours is what a thing costs for a span of time that is billed by the
// hour at the price m, such as a load balancer or the node of a cache: an hour is
// due as soon as it begins [PRICE-ELB, PRICE-EC].
func (m Money) ForBegunHours(span engine.Time) Money { return m * Money(started(span, engine.Hour)) }

// forSeconds is what count seconds cost at the price m per hour, rounded to
// the nanodollar. Neither may be negative.
func (m Money) forSeconds(count int64) Money {
	return m.times(uint64(count), secondsPerHour)
}

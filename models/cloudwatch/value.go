package cloudwatch

import (
	"math"
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
)

// Value is a metric's value in millionths of its unit (percent, seconds,
// bytes, requests ...), 0 to 9.2e12 units.
type Value int64

// Unit is one unit of a metric.
const Unit Value = 1_000_000

// NewValue rounds x to the nearest millionth.
func NewValue(x float64) Value { return Value(math.Round(float64(x * float64(Unit)))) }

// Float64 is the value in units.
func (v Value) Float64() float64 { return float64(v) / float64(Unit) }

// Percent is the utilization in percent of a capacity, both in vCPU
// nanoseconds, rounded to the nearest millionth. The capacity must be positive
// and at least a millionth of what is busy.
func Percent(busy, capacity engine.Time) Value {
	high, low := bits.Mul64(uint64(busy), uint64(100*Unit))
	low, carry := bits.Add64(low, uint64(capacity)/2, 0)
	quotient, _ := bits.Div64(high+carry, low, uint64(capacity))
	return Value(quotient)
}

package cloudwatch

import (
	"math"
	"math/bits"

	"github.com/headroom-sim/headroom/engine/tally"
)

// StatisticSet sums up the samples of a period, as CloudWatch stores them
// [api-alarm]. The zero value has no samples: no datapoint.
type StatisticSet struct {
	SampleCount      int64
	Sum              tally.Int128 // in millionths
	Minimum, Maximum Value
}

// Add takes one more sample in, which must not be negative.
func (s *StatisticSet) Add(v Value) {
	s.Merge(StatisticSet{1, tally.Int128{Low: uint64(v)}, v, v})
}

// Merge takes all samples of another set in.
func (s *StatisticSet) Merge(other StatisticSet) {
	switch {
	case other.SampleCount == 0:
	case s.SampleCount == 0:
		*s = other
	default:
		s.SampleCount += other.SampleCount
		s.Sum = s.Sum.Plus(other.Sum)
		s.Minimum = min(s.Minimum, other.Minimum)
		s.Maximum = max(s.Maximum, other.Maximum)
	}
}

// Read is the value of a statistic over the set, which must have samples.
func (s *StatisticSet) Read(statistic Statistic) Reading {
	switch statistic {
	case Sum:
		return Reading{s.Sum, 1}
	case Minimum:
		return whole(s.Minimum)
	case Maximum:
		return whole(s.Maximum)
	case SampleCount:
		high, low := bits.Mul64(uint64(s.SampleCount), uint64(Unit))
		return Reading{tally.Int128{High: int64(high), Low: low}, 1}
	default:
		return Reading{s.Sum, uint64(s.SampleCount)}
	}
}

// Reading is the exact value of a statistic: a sum in millionths of the
// metric's unit over a count of samples.
type Reading struct {
	sum   tally.Int128
	count uint64
}

func whole(v Value) Reading { return Reading{tally.Int128{Low: uint64(v)}, 1} }

// Samples is how many samples an average is over; 1 for other statistics.
func (r Reading) Samples() uint64 { return r.count }

// Float64 is the value in units, rounded: for people to read.
func (r Reading) Float64() float64 {
	return r.sum.Float64() / float64(r.count) / float64(Unit)
}

// Floor is the largest Value that is not above the reading: it is at least a
// threshold exactly when the reading is.
func (r Reading) Floor() Value {
	quotient, _ := r.divide()
	return quotient
}

// Ceil is the smallest Value that is not below the reading: it is at most a
// threshold exactly when the reading is.
func (r Reading) Ceil() Value {
	quotient, rest := r.divide()
	if rest > 0 && quotient < math.MaxInt64 {
		quotient++
	}
	return quotient
}

func (r Reading) divide() (quotient Value, rest uint64) {
	if uint64(r.sum.High) >= r.count {
		return math.MaxInt64, 0
	}
	q, rest := bits.Div64(uint64(r.sum.High), r.sum.Low, r.count)
	return Value(min(q, math.MaxInt64)), rest
}

// Proportion is ceil(n x reading / target) in whole numbers: the capacity at
// which a load that n instances bear at this reading would meet the target,
// which must be positive. It saturates at math.MaxInt32.
func (r Reading) Proportion(n int, target Value) int {
	quotient, rest := r.divide()
	// n r = n quotient + n rest/count = whole + part, with 0 <= part < 1.
	high, low := bits.Mul64(uint64(n), uint64(quotient))
	restHigh, restLow := bits.Mul64(uint64(n), rest)
	carried, part := bits.Div64(restHigh, restLow, r.count)
	low, carry := bits.Add64(low, carried, 0)
	high += carry
	if high >= uint64(target) {
		return math.MaxInt32
	}
	result, left := bits.Div64(high, low, uint64(target))
	if left > 0 || part > 0 {
		result++
	}
	return int(min(result, math.MaxInt32))
}

// Aggregate makes one reading of several datapoints, of which there must be at
// least one: their Average, Minimum or Maximum. Of more than one each counts
// rounded down to the millionth.
func Aggregate(points []Reading, statistic Statistic) Reading {
	if len(points) == 1 {
		return points[0]
	}
	var all StatisticSet
	for _, r := range points {
		all.Add(r.Floor())
	}
	return all.Read(statistic)
}

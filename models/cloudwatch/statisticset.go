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
	// Samples is the distribution of the samples in millionths, for percentiles;
	// nil where nobody asks for one. See [Metric.NewSet].
	Samples *tally.Histogram
}

// Add takes one more sample in, which must not be negative.
func (s *StatisticSet) Add(v Value) { s.AddN(v, 1) }

// AddN takes in n samples of the same value, which must not be negative.
func (s *StatisticSet) AddN(v Value, n int64) {
	if n == 0 {
		return
	}
	high, low := bits.Mul64(uint64(v), uint64(n))
	s.add(&StatisticSet{SampleCount: n, Sum: tally.Int128{High: int64(high), Low: low}, Minimum: v, Maximum: v})
	if s.Samples != nil {
		s.Samples.AddN(int64(v), uint64(n))
	}
}

// Merge takes all samples of another set in; their distribution if this set
// keeps one.
func (s *StatisticSet) Merge(other StatisticSet) {
	s.add(&other)
	if s.Samples != nil && other.Samples != nil {
		s.Samples.Merge(other.Samples)
	}
}

func (s *StatisticSet) add(other *StatisticSet) {
	switch {
	case other.SampleCount == 0:
		return
	case s.SampleCount == 0:
		s.Minimum, s.Maximum = other.Minimum, other.Maximum
	default:
		s.Minimum = min(s.Minimum, other.Minimum)
		s.Maximum = max(s.Maximum, other.Maximum)
	}
	s.SampleCount += other.SampleCount
	s.Sum = s.Sum.Plus(other.Sum)
}

// Reset empties the set and keeps the memory of its distribution.
func (s *StatisticSet) Reset() {
	samples := s.Samples
	if samples != nil {
		samples.Reset()
	}
	*s = StatisticSet{Samples: samples}
}

// Read is the value of a statistic over the set, which must have samples, and
// for a percentile their distribution. A percentile is within 0.4 % of the
// sample of the nearest rank; CloudWatch does not say how it interpolates.
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
	case Average:
		return Reading{s.Sum, uint64(s.SampleCount)}
	default:
		return whole(s.percentile(statistic))
	}
}

func (s *StatisticSet) percentile(statistic Statistic) Value {
	if s.Samples == nil {
		panic("cloudwatch: " + statistic.String() + " of a set without its distribution")
	}
	return Value(math.Floor(s.Samples.Quantile(float64(statistic.ofHundred()) / hundredPercent)))
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

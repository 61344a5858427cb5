package page

import (
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/headroom-sim/headroom/experiments/units"
)

// numbers are values in the form in which the page keeps them: whole multiples of
// a step, each as its difference from the one before, in base64. A value that is
// none is null.
type numbers struct {
	Step float64 `json:"step"`
	Data string  `json:"data"`
}

// significant is how many decimal digits of the least value are kept, at least;
// finest is the power of ten below which everything is zero.
const (
	significant = 4
	finest      = -15
)

// encode keeps four digits of the smallest values that are not zero, as long as
// the greatest then fits a whole number of 53 bits.
func encode(values []float64) numbers {
	least, most := math.Inf(1), 0.0
	for _, v := range values {
		if a := math.Abs(v); a > 0 && !math.IsInf(a, 0) {
			least, most = min(least, a), max(most, a)
		}
	}
	exponent := 0
	if most > 0 {
		exponent = max(units.Magnitude(least)-significant+1, units.Magnitude(most)-12, finest)
	}
	if whole(values) {
		exponent = max(exponent, 0)
	}
	packed := make([]byte, 0, 2*len(values))
	last := int64(0)
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			packed = append(packed, 0)
			continue
		}
		n := int64(math.Round(shift(v, -exponent)))
		packed = binary.AppendUvarint(packed, zigzag(n-last)+1)
		last = n
	}
	return numbers{shift(1, exponent), base64.StdEncoding.EncodeToString(packed)}
}

// whole reports whether all values are whole numbers of a size at which a
// fraction would not be seen.
func whole(values []float64) bool {
	for _, v := range values {
		if !math.IsNaN(v) && v != math.Trunc(v) {
			return false
		}
	}
	return true
}

// shift multiplies by a power of ten.
func shift(v float64, exponent int) float64 {
	power := math.Pow10(max(exponent, -exponent)) // exact up to 22
	if exponent < 0 {
		return v / power
	}
	return v * power
}

// zigzag makes small numbers of both signs small ones without a sign.
func zigzag(n int64) uint64 { return uint64(n)<<1 ^ uint64(n>>63) }

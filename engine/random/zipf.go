package random

import (
	"fmt"
	"math"
	"sort"
)

// zipf is a rank by popularity. Sums over the first ranks are in a table; beyond
// it the formula of Euler and Maclaurin has them to the last digits:
//
//	H(k) = sum of i^-s, i = 1..k
//	     = H(m) + [F(x)] from m to k,  F(x) = integral of x^-s + x^-s/2 - s x^(-s-1)/12 + s(s+1)(s+2) x^(-s-3)/720
type zipf struct {
	n      float64
	skew   float64
	sums   []float64 // H(1), H(2), ...
	last   float64   // m, the rank at the end of the table
	tail   float64   // F at m, without the integral
	factor float64   // m^(1-s)
	total  float64   // H(n)
}

// zipfTable is how many ranks have their sums in a table. The first term that the
// formula leaves out is then below 1e-17 of the sum.
const zipfTable = 1024

// Zipf returns Zipf's distribution on the ranks 1 to n: rank k has a probability
// proportional to k^-skew. n is from 1 to 1e9, skew from 0 (all ranks alike) to
// 10.
func Zipf(n int, skew float64) (Distribution, error) {
	if err := checkWithin(parameter{"n", float64(n)}, 1, 1e9); err != nil {
		return nil, err
	}
	if err := checkWithin(parameter{"skew", skew}, 0, 10); err != nil {
		return nil, err
	}
	return newZipf(float64(n), skew), nil
}

// newZipf makes the sums for any exponent that the moments need, negative ones
// included.
func newZipf(n, skew float64) *zipf {
	d := &zipf{n: n, skew: skew, last: min(n, zipfTable)}
	sum := 0.0
	for k := 1.0; k <= d.last; k++ {
		sum += Pow(k, -skew)
		d.sums = append(d.sums, sum)
	}
	d.factor = Pow(d.last, 1-skew)
	d.tail = d.corrections(d.last, d.factor/d.last)
	d.total = d.sum(n)
	return d
}

// sum is H(k). Beyond the table k need not be whole.
func (d *zipf) sum(k float64) float64 {
	if k <= d.last {
		return d.sums[int(k)-1]
	}
	log := Log(k / d.last)
	integral := log
	if d.skew != 1 {
		integral = d.factor * Expm1(float64((1-d.skew)*log)) / (1 - d.skew)
	}
	power := d.factor / d.last * Exp(-float64(d.skew*log)) // k^-s
	return d.sums[len(d.sums)-1] + (integral + (d.corrections(k, power) - d.tail))
}

// corrections are the terms of F beside the integral, given x^-s.
func (d *zipf) corrections(x, power float64) float64 {
	s := d.skew
	first := float64(s * power / x / 12)
	third := float64(s * (s + 1) * (s + 2) * power / x / x / x / 720)
	return float64(power/2) - first + third // the compiler multiplies by a half
}

func (d *zipf) moment(power float64) float64 { return newZipf(d.n, d.skew-power).total / d.total }
func (d *zipf) Mean() float64                { return d.moment(1) }

func (d *zipf) Variance() float64 {
	mean := d.Mean()
	return max(d.moment(2)-float64(mean*mean), 0)
}

// Quantile inverts the sums: by search in the table, beyond it by inverting the
// integral and going on from there by Newton's method.
func (d *zipf) Quantile(u float64) float64 {
	target := float64(u * d.total)
	if inTable := d.sums[len(d.sums)-1]; target <= inTable || d.last == d.n {
		return min(float64(1+sort.SearchFloat64s(d.sums, target)), d.n)
	}
	x := d.guess(target - d.sums[len(d.sums)-1])
	for range 2 {
		x -= float64((d.sum(x) - target) * Pow(x, d.skew))
		x = min(max(x, d.last+1), d.n)
	}
	k := math.Ceil(x)
	for k > d.last+1 && d.sum(k-1) >= target {
		k--
	}
	for k < d.n && d.sum(k) < target {
		k++
	}
	return k
}

// guess is where the integral from the end of the table reaches an area.
func (d *zipf) guess(area float64) float64 {
	log := area / d.factor
	if d.skew != 1 {
		log = Log1p(max(float64((1-d.skew)*log), -1+0x1p-50)) / (1 - d.skew)
	}
	return min(max(d.last*Exp(log), d.last+1), d.n)
}

func (d *zipf) CDF(x float64) float64 {
	if x < 1 {
		return 0
	}
	return d.sum(math.Floor(min(x, d.n))) / d.total
}

func (d *zipf) String() string { return fmt.Sprintf("zipf(%s, skew=%s)", number(d.n), number(d.skew)) }

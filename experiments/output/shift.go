package output

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// Shift is how far two distributions lie apart, wherever they do: in place, in
// spread or in the tail, as where a median stays and the spread does not. The
// distance is that of Kolmogorov and Smirnov.
type Shift struct {
	Distance float64 // the greatest difference of the two shares of values up to some cell, 0 to 1
	P        float64 // how probable at least that distance is where the distributions are the same
}

// Of up to fewSwaps pairs every way to swap them is tried, where the level asks
// for it of up to mostSwaps: 2 in 2^mostSwaps is the least P that can be told.
const (
	fewSwaps  = 12
	mostSwaps = 16
)

// PairsToShow is how many pairs it takes before [PairedShift] can find P below
// 1 - level: of the ways to swap within n pairs, 2 in 2^n lie as far apart as they
// can. It is 6 at 95 %. ok is false for levels from 1 - 2^-15, 99.997 %, on: these
// it cannot show with any number of pairs.
func PairsToShow(level float64) (n int, ok bool) {
	n = 1
	for n <= mostSwaps && Unanimous(n) >= 1-level {
		n++
	}
	return n, n <= mostSwaps
}

// PairedShift compares the distributions of two systems over replications that
// are paired: base[r] and other[r] are what replication r counted, in the same
// cells in ascending order. The distance is that of the mean shares over the
// replications.
//
// Where the systems are the same, either half of a pair might have been the
// other's: P is the share of all the ways to swap within pairs that lie at least
// as far apart, or of 4,095 of them beside the real one where there are more
// than 12 pairs, chosen by chance but always the same; of up to 65,535 where the
// level, at which P is to be judged, asks for more. Neither the dependence
// within a replication nor what a pair has in common matters, while the test of
// Kolmogorov and Smirnov takes all values for independent: of so many latencies
// any two replications would differ significantly. How many
// pairs it takes tells PairsToShow. A pair of which a half is empty is left out; without a pair both
// are NaN.
//
// Source: P. Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses",
// 3rd ed. (2005), ch. 3; B. Phipson and G.K. Smyth, "Permutation p-values should
// never be zero", Stat. Appl. Genet. Mol. Biol. 9 (2010) (counting the real one).
func PairedShift(base, other [][]uint64, level float64) Shift {
	cells := 0
	for r := range min(len(base), len(other)) {
		cells = max(cells, len(base[r]), len(other[r]))
	}
	var shifts [][]float64
	for r := range min(len(base), len(other)) {
		if total(base[r]) > 0 && total(other[r]) > 0 {
			shifts = append(shifts, apart(cumulative(other[r], cells), cumulative(base[r], cells)))
		}
	}
	if len(shifts) == 0 {
		return Shift{math.NaN(), math.NaN()}
	}
	least, _ := PairsToShow(level)
	return swaps(shifts, min(len(shifts), max(least, fewSwaps), mostSwaps))
}

// swaps compares the real mean of the shifts with those in which some of them
// have the other sign, 2^bits in all.
func swaps(shifts [][]float64, bits int) Shift {
	ways := uint64(1) << bits
	chance := random.NewStream(0, 0, "swaps")
	swapped := func(way uint64, r int) bool {
		if len(shifts) > bits && way > 0 { // the way 0 is the real one
			return chance.Uint64(way, uint64(r))&1 != 0
		}
		return way>>r&1 != 0
	}
	mean := make([]float64, len(shifts[0]))
	var distance float64
	farther := 0
	for way := range ways {
		clear(mean)
		for r, shift := range shifts {
			sign := 1 / float64(len(shifts))
			if swapped(way, r) {
				sign = -sign
			}
			for i, v := range shift {
				mean[i] += float64(sign * v)
			}
		}
		if way == 0 {
			distance = greatest(mean)
		}
		if greatest(mean) >= distance*(1-1e-12) { // ways that are equal but for rounding
			farther++
		}
	}
	return Shift{distance, float64(farther) / float64(ways)}
}

func total(counts []uint64) (sum float64) {
	for _, c := range counts {
		sum += float64(c)
	}
	return sum
}

// cumulative returns the share of the values up to each cell.
func cumulative(counts []uint64, cells int) []float64 {
	shares := make([]float64, cells)
	n := total(counts)
	var sum uint64
	for i := range shares {
		if i < len(counts) {
			sum += counts[i]
		}
		shares[i] = float64(sum) / n
	}
	return shares
}

// apart returns the differences a - b.
func apart(a, b []float64) []float64 {
	for i := range a {
		a[i] -= b[i]
	}
	return a
}

func greatest(values []float64) (most float64) {
	for _, v := range values {
		most = max(most, math.Abs(v))
	}
	return most
}

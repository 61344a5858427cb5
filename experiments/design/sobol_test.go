package design

import (
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
)

// The polynomials are primitive: x has the full order modulo each.
func TestSobolPolynomialsArePrimitive(t *testing.T) {
	for _, row := range sobolRows {
		degree := len(row.initial)
		polynomial := 1<<degree | row.inner<<1 | 1
		order, power := 0, uint32(1)
		for power != 1 || order == 0 {
			power <<= 1
			if power>>degree&1 == 1 {
				power ^= polynomial
			}
			order++
			require.LessOrEqual(t, order, 1<<degree)
		}
		require.Equal(t, 1<<degree-1, order, "degree %d, inner %d", degree, row.inner)
	}
}

func TestSobolInitialNumbersAreOddAndSmall(t *testing.T) {
	for _, row := range sobolRows {
		for i, m := range row.initial {
			require.Equal(t, uint32(1), m&1)
			require.Less(t, m, uint32(2<<i))
		}
	}
}

// Sobol's property A: of the first 2^d points one lies in each of the boxes
// that halving every one of d ranges makes. It holds if and only if the first
// digits of the direction numbers are linearly independent (Sobol 1976; Joe
// and Kuo 2008, section 3).
func TestSobolPropertyA(t *testing.T) {
	for dimensions := 1; dimensions <= len(sobolRows)+1; dimensions++ {
		rows := make([]uint32, dimensions)
		for d := range rows {
			v := directions(d)
			for i := range dimensions {
				rows[d] |= v[i] >> 31 << i
			}
		}
		require.Equal(t, dimensions, rank(rows), "dimension %d", dimensions)
	}
}

// rank of a binary matrix.
func rank(rows []uint32) (n int) {
	for i := range rows {
		if rows[i] == 0 {
			continue
		}
		n++
		pivot := uint32(1) << bits.TrailingZeros32(rows[i])
		for j := i + 1; j < len(rows); j++ {
			if rows[j]&pivot != 0 {
				rows[j] ^= rows[i]
			}
		}
	}
	return n
}

// The second and third dimension are those of Bratley and Fox, "Algorithm
// 659", whose first points every text on the sequence has.
func TestFirstSobolPoints(t *testing.T) {
	want := [][3]float64{{0, 0, 0}, {0.5, 0.5, 0.5}, {0.75, 0.25, 0.25}, {0.25, 0.75, 0.75}, {0.375, 0.375, 0.625}, {0.875, 0.875, 0.125}}
	for number, point := range want {
		for d, x := range point {
			require.Equal(t, x, float64(sobolPoint(directions(d), uint32(number)))*0x1p-32, "point %d", number)
		}
	}
}

package design

import (
	"math/bits"

	"github.com/headroom-sim/headroom/engine/random"
)

// sobolRows are, from the second dimension on, the primitive polynomials and
// the initial direction numbers of S. Joe and F.Y. Kuo, "Constructing Sobol
// sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30
// (2008), their table D(6): the polynomial of degree len(initial) has the
// coefficients of inner, the highest first, between its first and last, both 1.
var sobolRows = []struct {
	inner   uint32
	initial []uint32
}{
	{0, []uint32{1}},
	{1, []uint32{1, 3}},
	{1, []uint32{1, 3, 1}},
	{2, []uint32{1, 1, 1}},
	{1, []uint32{1, 1, 3, 3}},
	{4, []uint32{1, 3, 5, 13}},
	{2, []uint32{1, 1, 5, 5, 17}},
	{4, []uint32{1, 1, 5, 5, 5}},
	{7, []uint32{1, 1, 7, 11, 19}},
	{11, []uint32{1, 1, 5, 1, 1}},
	{13, []uint32{1, 1, 1, 3, 11}},
	{14, []uint32{1, 3, 5, 5, 31}},
	{1, []uint32{1, 3, 3, 9, 7, 49}},
	{13, []uint32{1, 1, 1, 15, 21, 21}},
	{16, []uint32{1, 3, 1, 13, 27, 49}},
	{19, []uint32{1, 1, 1, 15, 7, 5}},
	{22, []uint32{1, 3, 1, 15, 13, 25}},
	{25, []uint32{1, 1, 5, 5, 19, 61}},
	{1, []uint32{1, 3, 7, 11, 23, 15, 103}},
	{4, []uint32{1, 3, 7, 13, 13, 15, 69}},
	{7, []uint32{1, 1, 3, 13, 7, 35, 63}},
	{8, []uint32{1, 3, 5, 9, 1, 25, 53}},
	{14, []uint32{1, 3, 1, 13, 9, 35, 107}},
	{19, []uint32{1, 3, 1, 5, 27, 61, 31}},
	{21, []uint32{1, 1, 5, 11, 19, 41, 61}},
	{28, []uint32{1, 3, 5, 3, 3, 13, 69}},
	{31, []uint32{1, 1, 7, 13, 1, 19, 1}},
	{32, []uint32{1, 3, 7, 5, 13, 19, 59}},
	{37, []uint32{1, 1, 3, 9, 25, 29, 41}},
	{41, []uint32{1, 3, 5, 13, 23, 1, 55}},
	{42, []uint32{1, 3, 7, 3, 13, 59, 17}},
}

// directions are the direction numbers of one dimension as binary fractions of
// 32 digits: those of the first dimension are the powers of one half, for the
// others the recurrence of P. Bratley and B.L. Fox, "Algorithm 659:
// Implementing Sobol's quasirandom sequence generator", ACM TOMS 14 (1988).
func directions(dimension int) (v [32]uint32) {
	if dimension == 0 {
		for i := range v {
			v[i] = 1 << (31 - i)
		}
		return v
	}
	row := sobolRows[dimension-1]
	degree := len(row.initial)
	for i := range v {
		if i < degree {
			v[i] = row.initial[i] << (31 - i)
			continue
		}
		v[i] = v[i-degree] ^ v[i-degree]>>degree
		for k := 1; k < degree; k++ {
			if row.inner>>(degree-1-k)&1 == 1 {
				v[i] ^= v[i-k]
			}
		}
	}
	return v
}

// sobolPoint is one coordinate of the sequence's point with the number given,
// as a binary fraction of 32 digits: the sum modulo 2 of the direction numbers
// that the Gray code of the number picks (I.A. Antonov and V.M. Saleev, "An
// economic method of computing LP-tau sequences", 1979).
func sobolPoint(v [32]uint32, number uint32) (x uint32) {
	for gray := number ^ number>>1; gray != 0; gray &= gray - 1 {
		x ^= v[bits.TrailingZeros32(gray)]
	}
	return x
}

// sobol takes the first points of the sequence, with a random digital shift: a
// word of the seed's is added modulo 2 to every point. This keeps the evenness
// of the points, and has none of them in the corner where all factors are
// least (P. L'Ecuyer and C. Lemieux, "Recent advances in randomized
// quasi-Monte Carlo methods", 2002). Beyond that the points are not scrambled.
func (m *Matrix) sobol() {
	tables := make([][32]uint32, len(m.Factors))
	shifts := make([]uint32, len(m.Factors))
	for i, f := range m.Factors {
		tables[i] = directions(i)
		shifts[i] = uint32(random.NewStream(m.Seed, 0, "shift/"+f.Key).Uint64(0, 0) >> 32)
	}
	for point := range m.Points {
		m.row(func(i int) int {
			return m.Factors[i].at(float64(sobolPoint(tables[i], uint32(point))^shifts[i]) * 0x1p-32)
		})
	}
}

package design

import (
	"math/bits"

	"github.com/headroom-sim/headroom/engine/random"
)

// at is the level at a place of the factor's range, 0 <= u < 1: each level has
// an even share.
func (f Factor) at(u float64) int {
	return min(int(float64(u*float64(f.Levels()))), f.Levels()-1)
}

// latinHypercube gives each factor a random order of its parts, and each point
// a random place within its part.
func (m *Matrix) latinHypercube() {
	n := m.Points
	orders := make([][]int, len(m.Factors))
	places := make([]random.Stream, len(m.Factors))
	for i, f := range m.Factors {
		orders[i] = shuffled(n, random.NewStream(m.Seed, 0, "order/"+f.Key))
		places[i] = random.NewStream(m.Seed, 0, "place/"+f.Key)
	}
	for point := range n {
		m.row(func(i int) int {
			u := places[i].Uniform(uint64(point), 0)
			return m.Factors[i].at((float64(orders[i][point]) + u) / float64(n))
		})
	}
}

// shuffled are the numbers below n in random order (Fisher and Yates, in the
// form of Durstenfeld, Comm. ACM 7, 1964, algorithm 235).
func shuffled(n int, luck random.Stream) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := below(i+1, luck.Uint64(uint64(i), 0))
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// below maps a random word to the numbers below n.
func below(n int, word uint64) int {
	high, _ := bits.Mul64(word, uint64(n))
	return int(high)
}

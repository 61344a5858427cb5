package design

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/output"
)

// morris walks the trajectories one after the other (M.D. Morris, "Factorial
// sampling plans for preliminary computational experiments", Technometrics 33,
// 1991).
func (m *Matrix) morris() {
	for trajectory := range m.Trajectories {
		m.walk(uint64(trajectory))
	}
}

// walk adds the points of a trajectory on the lattice of p = Steps places along
// each factor: a random start, then one factor after the other, in random
// order, up or down by p/2 places, which are p/(2(p-1)) of its range: the
// jump at which all places are visited with equal probability.
func (m *Matrix) walk(trajectory uint64) {
	jump := m.Steps / 2
	places, up := make([]int, len(m.Factors)), make([]bool, len(m.Factors))
	for i, f := range m.Factors {
		luck := random.NewStream(m.Seed, 0, "walk/"+f.Key)
		places[i] = below(jump, luck.Uint64(trajectory, 0))
		up[i] = luck.Uint64(trajectory, 1)>>63 == 0
		if !up[i] {
			places[i] += jump
		}
	}
	order := m.walkOrder(trajectory)
	m.row(func(i int) int { return m.place(i, places[i]) })
	for _, factor := range order {
		if up[factor] {
			places[factor] += jump
		} else {
			places[factor] -= jump
		}
		m.row(func(i int) int { return m.place(i, places[i]) })
	}
}

// walkOrder is the order in which a trajectory changes the factors.
func (m *Matrix) walkOrder(trajectory uint64) []int {
	return shuffled(len(m.Factors), random.NewStream(m.Seed, int(trajectory), "walk order"))
}

// place is the level of a factor nearest to a place of the lattice. Since a
// jump is more than half of the range, it leads to another level.
func (m *Matrix) place(factor, place int) int {
	top := m.Factors[factor].Levels() - 1
	return int(math.Floor(float64(top*place)/float64(m.Steps-1) + 0.5))
}

// Screening is what a Morris design tells of a factor: over its trajectories,
// the elementary effects, changes of the response for a change of the factor
// over its whole range.
type Screening struct {
	Mu     output.Estimate // mean: the effect on the whole
	MuStar output.Estimate // mean of the sizes, which effects of either sign do not cancel
	Sigma  float64         // standard deviation: large where the effect is not linear, or depends on other factors; NaN below two effects
}

// Screen computes the elementary effects of Morris's method from the mean
// response of each point, and their mean sizes mu* (F. Campolongo, J. Cariboni
// and A. Saltelli, "An effective screening design for sensitivity analysis of
// large models", Environmental Modelling and Software 22, 2007). Intervals are
// those of Student's t over the trajectories. Effects at points without a
// response are left out.
func (m *Matrix) Screen(response []float64) []Screening {
	k := len(m.Factors)
	effects := make([][]float64, k)
	for trajectory := range m.Trajectories {
		at := trajectory * (k + 1)
		for step, factor := range m.walkOrder(uint64(trajectory)) {
			before, after := m.levels[(at+step)*k+factor], m.levels[(at+step+1)*k+factor]
			change := m.Factors[factor].position(int(after)) - m.Factors[factor].position(int(before))
			effects[factor] = append(effects[factor], (response[at+step+1]-response[at+step])/change)
		}
	}
	screened := make([]Screening, k)
	for i, each := range effects {
		screened[i] = screen(each)
	}
	return screened
}

func screen(effects []float64) Screening {
	sizes := make([]float64, len(effects))
	for i, e := range effects {
		sizes[i] = math.Abs(e)
	}
	s := Screening{Mu: output.Interval(effects, output.Level), MuStar: output.Interval(sizes, output.Level)}
	s.Sigma = math.NaN()
	if s.Mu.N > 1 {
		s.Sigma = math.Sqrt(squares(effects, s.Mu.Mean) / float64(s.Mu.N-1))
	}
	return s
}

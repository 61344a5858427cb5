package design

import (
	"math"

	"github.com/headroom-sim/headroom/experiments/output"
)

// LevelMean is the mean response of all points of a grid that have a factor at
// a level. Its intervals are over the replications, which are paired: the
// points of one replication share their luck.
type LevelMean struct {
	Factor, Level int
	Mean          output.Estimate
	Effect        output.Estimate // Mean less that of all points
}

// MainEffects of a grid, factor by factor and level by level. A replication in
// which some point has no sample is left out.
func (m *Matrix) MainEffects(r Response) []LevelMean {
	var effects []LevelMean
	first := make([]int, len(m.Factors)) // of each factor's levels
	for factor, f := range m.Factors {
		first[factor] = len(effects)
		for level := range f.Levels() {
			effects = append(effects, LevelMean{Factor: factor, Level: level})
		}
	}
	means, deviations := make([][]float64, len(effects)), make([][]float64, len(effects))
	for replication := range r.replications() {
		column := r.column(replication)
		all, n := mean(column)
		if n < len(column) {
			continue
		}
		for factor := range m.Factors {
			for level, d := range m.deviations(column, all, factor) {
				at := first[factor] + level
				means[at], deviations[at] = append(means[at], all+d), append(deviations[at], d)
			}
		}
	}
	for i := range effects {
		effects[i].Mean = output.Interval(means[i], output.Level)
		effects[i].Effect = output.Interval(deviations[i], output.Level)
	}
	return effects
}

// Share is the part of the variance of the points' mean responses that the
// effect of one factor explains, or the interaction of two: what both do
// together beyond the sum of what each does alone.
type Share struct {
	Factors []int // one or two
	Share   float64
}

// Variance is the analysis of variance of a grid.
type Variance struct {
	Shares []Share // main effects first, in the order of the factors
	Higher float64 // share of interactions of three factors and more
	// Noise is the share that the luck of the replications makes, as part of the
	// others; NaN below two replications.
	Noise float64
}

// Analyse splits the variance between the points of a grid into parts, which
// sum to 1 (R.A. Fisher's analysis of variance of a balanced layout; see D.C.
// Montgomery, "Design and Analysis of Experiments", chapter 5). ok is false
// where a point has no sample or all have the same.
func (m *Matrix) Analyse(r Response) (v Variance, ok bool) {
	means := r.Means()
	centre, _ := mean(means)
	total := squares(means, centre)
	if r.missing() > 0 || total == 0 {
		return Variance{}, false
	}
	v.Higher, v.Noise = 1, r.noise()
	alone := make([][]float64, len(m.Factors))
	for i := range m.Factors {
		alone[i] = m.deviations(means, centre, i)
		v.add(Share{[]int{i}, m.explained(len(means), alone[i]) / total})
	}
	for i := range m.Factors {
		for j := i + 1; j < len(m.Factors); j++ {
			v.add(Share{[]int{i, j}, m.interaction(means, centre, [2]int{i, j}, alone) / total})
		}
	}
	if len(m.Factors) < 3 {
		v.Higher = 0
	}
	v.Higher = math.Max(0, v.Higher)
	return v, true
}

func (v *Variance) add(s Share) {
	v.Shares = append(v.Shares, s)
	v.Higher -= s.Share
}

// rounding is the share of a value below which a difference of sums that cancel is
// left by rounding.
const rounding = 1e-13

// deviations are those of a factor's level means from the centre, of the points'
// values in one replication or of their means.
func (m *Matrix) deviations(means []float64, centre float64, factor int) []float64 {
	sums, greatest := make([]float64, m.Factors[factor].Levels()), 0.0
	for point, v := range means {
		level, _ := m.Level(point, factor)
		sums[level] += v - centre
		greatest = math.Max(greatest, math.Abs(v))
	}
	for level := range sums {
		sums[level] /= float64(len(means) / len(sums))
		if math.Abs(sums[level]) < rounding*greatest {
			sums[level] = 0
		}
	}
	return sums
}

// explained is the sum of squares over n points of deviations that as many of
// them share.
func (m *Matrix) explained(n int, deviations []float64) (sum float64) {
	for _, d := range deviations {
		sum += float64(d * d)
	}
	return sum * float64(n/len(deviations))
}

// interaction is the sum of squares of what two factors do together beyond
// what each does alone.
func (m *Matrix) interaction(means []float64, centre float64, pair [2]int, alone [][]float64) float64 {
	rows, columns := m.Factors[pair[0]].Levels(), m.Factors[pair[1]].Levels()
	sums := make([]float64, rows*columns)
	for point, v := range means {
		a, _ := m.Level(point, pair[0])
		b, _ := m.Level(point, pair[1])
		sums[a*columns+b] += v - centre
	}
	for i := range sums {
		sums[i] = sums[i]/float64(len(means)/len(sums)) - alone[pair[0]][i/columns] - alone[pair[1]][i%columns]
	}
	return m.explained(len(means), sums)
}

// Difference is how the response with one factor changed differs from that of
// the scenario as it is, paired by replication.
type Difference struct {
	Factor, Level int
	Mean          output.Estimate // response at the level
	Difference    output.Estimate // less that of the scenario as it is
}

// Differences of a one-at-a-time design, point by point.
func (m *Matrix) Differences(r Response) []Difference {
	var list []Difference
	for point := 1; point < m.Len(); point++ {
		d := Difference{Mean: output.Interval(r[point], output.Level)}
		for factor := range m.Factors {
			if level, ok := m.Level(point, factor); ok {
				d.Factor, d.Level = factor, level
			}
		}
		var paired []float64
		for i, v := range r[point] {
			paired = append(paired, v-r[0][i])
		}
		d.Difference = output.Interval(paired, output.Level)
		list = append(list, d)
	}
	return list
}

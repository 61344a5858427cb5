package output

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// batchesToTest is from how many batches on the normal law is close enough to
// that of their correlation (Young's tables begin at 8).
const batchesToTest = 8

// BatchMeans is what one long run tells when it is cut into batches of equal
// length that stand for replications.
type BatchMeans struct {
	Estimate // of the whole run; N counts the batches

	// Correlation is that of neighbouring batches, as von Neumann's ratio of the
	// mean squared step to the variance shows it: 0 on average where the batches
	// are independent, towards 1 where they are too short and the interval is
	// therefore too narrow. It is NaN with fewer than two batches, or equal ones.
	Correlation float64

	// P is how probable a correlation at least this high is among independent
	// batches; NaN with fewer than 8 batches, too few to tell, or equal ones.
	P float64
}

// Batches gives a mean, a share or a quantile of a run, which is whole, the
// interval of the level given, 0 < level < 1, that its batches' values tell, in
// their order: as Section does it, Student's t with a degree less than there are
// batches. For a mean over batches of equal size that is the interval of batch
// means. NaN is a batch without a sample: it is left out, and its neighbours
// become neighbours.
//
// Sources: A.M. Law, "Simulation Modeling and Analysis", 5th ed. (2015), 9.5.3
// (batch means); S. Asmussen and P.W. Glynn, "Stochastic Simulation" (2007),
// III.5a (sections); J. von Neumann, "Distribution of the ratio of the mean square
// successive difference to the variance", Ann. Math. Stat. 12 (1941), L.C.
// Young, "On randomness in ordered sequences", ibid., and G.S. Fishman,
// "Grouping observations in digital simulation", Management Science 24 (1978)
// (the test).
func Batches(whole float64, values []float64, level float64) BatchMeans {
	b := BatchMeans{Estimate: Section(whole, values, level), Correlation: math.NaN(), P: math.NaN()}
	squares := moments(values).Squares
	if b.N < 2 || squares == 0 {
		return b
	}
	n := float64(b.N)
	b.Correlation = 1 - steps(values)/(2*squares)
	if b.N >= batchesToTest {
		b.P = random.NormalCDF(-b.Correlation * math.Sqrt((float64(n*n)-1)/(n-2)))
	}
	return b
}

// Correlated is the doubt about the interval: the correlation of neighbouring
// batches is higher than it is in 95 % of the runs whose batches are
// independent, so they are likely to be too short. It is false where nothing
// can be told, which P shows.
func (b BatchMeans) Correlated() bool { return b.P < 0.05 }

// steps is the sum of the squared differences of neighbours, NaN left out.
func steps(values []float64) (sum float64) {
	last := math.NaN()
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if !math.IsNaN(last) {
			sum += float64((v - last) * (v - last))
		}
		last = v
	}
	return sum
}

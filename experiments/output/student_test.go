package output_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/output"
)

// Percentage points of the t distribution: NIST/SEMATECH e-Handbook of
// Statistical Methods, table 1.3.6.7.2, and Abramowitz and Stegun, table 26.10.
func TestStudentTQuantileAgainstTables(t *testing.T) {
	for _, c := range []struct {
		p       float64
		degrees int
		want    float64
	}{
		{0.90, 1, 3.078}, {0.95, 1, 6.314}, {0.975, 1, 12.706}, {0.99, 1, 31.821}, {0.999, 1, 318.309},
		{0.90, 2, 1.886}, {0.975, 2, 4.303}, {0.999, 2, 22.327},
		{0.975, 3, 3.182}, {0.975, 4, 2.776}, {0.999, 4, 7.173},
		{0.975, 9, 2.262}, {0.995, 9, 3.250}, {0.999, 9, 4.297},
		{0.95, 19, 1.729}, {0.975, 19, 2.093}, {0.975, 29, 2.045}, {0.99, 29, 2.462},
		{0.975, 60, 2.000}, {0.975, 99, 1.984}, {0.999, 100, 3.174},
	} {
		t.Run(fmt.Sprintf("%g with %d", c.p, c.degrees), func(t *testing.T) {
			require.InDelta(t, c.want, output.StudentTQuantile(c.p, c.degrees), 0.0006)
			require.InDelta(t, -c.want, output.StudentTQuantile(1-c.p, c.degrees), 0.0006)
		})
	}
}

// With one degree of freedom the law is Cauchy's, with two and four it is
// algebraic (W.T. Shaw, "Sampling Student's T distribution", J. Comp. Finance
// 9 (2006)).
func TestStudentTQuantileAgainstClosedForms(t *testing.T) {
	for _, p := range []float64{1e-6, 0.001, 0.2, 0.4999, 0.5, 0.50001, 0.6, 0.9, 0.975, 0.9995, 1 - 1e-6} {
		alpha := 4 * p * (1 - p)
		sign := math.Copysign(1, p-0.5)
		root := math.Sqrt(alpha)
		require.InDelta(t, 0, relative(output.StudentTQuantile(p, 1), -1/math.Tan(math.Pi*p)), 1e-10, "1 at %g", p)
		require.InDelta(t, 0, relative(output.StudentTQuantile(p, 2), (2*p-1)*math.Sqrt(2/alpha)), 1e-10, "2 at %g", p)
		four := sign * 2 * math.Sqrt(math.Max(0, math.Cos(math.Acos(root)/3)/root-1))
		require.InDelta(t, 0, relative(output.StudentTQuantile(p, 4), four), 1e-7, "4 at %g", p)
	}
}

func relative(got, want float64) float64 {
	if math.Abs(want) < 1e-9 {
		return got - want
	}
	return got/want - 1
}

// The distribution function of an independent implementation leads back.
func TestStudentTQuantileAgainstGonum(t *testing.T) {
	for _, degrees := range []int{1, 2, 3, 5, 9, 30, 99, 100, 101, 999, 10_000, 1_000_000} {
		law := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(degrees)}
		for _, p := range []float64{0.0005, 0.01, 0.3, 0.51, 0.75, 0.95, 0.975, 0.9995, 0.99999} {
			require.InDelta(t, p, law.CDF(output.StudentTQuantile(p, degrees)), 1e-9, "%g with %d", p, degrees)
		}
	}
}

// Between the degrees of freedom of the tables the quantile falls steadily
// towards the normal one: no seam where the gamma function's form changes.
func TestStudentTQuantileFallsToNormal(t *testing.T) {
	normal := random.NormalQuantile(0.975)
	last := math.Inf(1)
	for degrees := 1; degrees < 3000; degrees++ {
		q := output.StudentTQuantile(0.975, degrees)
		require.Less(t, q, last)
		last = q
	}
	require.Greater(t, last, normal)
	require.InDelta(t, normal, output.StudentTQuantile(0.975, 1<<30), 1e-8)
}

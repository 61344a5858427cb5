package theory_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// spectralGap is the rate at which M/M/c/K forgets where it began: the smallest
// eigenvalue above zero of its generator, made symmetric.
func spectralGap(arrival, service float64, servers, capacity int) float64 {
	leaves := func(n int) float64 { return service * float64(min(n, servers)) }
	a := mat.NewSymDense(capacity+1, nil)
	for n := range capacity + 1 {
		out := leaves(n)
		if n < capacity {
			out += arrival
			a.SetSym(n, n+1, -math.Sqrt(arrival*leaves(n+1)))
		}
		a.SetSym(n, n, out)
	}
	var e mat.EigenSym
	e.Factorize(a, false)
	return e.Values(nil)[1]
}

// The relaxation time is not shorter than that of the chain, and not much longer.
func TestRelaxation(t *testing.T) {
	for _, servers := range []int{1, 2, 4, 16} {
		for _, load := range []float64{0.1, 0.5, 0.8, 0.95, 1} {
			for _, capacity := range []int{servers, servers + 3, servers + 40} {
				arrival, service := load*float64(servers)*50, 50.0
				exact := 1 / spectralGap(arrival, service, servers, capacity)
				about := theory.Relaxation(arrival, service, servers, float64(capacity))
				require.Greater(t, about, exact, "%d servers at %g, %d places", servers, load, capacity)
				require.Less(t, about, 5*exact+5/service, "%d servers at %g, %d places", servers, load, capacity)
			}
		}
	}
}

// Near capacity the rates differ by next to nothing, and the time is long all the same;
// at capacity it has no end where the queue has none.
func TestRelaxationNearCapacity(t *testing.T) {
	for _, off := range []float64{1e-8, 1e-10, 1e-12, 1e-14} {
		require.Greater(t, theory.Relaxation(50*(1-off), 50, 1, math.Inf(1)), 1e9)
	}
	require.Equal(t, math.Inf(1), theory.Relaxation(50, 50, 1, math.Inf(1)))
	require.InEpsilon(t, 0.02+1/(110-20*math.Sqrt(30)), theory.Relaxation(60, 50, 1, math.Inf(1)), 1e-9)
	require.Less(t, theory.Relaxation(100, 50, 1, 1000), 30.0, "as long as places take to fill up")
}

package experiments

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

// seventy is a queue that is seven tenths busy, with a variant of which the mean
// time in the system, s/(1 - 70/s s) for a service time of s, is 2 % less.
const seventy = `
duration = "4m"
discard  = "1m"
[clients.visitors]
target = "web"
rate   = "70/s"
[routes.page]
demand.web = "exponential(10ms)"
[fleets.web]
vcpus = 1
price = 0.04
zones = ["a"]
min = 1
max = 1
server = { software = "station" }
`

const (
	slower = 0.010 / (1 - 70*0.010)       // seconds
	faster = 0.009939 / (1 - 70*0.009939) // 2 % less
)

// On the same random numbers a difference of 2 % is found with at most a tenth of
// the replications that independent ones need.
func TestCommonRandomNumbersFindTwoPercent(t *testing.T) {
	n := 200
	if testing.Short() {
		n = 40
	}
	base, tuned := NewTrial(study(t, seventy)), NewTrial(study(t, seventy, "routes.page.demand.web=exponential(9.939ms)"))
	apart := NewTrial(study(t, seventy, "routes.page.demand.web=exponential(9.939ms)", "seed=2"))
	require.NoError(t, (&Runner{Jobs: 2}).Extend(context.Background(), n, base, tuned, apart))
	const metric = "latency.mean"
	require.InDelta(t, 0.98, faster/slower, 1e-4)

	few := output.Compare(base.Values(metric)[:6], tuned.Values(metric)[:6], output.Level)
	require.Less(t, few.Hi, 0.0, "six replications show it")
	truth := output.Compare(base.Values(metric), tuned.Values(metric), 0.999)
	require.True(t, truth.Lo < faster-slower && faster-slower < truth.Hi, "and they show what is true: %v", truth)

	paired := needed(deviation(base.Values(metric), tuned.Values(metric)), slower-faster)
	independent := needed(deviation(base.Values(metric), apart.Values(metric)), slower-faster)
	t.Logf("replications for an interval of ± 2 %%: %d on the same random numbers, %d on independent ones", paired, independent)
	require.LessOrEqual(t, 10*paired, independent)
}

// deviation is the standard deviation of the differences of pairs.
func deviation(base, other []float64) float64 {
	d := output.Compare(base, other, output.Level)
	return (d.Hi - d.Lo) / 2 * math.Sqrt(float64(d.N)) / output.StudentTQuantile((1+output.Level)/2, d.N-1)
}

// needed is how many pairs with this standard deviation give an interval of the
// half width.
func needed(deviation, half float64) int {
	n := 2
	for output.StudentTQuantile((1+output.Level)/2, n-1)*deviation/math.Sqrt(float64(n)) > half {
		n++
	}
	return n
}

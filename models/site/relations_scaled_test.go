package site

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/internal/swarm"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Relations between a site and one of another size. They are asked of sites without
// a control plane, whose periods are the vendor's and do not scale.

// tiersByChance is the text of a site of two tiers, as a seed has it.
func tiersByChance(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 2))
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	law := func(ms int) string {
		return fmt.Sprintf(pick("exponential(%dms)", "erlang(3, %dms)", "lognormal(%dms, scv=2)", "weibull(%dms, shape=0.8)"), ms)
	}
	return fmt.Sprintf(`
duration = "200s"
[clients.visitors]
target = "web"
arrivals = "%s"
rate = ["0s 10/s", "60s %d/s", "90s 5/s"]
requests = "geometric(4)"
think = "%s"
timeout = "%dms"
cancel = %s
retry = { attempts = 2, wait = "%s", growth = 2.0 }
[clients.staff]
target = "desk"
users = %d
think = "%s"
[routes.page]
demand = { web = "%s", desk = "%s" }
wait.web = "%s"
[fleets.web]
vcpus = %d
min = %d
max = 9
zones = ["a", "b"]
calls = ["desk"]
server = { software = "station", queue = %d }
[services.desk]
kind = "station"
%s
[network]
within_zone = "2ms"
`, pick("poisson", "even"), 10+r.IntN(30), law(500), 100+r.IntN(400), pick("true", "false"), law(40),
		1+r.IntN(20), law(700), law(20), law(9), law(30), 1+r.IntN(2), 1+r.IntN(3), 5+r.IntN(20), pick(`discipline = "lifo"`, `patience = "exponential(300ms)"`))
}

// Where all durations are twice as long and all rates half as high the same happens,
// and takes twice as long: to the rounding of times to nanoseconds, and of quantiles
// to the buckets of histograms.
func TestRelationTimeIsScaled(t *testing.T) {
	for seed := range uint64(40) {
		text := tiersByChance(seed)
		spec := read(t, text, nil)
		once, twice := simulate(t, text), simulate(t, swarm.Stretched(text, 2))
		a, b := once.Windows[0].Metrics, twice.Windows[0].Metrics
		require.NotZero(t, a["requests.completed"], text)
		for _, name := range slices.Sorted(maps.Keys(a)) {
			unit, _ := spec.Unit(name)
			factor, tolerance := map[scenario.Unit]float64{scenario.Count: 1, scenario.Share: 1, scenario.Seconds: 2, scenario.PerSecond: 0.5}[unit], 1e-6
			if strings.Contains(name, ".p") && unit == scenario.Seconds {
				tolerance = 1.0 / 128
			}
			byMinutes := strings.HasSuffix(name, ".utilization.max") || strings.HasSuffix(name, ".cpu.p95")
			if factor != 0 && !byMinutes {
				require.LessOrEqual(t, math.Abs(b[name]-factor*a[name]), tolerance*factor*a[name]+1e-8, "seed %d: %s is %g, and %g\n%s", seed, name, a[name], b[name], text)
			}
		}
	}
}

// Twice the load on twice the servers, each of which gets its share by chance or in
// turn, keeps them as busy. By chance it keeps them waiting as long, too: each one
// has arrivals at the same rate, independent of the others'. The differences lie
// within 99.9 % intervals (Welch) over independent runs.
func TestRelationTwiceTheLoadAndTwiceTheServers(t *testing.T) {
	const site = `
duration = "10m"
discard = "1m"
seed = %d
[clients.visitors]
target = "lb"
rate = "%d/s"
[routes.page]
demand.web = "exponential(20ms)"
[balancers.lb]
kind = "nginx"
targets = ["web"]
algorithm = "%s"
[fleets.web]
vcpus = 1
zones = ["a"]
min = %d
max = 9
server = { software = "station" }
`
	const runs, students = 12, 3.792 // 99.95 % quantile of Student's t with 22 degrees of freedom
	for algorithm, metrics := range map[string][]string{
		"round_robin": {"fleets.web.cpu.mean", "throughput"},
		"random":      {"fleets.web.cpu.mean", "throughput", "latency.mean", "latency.p95"},
	} {
		sizes := [2]map[string][]float64{{}, {}}
		for run := range 2 * runs {
			i := run % 2
			n := 4 << i
			o := simulate(t, fmt.Sprintf(site, run, n*30, algorithm, n))
			o.Windows[0].Metrics["throughput"] /= float64(n)
			for _, name := range metrics {
				sizes[i][name] = append(sizes[i][name], o.Windows[0].Metrics[name])
			}
		}
		for _, name := range metrics {
			a, va := meanAndVariance(sizes[0][name])
			b, vb := meanAndVariance(sizes[1][name])
			require.LessOrEqual(t, math.Abs(a-b), students*math.Sqrt((va+vb)/runs), "%s, %s: %g and %g", algorithm, name, a, b)
		}
	}
}

func meanAndVariance(values []float64) (mean, variance float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / float64(len(values)-1)
	}
	return mean, variance
}

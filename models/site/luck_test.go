package site

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/timeline"
)

// Common random numbers: what a client does depends on the seed and on its own
// ordinals, and on nothing else in the scenario.

const alone = `
	duration = "20m"
	[clients.visitors]
	target   = "app"
	rate     = "30/s"
	requests = "geometric(3)"
	think    = "exponential(1s)"
	timeout  = "300ms"
	retry    = { attempts = 2, wait = "exponential(100ms)", jitter = 0.5 }
	routes   = { read = 0.7, write = 0.3 }
	[routes.read]
	demand = { app = "lognormal(15ms, scv=3)", db = "exponential(4ms)" }
	wait   = { app = "exponential(30ms)" }
	[routes.write]
	demand = { app = "exponential(20ms)", db = "exponential(9ms)" }
	[services.db]
	kind = "station"
	patience = "exponential(200ms)"
	[fleets.app]
	vcpus = 1
	zones = ["a"]
	min = 2
	max = 2
	calls = ["db"]
	server = { software = "pool", threads = 10 }
`

// common requires that two outcomes agree in all metrics of the first one that
// are about the visitors and what they use.
func common(t *testing.T, a, b *Outcome) {
	t.Helper()
	n := 0
	for _, name := range slices.Sorted(maps.Keys(a.Windows[0].Metrics)) {
		if strings.HasPrefix(name, "clients.visitors.") || strings.HasPrefix(name, "fleets.app.") || strings.HasPrefix(name, "services.db.") {
			n++
			require.Equal(t, a.Windows[0].Metrics[name], b.Windows[0].Metrics[name], name)
		}
	}
	require.Greater(t, n, 30)
}

func TestOthersChangeNobodysLuck(t *testing.T) {
	first := simulate(t, alone)
	require.NotZero(t, first.Windows[0].Metrics["requests.failed"])
	require.NotZero(t, first.Windows[0].Metrics["errors.timeout"])
	const idle = `
	[routes.album]
	demand = { web = "exponential(4ms)", spare = "1ms" }
	[services.aaa]
	kind = "station"
	[fleets.web]
	instance = "t2.micro"
	zones = ["a", "b"]
	min = 1
	max = 3
	boot = "exponential(10s)"
	[balancers.lb]
	kind = "classic"
	targets = ["web"]
	[fleets.web.policies.low]
	kind = "simple"
	alarm = { metric = "CPUUtilization", period = "1m", comparison = "<", threshold = 90 }
	adjustment = "+1"
	[faults.hog]
	at = "3m"
	fleet = "web"
	effect = "cpu"
`
	const others = `
	[clients.another]
	target = "lb"
	rate = "20/s"
	requests = "geometric(2)"
	routes = { album = 1.0 }
	timeout = "1s"
	[clients.zealots]
	target = "aaa"
	users = 10
	think = "exponential(1s)"
	routes = { album = 1.0 }
`
	idleDemand := strings.Replace(idle, `, spare = "1ms"`, "", 1)
	t.Run("unused components", func(t *testing.T) { common(t, first, simulate(t, alone+idleDemand)) })
	t.Run("other populations", func(t *testing.T) { common(t, first, simulate(t, alone+idleDemand+others)) })
	t.Run("another seed", func(t *testing.T) {
		other := simulate(t, "seed = 2\n"+alone)
		require.NotEqual(t, first.Windows[0].Metrics["clients.visitors.latency.mean"], other.Windows[0].Metrics["clients.visitors.latency.mean"])
		require.NotEqual(t, first.Digest, other.Digest)
	})
	t.Run("another replication", func(t *testing.T) {
		spec := read(t, alone, nil)
		config := whole(spec)
		config.Replication = 1
		other, err := Build(spec, config).Run(onward)
		require.NoError(t, err)
		require.NotEqual(t, first.Digest, other.Digest)
	})
}

// stream is a site with room for everybody: what it measures of a request is
// the request's own demand.
const stream = `
	duration = "20m"
	[clients.visitors]
	target   = "web"
	rate     = ["0m 10/s", "10m 80/s", "20m 10/s"]
	[routes.page]
	demand.web = "lognormal(15ms, scv=3)"
	[fleets.web]
	vcpus = 400
	zones = ["a"]
	min = 1
	max = 8
	server = { software = "station" }
`

// Variants on one seed see the same users: the same arrivals, minute by minute,
// and the same demands.
func TestVariantsSeeTheSameUsers(t *testing.T) {
	base := simulate(t, stream)
	for name, sets := range map[string][]string{
		"more servers":        {"fleets.web.min=5"},
		"another software":    {"fleets.web.server.software=\"nginx\"", "fleets.web.server.worker_connections=1000", "clients.visitors.keep_alive=false"},
		"a retry policy":      {"clients.visitors.retry.attempts=3", "clients.visitors.timeout=\"30s\""},
		"behind a balancer":   {"balancers.lb.kind=\"application\"", "balancers.lb.targets=[\"web\"]", "clients.visitors.target=\"lb\""},
		"with a policy":       {"fleets.web.policies.cpu.kind=\"target_tracking\"", "fleets.web.policies.cpu.metric=\"ASGAverageCPUUtilization\"", "fleets.web.policies.cpu.target=0.1"},
		"a queue without end": {"fleets.web.server.queue=100000"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := read(t, stream, nil, sets...)
			o, err := Build(spec, whole(spec)).Run(onward)
			require.NoError(t, err)
			require.Equal(t, base.Series.Column("offered"), o.Series.Column("offered"))
			for _, m := range []string{"latency.mean", "latency.max", "latency.p99", "requests.completed"} {
				require.InEpsilon(t, base.Windows[0].Metrics[m], o.Windows[0].Metrics[m], 1e-7, m)
			}
		})
	}
	t.Run("too small a site", func(t *testing.T) {
		spec := read(t, stream, nil, "fleets.web.vcpus=1")
		o, err := Build(spec, whole(spec)).Run(onward)
		require.NoError(t, err)
		require.Equal(t, base.Series.Column("offered"), o.Series.Column("offered"))
		require.Greater(t, o.Windows[0].Metrics["latency.mean"], 2*base.Windows[0].Metrics["latency.mean"])
	})
}

// The phases of health checks are luck too: another fleet leaves them alone.
func TestOthersLeaveHealthChecksAlone(t *testing.T) {
	const checked = `
	duration = "10m"
	[clients.visitors]
	target = "lb"
	rate = "5/s"
	[routes.page]
	demand = { web = "1ms" }
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	[fleets.web]
	vcpus = 1
	zones = ["a", "c"]
	min = 1
	max = 4
	[fleets.web.schedules.more]
	at = "2m"
	min = 4
`
	const another = `
	[fleets.aaa]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
`
	found := func(o *Outcome) story {
		return events(o, timeline.Healthy).only(func(e timeline.Event) bool { return e.Fleet == "web" })
	}
	alone := found(simulate(t, checked))
	require.Len(t, alone, 3)
	require.Equal(t, alone, found(simulate(t, checked+another)))
}

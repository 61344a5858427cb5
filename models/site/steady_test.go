package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// steady are topologies whose load is the same all the time, so that every free
// list has its size after a while.
var steady = map[string]string{
	"station": `
		[clients.visitors]
		target = "desk"
		rate = "2000/s"
		[routes.counter]
		demand.desk = "exponential(1ms)"
		[services.desk]
		kind = "station"
		servers = 3`,
	"pool with calls, two routes": `
		[clients.visitors]
		target = "app"
		rate = "1000/s"
		keep_alive = false
		routes = { read = 0.8, write = 0.2 }
		[routes.read]
		demand = { app = "exponential(1ms)", db = "lognormal(1ms, scv=2)" }
		[routes.write]
		demand = { app = "exponential(2ms)", db = "hyperexponential(1ms, scv=4)" }
		[services.db]
		kind = "station"
		servers = 4
		[fleets.app]
		vcpus = 2
		zones = ["a"]
		min = 2
		max = 2
		calls = ["db"]
		server = { software = "pool", threads = 50 }`,
	"classic, keep-alive, sessions": `
		[clients.visitors]
		target = "lb"
		rate = "200/s"
		requests = "geometric(8)"
		think = "exponential(20ms)"
		[routes.page]
		demand.web = "exponential(1ms)"
		[balancers.lb]
		kind = "classic"
		targets = ["web"]
		[fleets.web]
		vcpus = 2
		zones = ["a", "b"]
		min = 4
		max = 4`,
	"application, no keep-alive, timeouts and retries": `
		[clients.visitors]
		target = "lb"
		rate = "800/s"
		keep_alive = false
		timeout = "8ms"
		retry = { attempts = 2, wait = "exponential(5ms)", growth = 2.0 }
		[routes.page]
		demand.web = "exponential(2ms)"
		[balancers.lb]
		kind = "application"
		targets = ["web"]
		algorithm = "least_outstanding_requests"
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 3
		max = 3`,
	"network balancer": `
		[clients.users]
		target = "lb"
		users = 300
		requests = "geometric(8)"
		think = "exponential(100ms)"
		[routes.page]
		demand.web = "exponential(1ms)"
		[balancers.lb]
		kind = "network"
		targets = ["web"]
		[fleets.web]
		vcpus = 2
		zones = ["a", "b"]
		min = 4
		max = 4
		server = { keepalive_requests = 50 }`,
	"nginx before a broken server": `
		[clients.visitors]
		target = "lb"
		rate = "800/s"
		[routes.page]
		demand.web = "exponential(1ms)"
		[balancers.lb]
		kind = "nginx"
		targets = ["web"]
		max_fails = 0
		upstream_keepalive = 8
		[fleets.web]
		vcpus = 2
		zones = ["a"]
		min = 3
		max = 3
		[faults.broken]
		at = "1m"
		fleet = "web"
		instances = 1
		effect = "refuse"`,
	"cancelled work, workers apart": `
		[clients.visitors]
		target = "web"
		rate = "800/s"
		timeout = "5ms"
		cancel = true
		[routes.page]
		demand.web = "exponential(2ms)"
		[fleets.web]
		vcpus = 2
		zones = ["a"]
		min = 1
		max = 1
		server = { cpu_sharing = "per_worker" }`,
	"proxy, closed users": `
		[clients.users]
		target = "lb"
		users = 300
		think = "exponential(100ms)"
		timeout = "10s"
		[routes.page]
		demand = { web = "exponential(0.2ms)", app = "exponential(20ms)" }
		wait = { web = "exponential(3ms)" }
		[services.app]
		kind = "station"
		servers = 100
		[balancers.lb]
		kind = "application"
		targets = ["web"]
		algorithm = "power_of_two"
		[fleets.web]
		vcpus = 2
		zones = ["a"]
		min = 2
		max = 2
		upstream = "app"
		server = { worker_connections = 256, upstream_keepalive = 16 }`,
	"cache, database, queue": `
		[clients.visitors]
		target = "app"
		rate = "400/s"
		keep_alive = false
		[routes.page]
		demand = { app = "exponential(1ms)", mc = "exponential(0.1ms)", db = "exponential(4ms)", mq = "0.2ms" }
		[fleets.app]
		vcpus = 2
		zones = ["a"]
		min = 2
		max = 2
		calls = ["mc", "db", "mq"]
		server = { software = "pool", threads = 50 }
		[services.mc]
		kind = "cache"
		nodes = 2
		keys = 5000
		capacity = 500
		ttl = "20s"
		guards = "db"
		[services.db]
		kind = "database"
		vcpus = 2
		pool = 5
		[services.mq]
		kind = "queue"
		workers = 4
		work = "exponential(5ms)"`,
	"bursts on a burstable type": `
		[clients.visitors]
		target = "web"
		arrivals = "bursty"
		rate = "50/s"
		burst_rate = "400/s"
		burst_duration = "100ms"
		calm_duration = "100ms"
		[routes.page]
		demand.web = "exponential(2ms)"
		[fleets.web]
		instance = "t3.small"
		zones = ["a"]
		min = 1
		max = 1`,
}

// Between two cuts a running site allocates nothing: all that travels comes
// from free lists. Queues still reach new heights now and then, for which a
// list grows: once in ten thousand events at most.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for name, text := range steady {
		t.Run(name, func(t *testing.T) {
			s := Build(read(t, "duration = \"10m\"\n"+text, nil), Config{Seed: 1, Measured: Span{0, 10 * engine.Minute}})
			for _, c := range s.clients {
				c.Start()
			}
			now := 5*engine.Minute + engine.Second
			require.NoError(t, s.sim.Run(now))
			before := s.sim.Events()
			allocations := testing.AllocsPerRun(1, func() {
				now += 25 * engine.Second
				if err := s.sim.Run(now); err != nil {
					panic(err)
				}
			})
			events := s.sim.Events() - before
			require.Greater(t, events, uint64(20_000))
			require.Less(t, allocations, float64(events)/10_000, "allocations in %d events", events)
		})
	}
}

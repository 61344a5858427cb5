package site

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// threeTiers is nginx before Tomcat before Memcached, MySQL and RabbitMQ.
const threeTiers = `
duration = "40m"
[clients.visitors]
target   = "web"
rate     = "30/s"
requests = "geometric(6)"
think    = "exponential(4s)"
routes   = { home = 0.6, search = 0.3, order = 0.1 }
timeout  = "15s"
[routes.home]
demand = { web = "0.3ms", app = "exponential(5ms)", mc = "0.2ms", db = "exponential(12ms)" }
[routes.search]
demand = { web = "0.3ms", app = "lognormal(15ms, scv=2)", db = "exponential(8ms)" }
[routes.order]
demand = { web = "0.3ms", app = "exponential(20ms)", db = "exponential(6ms)", mq = "0.5ms" }
session = "write"
[fleets.web]
instance = "t3.small"
zones = ["a"]
min = 2
max = 2
upstream = "app"
[fleets.app]
instance = "m6i.large"
zones = ["a"]
min = 2
max = 2
server = { software = "pool", threads = 200, accept_count = 100, max_connections = 8192 }
calls = ["mc", "db", "mq"]
[services.mc]
kind = "cache"
node = "cache.t3.micro"
hit_ratio = 0.8
guards = "db"
[services.db]
kind = "database"
vcpus = 2
max_connections = 151
[services.mq]
kind = "queue"
workers = 4
work = "exponential(120ms)"
[sessions]
store = "shared"
in = "mc"
`

// The cache carries the site: without it, the database goes from about 40 % of
// its CPU to over 90 %. Whatever happens to the cache costs no request.
func TestTheCacheCarriesTheSite(t *testing.T) {
	const crash = "[faults.memcached]\nat = \"15m\"\nfor = \"15m\"\nservice = \"mc\"\neffect = \"crash\"\n"
	minutes := func(from, to engine.Time) Span { return Span{from * engine.Minute, to * engine.Minute} }
	o := simulate(t, threeTiers+crash, minutes(3, 15), minutes(16, 30), minutes(31, 40))
	before, without, after := o.Windows[1].Metrics, o.Windows[2].Metrics, o.Windows[3].Metrics
	require.InDelta(t, 0.40, before["services.db.utilization"], 0.03)
	require.InDelta(t, 0.80, before["services.mc.hit_ratio"], 0.01)
	require.Greater(t, without["services.db.utilization"], 0.90)
	require.Zero(t, without["services.mc.hit_ratio"], "a crashed cache is a miss at once")
	require.InDelta(t, 0.80*(40-15)/40, o.Windows[0].Metrics["services.mc.hit_ratio"], 0.01)
	minute := o.Series.Column("services.mc.hit_ratio")
	require.InDelta(t, 0.80, minute[10], 0.02)
	require.Zero(t, minute[20])
	require.InDelta(t, 0.40, after["services.db.utilization"], 0.03)
	all := o.Windows[0].Metrics
	require.Zero(t, all["requests.failed"])
	require.Positive(t, before["sessions.started"])
	require.Zero(t, before["sessions.lost"])
	require.Positive(t, all["sessions.lost"], "those in the cache")
	require.InDelta(t, 180*0.1*0.12, before["services.mq.number.mean"]-before["services.mq.wait.mean"]*18, 0.15, "Little: messages in work")
	require.InDelta(t, 180*0.1*0.12/4, before["services.mq.utilization"], 0.04)
	require.Greater(t, before["routes.order.latency.mean"], 0.0265)
	require.Less(t, before["routes.order.latency.mean"], 0.060, "nobody waits for consumers")
}

// What is lost with one of several nodes is its share: of the keys, of the
// lookups while it is away, of the sessions.
func TestLosingOneNodeOfACache(t *testing.T) {
	const text = `
duration = "30m"
[clients.c]
target = "app"
rate   = "20/s"
requests = 20
think  = "30s"
routes = { read = 0.9, write = 0.1 }
[routes.read]
session = "read"
demand = { app = "1ms", mc = "0.1ms", db = "1ms" }
[routes.write]
session = "write"
demand = { app = "1ms" }
[fleets.app]
vcpus = 4
zones = ["a"]
min = 1
max = 1
calls = ["mc", "db"]
server = { software = "pool" }
[services.mc]
kind = "cache"
nodes = 4
keys = 1000
skew = 0.0
guards = "db"
[services.db]
kind = "database"
[sessions]
store = "shared"
in = "mc"
[faults.node]
at = "15m"
for = "5m"
service = "mc"
instances = 1
effect = "crash"
`
	minute := engine.Minute
	o := simulate(t, text, Span{10 * minute, 15 * minute}, Span{15 * minute, 20 * minute}, Span{21 * minute, 30 * minute})
	before, during, after := o.Windows[1].Metrics, o.Windows[2].Metrics, o.Windows[3].Metrics
	require.EqualValues(t, 1, before["services.mc.hit_ratio"], "warm, with room for all")
	require.Zero(t, before["services.db.utilization"])
	require.InDelta(t, 0.75, during["services.mc.hit_ratio"], 0.02, "those at the lost node are misses")
	reads := during["throughput"] * 0.9
	require.InDelta(t, 0.25, during["services.db.utilization"]/(reads*0.001), 0.03, "a quarter of the keys")
	require.EqualValues(t, 1, after["services.mc.hit_ratio"], "250 keys came back within a minute")
	require.Zero(t, o.Windows[0].Metrics["requests.failed"])
	signedIn := before["sessions.started"] / 300 * 600 // about: they stay for 20 requests of 30 s, and sign in early
	require.Greater(t, during["sessions.lost"], 0.1*signedIn)
	require.Less(t, during["sessions.lost"], 0.3*signedIn)
	require.Zero(t, after["sessions.lost"])
	told := events(o).about("node").texts()
	require.Len(t, told, 2)
	require.Contains(t, told[0], "service mc, node 1: crash")
}

// A backlog of messages is something to scale by.
func TestQueueDepthScales(t *testing.T) {
	o := simulate(t, `
duration = "30m"
[clients.c]
target = "web"
arrivals = "even"
rate   = "2/s"
[routes.r]
demand = { web = "1ms", mq = "1ms" }
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 4
calls = ["mq"]
[fleets.web.metrics.backlog]
of = "mq"
measure = "queue"
period = "60s"
[fleets.web.policies.deep]
kind = "simple"
alarm = { metric = "backlog", period = "1m", comparison = ">", threshold = 300 }
adjustment = "=3"
[services.mq]
kind = "queue"
workers = 1
work = "1s"
`)
	require.EqualValues(t, 3, o.Windows[0].Metrics["fleets.web.instances.max"])
	row := slices.Index(o.Series.Column("fleets.web.desired"), 3)
	require.InDelta(t, 6, row, 1, "the backlog grows by one a second: its mean over a minute passes 300 in the sixth")
}

// Nodes of ElastiCache cost by the begun hour, each; anything else what its price
// says.
func TestCostOfServices(t *testing.T) {
	o := simulate(t, strings.NewReplacer(
		`duration = "40m"`, `duration = "61m"`, "rate     = \"30/s\"", "rate     = \"1/s\"",
		"max_connections = 151", "price = 0.25", "hit_ratio = 0.8", "hit_ratio = 0.8\nnodes = 3",
	).Replace(threeTiers))
	m := o.Windows[0].Metrics
	require.InDelta(t, 2*3*0.017, m["cost.services.mc"], 1e-9)
	require.InDelta(t, 2*0.25, m["cost.services.db"], 1e-9)
	require.Zero(t, m["cost.services.mq"])
	require.InDelta(t, m["cost.total"], m["cost.services.mc"]+m["cost.services.db"]+m["cost.fleets.web"]+m["cost.fleets.app"], 1e-9)
}

// Too many connections: MySQL turns callers away at once (error 1040), which a
// pool turns into waiting.
func TestTooManyConnections(t *testing.T) {
	text := `
duration = "10m"
[clients.c]
target = "app"
rate   = "100/s"
[routes.r]
demand = { app = "0.1ms", db = "exponential(18ms)" }
[fleets.app]
vcpus = 4
zones = ["a"]
min = 2
max = 2
calls = ["db"]
server = { software = "pool" }
[services.db]
kind = "database"
vcpus = 2
max_connections = 10
`
	m := simulate(t, text).Windows[0].Metrics
	require.Positive(t, m["services.db.blocked"])
	require.Equal(t, m["services.db.blocked"], m["errors.500"], "the application throws")
	require.Less(t, m["latency.max"], 5.0)
	pooled := simulate(t, text+"pool = 5").Windows[0].Metrics
	require.Zero(t, pooled["requests.failed"])
	require.Zero(t, pooled["services.db.blocked"])
	require.Positive(t, pooled["services.db.wait.mean"])
	require.Greater(t, pooled["latency.p99"], m["latency.p99"])
	quick := simulate(t, text+"pool = 1\npool_timeout = \"20ms\"").Windows[0].Metrics
	require.Positive(t, quick["errors.500"])
	require.LessOrEqual(t, quick["services.db.wait.max"], 0.0201)
}

// Whatever kind of service turns requests away says how many. Spec 7 [L-SCALE,
// L-LIM]: a function throttles those beyond its concurrency (429), and those that
// need more new environments than it may make.
func TestServicesSayWhatTheyTurnAway(t *testing.T) {
	for kind, want := range map[string]struct{ settings, cause string }{
		"station":  {"queue = 1", "errors.blocked"},
		"database": {"max_connections = 2", "errors.blocked"},
		"cache":    {"max_connections = 2", "errors.blocked"},
		"queue":    {"max_length = 0\nwork = \"50ms\"\nworkers = 1", "errors.blocked"},
		"function": {"concurrency = 3\ncold_start = \"0s\"", "errors.429"},
		"scaling":  {"scaling = \"1 per 10s\"\nidle_timeout = \"1s\"", "errors.429"},
		"pool":     {"threads = 1\naccept_count = 1\nmax_connections = 1", "errors.timeout"},
	} {
		m := simulate(t, `
duration = "2m"
[clients.c]
target = "s"
rate   = "40/s"
timeout = "900ms"
keep_alive = false
[routes.r]
demand.s = "exponential(60ms)"
[services.s]
kind = "`+strings.Replace(kind, "scaling", "function", 1)+"\"\n"+want.settings).Windows[0].Metrics
		require.Positive(t, m["services.s.blocked"], kind)
		if kind == "pool" {
			require.LessOrEqual(t, m["services.s.blocked"], m[want.cause]+m["requests.in_flight"], "who is not let in before the first second is over gives up")
			continue
		}
		require.Equal(t, m[want.cause], m["services.s.blocked"], kind)
	}
}

// A hung cache or database holds the threads of its callers for as long as these
// wait. A cache is a miss after the timeout of the call, and costs no request.
func TestTimeoutsOfCalls(t *testing.T) {
	site := func(hung, cache, db string) map[string]float64 {
		return simulate(t, `
duration = "10m"
[clients.c]
target = "app"
rate   = "20/s"
timeout = "2s"
[routes.r]
demand = { app = "1ms", mc = "0.1ms", db = "2ms" }
[fleets.app]
vcpus = 2
zones = ["a"]
min = 1
max = 1
calls = ["mc", "db"]
server = { software = "pool", threads = 20 }
[services.mc]
kind = "cache"
hit_ratio = 0.8
guards = "db"
`+cache+`
[services.db]
kind = "database"
vcpus = 2
`+db+`
[faults.hang]
at = "5m"
service = "`+hung+`"
effect = "hang"`).Windows[0].Metrics
	}
	m := site("mc", "", "")
	require.InDelta(t, 0.5, m["availability"], 0.02, "threads wait for ever")
	m = site("mc", `call_timeout = "100ms"`, "")
	require.Equal(t, 1.0, m["availability"])
	require.InDelta(t, 0.4, m["services.mc.hit_ratio"], 0.02, "half of the lookups are not answered")
	require.InDelta(t, 0.1, m["latency.p90"], 0.01)
	m = site("db", "", `call_timeout = "100ms"`)
	require.InDelta(t, 20*300*0.2, m["errors.500"], 150, "one in five needs the database, which does not answer for half of the time")
	require.InDelta(t, 0.9, m["availability"], 0.02)
}

// Every kind of service checks its books, and finds an entry that is wrong.
func TestServicesKeepTheirBooks(t *testing.T) {
	spec := read(t, threeTiers, nil)
	s := Build(spec, whole(spec))
	_, err := s.Run(func(now engine.Time) bool { return now < 5*engine.Minute })
	require.NoError(t, err)
	for _, v := range s.services {
		require.NoError(t, v.Audit(), v.name)
	}
	mc := s.services[1].facility.(*cache)
	require.Equal(t, "mc", s.services[1].name)
	mc.Received++
	require.ErrorContains(t, mc.Audit(), "cache: ")
	mq := s.services[2].facility.(*queue)
	mq.Stored++
	require.ErrorContains(t, mq.Audit(), "queue: ")
}

package scenario_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIdleKeysAreListed: what is accepted without effect, each at its line.
func TestIdleKeysAreListed(t *testing.T) {
	const src = `duration = "1h"
timezone = "Asia/Seoul"
[clients.c]
target = "lb"
rate = "5/s"
shape = "step"
weekend = 0.5
think = "1s"
cancel = true
retry = { wait = "1s", growth = 2 }
routes = { page = 1 }
[routes.page]
cacheable = 0.5
session = "read"
[routes.page.demand]
web = "1ms"
db = "1ms"
later = "1ms"
[routes.page.wait]
app = "1ms"
[routes.other]
demand.web = "1ms"
[balancers.lb]
kind = "application"
targets = ["web"]
cross_zone = false
[balancers.spare]
kind = "classic"
targets = ["web"]
[fleets.web]
instance = "t3.small"
zones = ["a"]
min = 1
max = 1
health_check_grace_period = "5s"
upstream = "app"
[fleets.lone.policies.cpu]
kind = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 50
[fleets.web.schedules.late]
at = "2h"
min = 1
[fleets.lone]
vcpus = 1
zones = ["a"]
min = 1
max = 1
health_check_type = "ELB"
calls = ["quiet"]
[services.app]
kind = "station"
[services.db]
kind = "station"
[services.quiet]
kind = "station"
[sessions]
store = "local"
[variants.later.services.later]
kind = "station"
`
	f := parse(t, src)
	_, problems := f.Spec("", nil)
	require.NoError(t, problems.Err())
	require.Equal(t, `site.toml:2: timezone: has no effect without start
site.toml:6: clients.c.shape: has no effect on a rate without points
site.toml:7: clients.c.weekend: has no effect without daily
site.toml:8: clients.c.think: has no effect where a session has one request
site.toml:9: clients.c.cancel: has no effect without timeout
site.toml:10: clients.c.retry.wait: has no effect without retry.attempts
site.toml:10: clients.c.retry.growth: has no effect without retry.attempts
site.toml:13: routes.page.cacheable: has no effect: its requests come to no content delivery network
site.toml:14: routes.page.session: has no effect: no route of session "write" leads to a fleet
site.toml:17: routes.page.demand.db: requests of this route never come to "db"
site.toml:18: routes.page.demand.later: there is no fleet or service "later" in this configuration
site.toml:21: routes.other: no client asks for this route
site.toml:26: balancers.lb.cross_zone: has no effect where all targets are in one zone
site.toml:27: balancers.spare: no request comes here: no client's target leads to it
site.toml:35: fleets.web.health_check_grace_period: has no effect on EC2 health checks
site.toml:37: fleets.lone.policies: have no effect where min = max
site.toml:42: fleets.web.schedules.late.at: comes after the end of the run (duration 1h)
site.toml:44: fleets.lone: no request comes here: no client's target leads to it
site.toml:49: fleets.lone.health_check_type: has no effect without a balancer of AWS's in front
site.toml:50: fleets.lone.calls: no route has demand at "quiet" or behind it
site.toml:53: services.db: no request comes here: no client's target leads to it
site.toml:55: services.quiet: no request comes here: no client's target leads to it
site.toml:57: sessions: has no effect: no route of session "write" leads to a fleet`, f.Idle("", nil).Error())
}

func TestARouteThatCostsNothingIsIdle(t *testing.T) {
	f := parse(t, valid+"[services.t]\nkind = \"station\"\n[variants.t.clients.c]\ntarget = \"t\"\n")
	require.Equal(t, `site.toml:9: services.t: no request comes here: no client's target leads to it`, f.Idle("", nil).Error())
	require.Equal(t, `site.toml:5: routes.r: its requests cost nothing: no place that they reach has demand
site.toml:6: routes.r.demand.s: requests of this route never come to "s"
site.toml:7: services.s: no request comes here: no client's target leads to it`, f.Idle("t", nil).Error())
}

func TestIdleKeysOfAFleetWithoutPolicies(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "web"
rate = "5/s"
[routes.page]
demand.web = "1ms"
request_size = "4KB"
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
default_cooldown = "60s"
monitoring = "detailed"
metric_delay = "1m"
server = { upstream_keepalive = 5, proxy_read_timeout = "1s" }
`
	require.Equal(t, `site.toml:7: routes.page.request_size: has no effect: it takes no time, its requests come to no balancer, and nobody watches NetworkIn or NetworkOut
site.toml:13: fleets.web.default_cooldown: has no effect without policies
site.toml:14: fleets.web.monitoring: has no effect without policies and alarms
site.toml:15: fleets.web.metric_delay: has no effect without policies and alarms
site.toml:16: fleets.web.server.upstream_keepalive: has no effect without upstream
site.toml:16: fleets.web.server.proxy_read_timeout: has no effect without upstream`, parse(t, src).Idle("", nil).Error())
}

// TestIdleSettingsOfPolicies: what other settings of a policy make idle.
func TestIdleSettingsOfPolicies(t *testing.T) {
	f := parse(t, `start = "2026-03-02T00:00:00Z"
`+site+`[fleets.web.policies.cpu]
kind = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 50
disable_scale_in = true
low_factor = 0.9
[fleets.web.metrics.load]
measure = "cpu"
period = "10s"
[fleets.web.policies.quick]
kind = "target_tracking"
metric = "load"
target = 50
alarm_period = "300s"
[fleets.web.policies.out]
kind = "simple"
alarm = { metric = "CPUUtilization", comparison = ">", threshold = 70 }
adjustment = "+1"
min_adjustment_magnitude = 2
[fleets.web.policies.ahead]
kind = "predictive"
metric = "ASGCPUUtilization"
target = 50
scheduling_buffer_time = "600s"
`)
	idle := f.Idle("", nil).Error()
	require.Contains(t, idle, "fleets.web.policies.cpu.low_factor: has no effect with disable_scale_in")
	require.Contains(t, idle, "fleets.web.policies.quick.alarm_period: has no effect with a metric of 10s: the alarms take its period")
	require.Contains(t, idle, "fleets.web.policies.out.min_adjustment_magnitude: has no effect without an adjustment in percent")
	require.Contains(t, idle, "fleets.web.policies.ahead.scheduling_buffer_time: has no effect in mode ForecastOnly: the group does not follow the forecast")
	require.NotContains(t, idle, "scale_in_datapoint", "only what is written")
}

// TestIdleOperations: what an operator does after the end, and settings of
// scale-in that make no difference; what an operation asks for is not idle.
func TestIdleOperations(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "web"
rate = "5/s"
[routes.page]
demand.web = "1ms"
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 2
default_cooldown = "60s"
health_check_grace_period = "60s"
termination_policies = ["AllocationStrategy", "OldestInstance"]
suspended_processes = ["AddToLoadBalancer", "Launch"]
[fleets.web.operations]
sick = { at = "10m", kind = "set_instance_health" }
more = { at = "2h", kind = "set_desired_capacity", desired = 2, honor_cooldown = true }
`
	const late = `site.toml:18: fleets.web.operations.more.at: comes after the end of the run (duration 1h)`
	require.Equal(t, `site.toml:14: fleets.web.termination_policies: AllocationStrategy makes no difference: all instances have one launch template and one type
site.toml:15: fleets.web.suspended_processes: AddToLoadBalancer means nothing without a balancer in front
`+late, parse(t, src).Idle("", nil).Error())
	require.Equal(t, late, parse(t, src).Doubts("", nil).Error())
}

// A refresh takes the grace period as its warm-up where there is no other.
func TestGraceIsNotIdleWhereARefreshTakesIt(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "web"
rate = "5/s"
[routes.page]
demand.web = "1ms"
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
all_unhealthy_batch = 2
health_check_grace_period = "60s"
`
	const batch = "site.toml:12: fleets.web.all_unhealthy_batch: has no effect on EC2 health checks"
	const grace = "site.toml:13: fleets.web.health_check_grace_period: has no effect on EC2 health checks"
	const refresh = "[fleets.web.operations.new]\nat = \"10m\"\nkind = \"start_instance_refresh\"\n"
	require.Equal(t, batch+"\n"+grace, parse(t, src).Idle("", nil).Error())
	require.Equal(t, batch, parse(t, src+refresh).Idle("", nil).Error())
	require.Equal(t, batch+"\n"+grace, parse(t, src+refresh+"instance_warmup = \"1m\"\n").Idle("", nil).Error())
}

func TestIdleCooldownStart(t *testing.T) {
	set := []string{"fleets.web.cooldown_start=activity_start"}
	require.Contains(t, parse(t, site).Idle("", set).Error(), "fleets.web.cooldown_start: has no effect without a simple policy: nothing else waits for a cooldown")
	const simple = "[fleets.web.policies.out]\nkind = \"simple\"\nalarm = { metric = \"CPUUtilization\", comparison = \">\", threshold = 70 }\nadjustment = \"+1\"\n"
	require.NotContains(t, parse(t, site+simple).Idle("", set).Error(), "cooldown_start")
}

// TestIdleUnderForeignAutoscalers: what an autoscaler from outside AWS makes
// idle, and which metrics it watches.
func TestIdleUnderForeignAutoscalers(t *testing.T) {
	f := parse(t, site+`[fleets.web.policies.pods]
kind = "hpa"
targets.cpu = { target = 50 }
targets.rps = { metric = "rps", target = 5 }
[fleets.web.metrics.rps]
measure = "requests"
[fleets.web.metrics.open]
measure = "connections"
`)
	idle := f.Idle("", []string{`fleets.web.default_cooldown="60s"`}).Error()
	require.Contains(t, idle, `fleets.web.default_cooldown: has no effect with a policy of kind "hpa"`)
	require.Contains(t, idle, "fleets.web.metrics.open: no alarm and no policy names it")
	require.NotContains(t, idle, "metrics.rps")
}

// TestIdleKeysOfTheLifeCycle: hooks, failed launches and warm pools.
func TestIdleKeysOfTheLifeCycle(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "web"
rate = "5/s"
[routes.page]
demand.web = "1ms"
[fleets.web]
vcpus = 1
min = 1
max = 2
zones = ["a"]
launch_retry_delay = "10s"
launch_suspension = "1h"
capacity_distribution = "balanced-only"
terminate_hook_abandon = "retain"
`
	const never = "has no effect where no launch fails: there is neither a launching hook nor a launch_failure, nor is a zone lost"
	const retain = "site.toml:15: fleets.web.terminate_hook_abandon: has no effect without a terminating hook"
	require.Equal(t, "site.toml:12: fleets.web.launch_retry_delay: "+never+`
site.toml:13: fleets.web.launch_suspension: `+never+`
site.toml:14: fleets.web.capacity_distribution: has no effect with one zone
`+retain, parse(t, src).Idle("", nil).Error())
	require.Equal(t, retain, parse(t, strings.Replace(src, `["a"]`, `["a", "b"]`, 1)+`[faults.full]
at = "10m"
fleet = "web"
effect = "launch_failure"
`).Idle("", nil).Error())
	require.Equal(t, retain, parse(t, strings.Replace(src, `["a"]`, `["a", "b"]`, 1)+`[faults.lost]
at = "10m"
zone = "b"
effect = "crash"
[network]
between_zones = "1ms"
`).Idle("", nil).Error())
	require.Equal(t, `site.toml:14: fleets.web.capacity_distribution: has no effect with one zone
site.toml:18: fleets.web.hooks.in.result: has no effect without completes
site.toml:19: fleets.web.hooks.in.heartbeat: has no effect: comes no sooner than heartbeat_timeout (1h)
site.toml:23: fleets.web.hooks.also.completes_from_pool: has no effect without warm_pool`, parse(t, src+`[fleets.web.hooks.in]
transition = "launching"
result = "ABANDON"
heartbeat = "2h"
[fleets.web.hooks.also]
transition = "launching"
completes = "1s"
completes_from_pool = "1s"
[fleets.web.hooks.out]
transition = "terminating"
`).Idle("", nil).Error())
}

func TestIdleKeysOfServices(t *testing.T) {
	f := parse(t, `duration = "1h"
[clients.c]
target = "web"
rate = "5/s"
[routes.page]
demand = { web = "1ms", mc = "1ms", plain = "1ms", sized = "1ms", db = "1ms" }
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
calls = ["mc", "plain", "sized", "db"]
[services.mc]
kind = "cache"
hit_ratio = 0.5
guards = "web"
skew = 1.0
capacity = 5
item_size = "2KiB"
ttl = "1m"
start = "cold"
[services.plain]
kind = "cache"
keys = 100
item_size = "2KiB"
[services.sized]
kind = "cache"
keys = 100
item_size = "2KiB"
capacity = "1MiB"
guards = "db"
[services.db]
kind = "database"
pool_timeout = "1s"
call_timeout = "1s"
[services.nobody]
kind = "cache"
call_timeout = "1s"
[services.mq]
kind = "queue"
workers = 1
work = "1s"
[faults.hog]
at = "1m"
service = "mq"
effect = "cpu"
[fleets.web.server]
software = "pool"
`)
	require.Equal(t, strings.TrimSpace(`
site.toml:16: services.mc.guards: has no effect: no fleet calls "web" after this cache
site.toml:17: services.mc.skew: has no effect without keys
site.toml:18: services.mc.capacity: has no effect without keys
site.toml:19: services.mc.item_size: has no effect without keys
site.toml:20: services.mc.ttl: has no effect without keys
site.toml:21: services.mc.start: has no effect without keys
site.toml:25: services.plain.item_size: has no effect where capacity is not a size of memory
site.toml:34: services.db.pool_timeout: has no effect without pool
site.toml:36: services.nobody: no request comes here: no client's target leads to it
site.toml:38: services.nobody.call_timeout: has no effect: no fleet calls this service
site.toml:39: services.mq: no request comes here: no client's target leads to it
site.toml:43: faults.hog: has no effect: nothing that a message queue does takes CPU`), f.Idle("", nil).Error())
}

// TestIdleKeysOfTheEdge: functions, content delivery networks and names.
func TestIdleKeysOfTheEdge(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "www"
rate = "5/s"
[routes.page]
demand.resize = "1ms"
size = "20KiB"
cacheable = "50%"
[services.resize]
kind = "function"
memory = "512MiB"
parallelism = 4
concurrency = 10
provisioned = 10
cold_start = "1s"
[cdns.edge]
origin = "resize"
hit_ratio = 0.5
ttl = "1h"
price = 0
free = "1GB"
request_price = 0
free_requests = 7
[cdns.spare]
origin = "resize"
keys = 10
ttl = "1h"
[dns.www]
weights = { edge = 1 }
health_check = { interval = "10s" }
`
	require.Equal(t, `site.toml:12: services.resize.parallelism: has no effect: so much memory comes with one vCPU at most
site.toml:15: services.resize.cold_start: has no effect where all of concurrency is provisioned
site.toml:19: cdns.edge.ttl: has no effect without keys
site.toml:21: cdns.edge.free: has no effect where all is free
site.toml:23: cdns.edge.free_requests: has no effect where all is free
site.toml:24: cdns.spare: no request comes here: no client's target leads to it
site.toml:30: dns.www.health_check: has no effect on a single record: it is answered in any case`, parse(t, src).Idle("", nil).Error())
}

// TestIdleDelays: between zones of which there is one.
func TestIdleDelays(t *testing.T) {
	require.Equal(t, "site.toml:13: network.between_zones: has no effect where all fleets are in one zone", parse(t, `duration = "1h"
[clients.c]
target = "web"
rate = "1/s"
[routes.page]
demand.web = "1ms"
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
[network]
between_zones = "1ms"
within_zone = "1ms"
`).Idle("", nil).Error())
}

// What transfers cost matters where there can be any.
func TestIdlePrices(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "lb"
rate = "5/s"
[routes.page]
demand.web = "1ms"
size = "4KB"
request_size = "4KB"
[balancers.lb]
kind = "application"
targets = ["web"]
[fleets.web]
vcpus = 1
zones = ["a", "c"]
min = 2
max = 2
[prices]
internet = 0
internet_free = "1GB"
between_zones = 0.02
[variants.network.balancers.lb]
kind = "network"
`
	const free = `site.toml:19: prices.internet_free: has no effect where all is free`
	f := parse(t, src)
	require.Equal(t, free+`
site.toml:20: prices.between_zones: has no effect: no calls that are paid for lead from a zone to another`, f.Idle("", nil).Error())
	require.Equal(t, free, f.Idle("network", nil).Error())
}

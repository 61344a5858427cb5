package site

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// handOver has two fleets behind a balancer, and a place for deployments.
const handOver = `
	duration = "40m"
	[clients.visitors]
	target = "lb"
	rate = "40/s"
	timeout = "10s"
	[routes.index]
	demand.blue = "exponential(3ms)"
	demand.green = "exponential(3ms)"
	[balancers.lb]
	kind = "application"
	%s
	deregistration_delay = "60s"
	health_check = { interval = "5s", timeout = "2s", unhealthy_threshold = 2, healthy_threshold = 2 }
	[fleets.blue]
	vcpus = 1
	zones = ["a", "b"]
	min = 2
	max = 4
	[fleets.green]
	vcpus = 1
	zones = ["a", "b"]
	min = 0
	max = 4
	boot = "30s"
	startup = "10s"
	[deployments.beta]
	from = "blue"
	to = "green"
	at = "10m"
	overlap = "10m"
	%s
`

const byWeights = "weights = { blue = 100, green = 0 }"

// With draining no request is lost when green takes blue's place: in one target
// group, and by weights.
func TestBlueGreenLosesNothing(t *testing.T) {
	for name, text := range map[string]string{
		"one target group": fmt.Sprintf(handOver, `targets = ["blue", "green"]`, `kind = "blue_green"`),
		"weights":          fmt.Sprintf(handOver, byWeights, "kind = \"blue_green\"\nbalancer = \"lb\""),
		"canary":           fmt.Sprintf(handOver, byWeights, "kind = \"canary\"\nbalancer = \"lb\"\nsteps = [\"10% for 2m\"]"),
	} {
		spec := read(t, text, nil)
		for k := range 10 {
			config := whole(spec, Span{26 * engine.Minute, 40 * engine.Minute})
			config.Replication = k
			o, err := Build(spec, config).Run(onward)
			require.NoError(t, err)
			require.Equal(t, 1.0, o.Windows[0].Metrics["availability"], name)
			require.Zero(t, o.Windows[1].Metrics["fleets.blue.instances.max"], name)
			require.Equal(t, 2.0, o.Windows[1].Metrics["fleets.green.instances.mean"], name)
		}
	}
}

// In one target group both fleets take turns during the overlap, by weights only
// green serves: blue's CPUs tell.
func TestWhoServesDuringTheOverlap(t *testing.T) {
	overlap := Span{13 * engine.Minute, 19 * engine.Minute}
	m := simulate(t, fmt.Sprintf(handOver, `targets = ["blue", "green"]`, `kind = "blue_green"`), overlap).Windows[1].Metrics
	require.InDelta(t, m["fleets.blue.cpu.mean"], m["fleets.green.cpu.mean"], 0.005)
	require.Positive(t, m["fleets.blue.cpu.mean"])
	m = simulate(t, fmt.Sprintf(handOver, byWeights, "kind = \"blue_green\"\nbalancer = \"lb\""), overlap).Windows[1].Metrics
	require.Zero(t, m["fleets.blue.cpu.mean"])
	require.InDelta(t, 40*0.003/2, m["fleets.green.cpu.mean"], 0.005)
}

// faulty is a canary whose version answers one request in twenty with an error.
const faulty = `kind = "canary"
	balancer = "lb"
	steps = ["10%% for 10m", "50%% for 10m"]
	max_unhealthy = "100%%"
	alarms = ["errors"]
	regression = { errors = "%s" }
	[alarms.errors]
	fleet = "green"
	metric = "HTTPCode_Target_5XX_Count"
	statistic = "Sum"
	period = "1m"
	comparison = ">="
	threshold = 3`

// A canary whose version is faulty is rolled back by its alarm: nobody but the
// visitors of its share saw errors, one in ten times one in twenty of the
// requests of that time, and nobody afterwards.
func TestCanaryRollsBack(t *testing.T) {
	text := fmt.Sprintf(handOver, byWeights, fmt.Sprintf(faulty, "5%"))
	told := events(simulate(t, text), timeline.Deployment)
	at, texts := told.instants(), told.texts()
	require.Len(t, texts, 3)
	require.Contains(t, texts[1], "2 of 2 instances of green healthy")
	require.Contains(t, texts[1], "10% of the requests go to green for 10m")
	require.Contains(t, texts[2], "alarm errors is in ALARM; all requests go to blue, green gets min 0 and desired 0 again")
	require.Less(t, at[2]-at[1], 10*engine.Minute, "in the first step")

	o := simulate(t, text, Span{at[1], at[2]}, Span{at[2] + 5*engine.Minute, 40 * engine.Minute})
	canary, after := o.Windows[1].Metrics, o.Windows[2].Metrics
	n, p := canary["requests.offered"], 0.1*0.05
	require.InDelta(t, n*p, canary["requests.failed"], 3.29*math.Sqrt(n*p*(1-p)))
	require.Positive(t, canary["requests.failed"])
	require.InDelta(t, o.Windows[0].Metrics["requests.failed"], canary["requests.failed"], 0)
	require.Zero(t, after["fleets.green.instances.max"])
	require.Equal(t, 2.0, after["fleets.blue.instances.mean"])
}

// Without the regression the same canary succeeds.
func TestSoundCanarySucceeds(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(handOver, byWeights, fmt.Sprintf(faulty, "0%")), `overlap = "10m"`, `overlap = "5m"`, 1)
	o := simulate(t, text)
	texts := events(o, timeline.Deployment).texts()
	require.Len(t, texts, 5)
	require.Contains(t, texts[4], "ends after")
	require.Zero(t, o.Windows[0].Metrics["requests.failed"])
}

// A version whose health checks fail once requests come is rolled back by them,
// without an alarm.
func TestUnhealthyVersionIsRolledBack(t *testing.T) {
	text := fmt.Sprintf(handOver, byWeights, "kind = \"blue_green\"\nbalancer = \"lb\"\n") + `
	[faults.leak]
	at = "15m"
	fleet = "green"
	effect = "refuse"`
	o := simulate(t, text, Span{16 * engine.Minute, 40 * engine.Minute})
	texts := events(o, timeline.Deployment).texts()
	require.Contains(t, texts[2], "2 of 2 instances of green that were healthy are unhealthy, more than 50%; all requests go to blue")
	require.Equal(t, 1.0, o.Windows[1].Metrics["availability"])
	require.Less(t, o.Windows[0].Metrics["availability"], 1.0)
}

// A rolling deployment replaces one instance after the other; what the new
// version does worse is on the new ones, and gone when it is rolled back.
func TestRollingDeployment(t *testing.T) {
	text := fmt.Sprintf(handOver, `targets = ["blue", "green"]`, `kind = "blue_green"`)
	head, _, _ := strings.Cut(text, "[deployments.beta]")
	rolling := head + `
	[deployments.v2]
	kind = "rolling"
	fleet = "blue"
	at = "10m"
	min_healthy_percentage = 100
	max_healthy_percentage = 200
	instance_warmup = "30s"
	regression = { latency = "200ms" }`
	last := Span{30 * engine.Minute, 40 * engine.Minute}
	before := Span{0, 10 * engine.Minute}
	o := simulate(t, rolling, before, last)
	require.Less(t, o.Windows[1].Metrics["latency.p50"], 0.01)
	require.Greater(t, o.Windows[2].Metrics["latency.p50"], 0.2)
	require.Equal(t, 1.0, o.Windows[0].Metrics["availability"])
	texts := events(o, timeline.Deployment).texts()
	require.Equal(t, []string{"rolling: an instance refresh of blue to version 2 begins"}, texts)

	back := rolling + `
	auto_rollback = true
	bake_time = "10m"
	alarms = ["slow"]
	[alarms.slow]
	fleet = "blue"
	metric = "TargetResponseTime"
	period = "1m"
	comparison = ">"
	threshold = 0.05`
	back = strings.Replace(back, "regression = { latency = \"200ms\" }\n\tauto_rollback", "auto_rollback", 1)
	back = strings.Replace(back, "[alarms.slow]", "regression = { latency = \"200ms\" }\n[alarms.slow]", 1)
	o = simulate(t, back, before, last)
	require.Less(t, o.Windows[2].Metrics["latency.p50"], 0.01)
}

// A version goes on doing what it does worse until its instances are replaced,
// also when the next one is on its way.
func TestRollingFromAFaultyVersion(t *testing.T) {
	text := fmt.Sprintf(handOver, `targets = ["blue"]`, "")
	head, _, _ := strings.Cut(strings.Replace(text, "[fleets.blue]", "[fleets.blue]\nboot = \"2m\"", 1), "[deployments.beta]")
	const minute = engine.Minute
	o := simulate(t, head+`
	[deployments.v2]
	kind = "rolling"
	fleet = "blue"
	at = "5m"
	min_healthy_percentage = 100
	max_healthy_percentage = 200
	instance_warmup = "30s"
	regression = { latency = "500ms" }
	[deployments.v3]
	kind = "rolling"
	fleet = "blue"
	at = "20m"
	min_healthy_percentage = 100
	max_healthy_percentage = 200
	instance_warmup = "30s"`, Span{15 * minute, 20 * minute}, Span{20 * minute, 20*minute + 30*engine.Second}, Span{35 * minute, 40 * minute})
	texts := events(o, timeline.Deployment).texts()
	require.Equal(t, []string{"rolling: an instance refresh of blue to version 2 begins", "rolling: an instance refresh of blue to version 3 begins"}, texts)
	require.InDelta(t, 0.503, o.Windows[1].Metrics["latency.mean"], 0.005)
	require.InDelta(t, 0.503, o.Windows[2].Metrics["latency.mean"], 0.005, "no instance has been replaced yet")
	require.InDelta(t, 0.003, o.Windows[3].Metrics["latency.mean"], 0.001)
}

// A fleet whose instances are being replaced takes part in nothing else.
func TestNoCanaryDuringARollingDeployment(t *testing.T) {
	text := fmt.Sprintf(handOver, byWeights, "kind = \"canary\"\nbalancer = \"lb\"\nsteps = [\"10% for 2m\"]")
	o := simulate(t, strings.Replace(text, "[fleets.blue]", "[fleets.blue]\nboot = \"2m\"", 1)+`
	[deployments.v2]
	kind = "rolling"
	fleet = "blue"
	at = "9m"
	instance_warmup = "30s"`)
	texts := events(o, timeline.Deployment).texts()
	require.Equal(t, []string{"rolling: an instance refresh of blue to version 2 begins", "refused: fleet blue is in an instance refresh"}, texts)
	require.Zero(t, o.Windows[0].Metrics["fleets.green.instances.max"])
}

// Scaling up: a fleet of a bigger type takes the place of another one in a
// deployment, or in a variant an instance of the bigger type is stopped and started
// again, as a change of type in place needs it; meanwhile the group is kept from
// replacing it, and nothing is billed.
func TestScalingUp(t *testing.T) {
	const site = `
		duration = "30m"
		[clients.visitors]
		target = "lb"
		arrivals = "even"
		rate = "10/s"
		requests = 20
		think = "10s"
		routes = { page = 0.9, signin = 0.1 }
		[routes.page]
		session = "read"
		demand = { web = "2ms", big = "2ms" }
		[routes.signin]
		session = "write"
		demand = { web = "2ms", big = "2ms" }
		[balancers.lb]
		kind = "application"
		targets = ["web", "big"]
		[fleets.big]
		instance = "m5.xlarge"
		zones = ["a"]
		min = 0
		max = 1
		[fleets.web]
		instance = "m5.large"
		zones = ["a"]
		min = 1
		max = 1
		`
	m := simulate(t, site+`
		[deployments.bigger]
		at = "10m"
		kind = "blue_green"
		from = "web"
		to = "big"
		overlap = "5m"`).Windows[0].Metrics
	require.Zero(t, m["requests.failed"])
	require.InDelta(t, 0.096*20/60, m["cost.fleets.web"], 0.096*6/60, "until it has drained")
	require.InDelta(t, 0.192*20/60, m["cost.fleets.big"], 0.192/60)
	require.Positive(t, m["sessions.lost"], "they were in the smaller one")
	m = simulate(t, strings.Replace(site, "m5.large", "m5.2xlarge", 1)+`
		boot = "30s"
		[fleets.web.operations.hold]
		kind = "suspend_processes"
		processes = ["HealthCheck"]
		at = "9m"
		for = "10m"
		[faults.restart]
		at = "10m"
		for = "2m"
		fleet = "web"
		effect = "crash"`).Windows[0].Metrics
	require.EqualValues(t, 0, m["fleets.web.instances.terminated"])
	require.InDelta(t, 28.0/60, m["fleets.web.instances.hours"], 2.0/3600)
	require.InDelta(t, 0.384*28/60, m["cost.fleets.web"], 0.001)
	require.Positive(t, m["sessions.lost"])
	require.Positive(t, m["requests.failed"])
}

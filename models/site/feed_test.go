package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// watching is a fleet of two instances behind a balancer, with alarms that never
// do anything: they enable metrics.
const watching = `
	duration = "11m"
	[clients.visitors]
	target = "lb"
	arrivals = "even"
	rate = "2/s"
	[routes.page]
	demand.web = "100ms"
	size = "4KB"
	request_size = "1KB"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	health_check.demand = "0s"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 2
	max = 2
	monitoring = "detailed"
`

// alarm is a policy with an alarm on a metric.
func alarm(metric, statistic, period string) string {
	return "[fleets.web.policies." + metric + "]\nkind = \"simple\"\nadjustment = \"+1\"\n" +
		"alarm = { metric = \"" + metric + "\", statistic = \"" + statistic + "\", period = \"" + period + "\", comparison = \">\", threshold = 0 }\n"
}

// datapoint runs a scenario and gives the last datapoint that an alarm on the
// metric has judged, and the number of its samples; 0 samples for none.
func datapoint(t *testing.T, scenario, metric, statistic string) (value float64, samples uint64) {
	t.Helper()
	return datapointOf(t, scenario, metric, statistic, "1m")
}

func datapointOf(t *testing.T, scenario, metric, statistic, period string) (value float64, samples uint64) {
	t.Helper()
	spec := read(t, scenario+alarm(metric, statistic, period), nil)
	s := Build(spec, whole(spec))
	_, err := s.Run(onward)
	require.NoError(t, err)
	var points []cloudwatch.Reading
	for _, a := range s.fleets[0].group.Alarms {
		if a.Name == metric {
			points = a.Points
		}
	}
	if len(points) == 0 {
		return 0, 0
	}
	return points[0].Float64(), points[0].Samples()
}

// TestNetwork: bytes per instance and period: an average over the instances
// [ec2-met]. A request a second comes to each of the two.
func TestNetwork(t *testing.T) {
	in, samples := datapoint(t, watching, "NetworkIn", "Average")
	require.EqualValues(t, 2, samples)
	require.InDelta(t, 60*1000, in, 1000)
	out, _ := datapoint(t, watching, "NetworkOut", "Average")
	require.InDelta(t, 60*4000, out, 4000)
	out, _ = datapoint(t, watching, "NetworkOut", "Sum")
	require.InDelta(t, 120*4000, out, 4000)
}

// TestNetworkOfAProxy: what is passed on goes out, and its answer comes in.
func TestNetworkOfAProxy(t *testing.T) {
	const proxied = watching + "upstream = \"app\"\n[services.app]\nkind = \"station\"\n[routes.page.wait]\napp = \"1ms\"\n"
	in, _ := datapoint(t, proxied, "NetworkIn", "Sum")
	require.InDelta(t, 120*(1000+4000), in, 5000)
	out, _ := datapoint(t, proxied, "NetworkOut", "Sum")
	require.InDelta(t, 120*(1000+4000), out, 5000)
}

// TestBalancersMetrics of an application balancer [alb-cw].
func TestBalancersMetrics(t *testing.T) {
	for _, want := range []struct {
		metric, statistic string
		value             float64
	}{
		{"RequestCount", "Sum", 120},
		{"RequestCountPerTarget", "Sum", 60},
		{"HTTPCode_Target_2XX_Count", "Sum", 120},
		{"HealthyHostCount", "Minimum", 2},
		{"UnHealthyHostCount", "Maximum", 0},
		{"TargetResponseTime", "Average", 0.1},
		{"TargetResponseTime", "p99", 0.1},
		{"TargetResponseTime", "SampleCount", 120},
	} {
		value, samples := datapoint(t, watching, want.metric, want.statistic)
		require.NotZero(t, samples, want.metric)
		require.InEpsilon(t, 1+want.value, 1+value, 0.01, want.metric+" "+want.statistic)
	}
}

// TestWhatIsZeroIsNotReported: HTTPCode_* only when there were any, while
// RequestCountPerTarget and the counts of hosts always are [alb-cw].
func TestWhatIsZeroIsNotReported(t *testing.T) {
	const quiet = watching + "[fleets.web.schedules.none]\nat = \"20m\"\ndesired = 2\n"
	for _, metric := range []string{"HTTPCode_Target_5XX_Count", "HTTPCode_Target_4XX_Count", "HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_503_Count"} {
		_, samples := datapoint(t, quiet, metric, "Sum")
		require.Zero(t, samples, metric)
	}
	spec := read(t, watching+alarm("RequestCountPerTarget", "Sum", "1m"), nil, `clients.visitors.rate="0/s"`)
	s := Build(spec, whole(spec))
	_, err := s.Run(onward)
	require.NoError(t, err)
	points := s.fleets[0].group.Alarms[0].Points
	require.NotEmpty(t, points)
	require.Zero(t, points[0].Float64())
}

// TestErrorsOfBalancerAndTargets: a refused connection is the balancer's 502, an
// unhealthy host counts as such [ALB-TS, alb-cw].
func TestErrorsOfBalancerAndTargets(t *testing.T) {
	const down = watching + "[faults.stop]\nat = \"5m\"\nfleet = \"web\"\neffect = \"refuse\"\n"
	value, _ := datapoint(t, down, "HTTPCode_ELB_502_Count", "Sum")
	require.EqualValues(t, 120, value)
	value, _ = datapoint(t, down, "HTTPCode_ELB_5XX_Count", "Sum")
	require.EqualValues(t, 120, value)
	value, _ = datapoint(t, down, "UnHealthyHostCount", "Minimum")
	require.EqualValues(t, 2, value)
	_, samples := datapoint(t, down, "HTTPCode_Target_2XX_Count", "Sum")
	require.Zero(t, samples)
}

// TestClassicMetrics: the surge queue fills when connections are not accepted,
// and spills over [CLB-CW].
func TestClassicMetrics(t *testing.T) {
	const classic = `
	duration = "5m"
	[clients.visitors]
	target = "lb"
	arrivals = "even"
	rate = "10/s"
	[routes.page]
	demand.web = "10s"
	[balancers.lb]
	kind = "classic"
	targets = ["web"]
	surge_queue = 20
	idle_timeout = "1000s"
	health_check = { interval = "300s", unhealthy_threshold = 10 }
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	monitoring = "detailed"
	server = { software = "pool", threads = 1, max_connections = 5, accept_count = 1000 }
	`
	value, _ := datapoint(t, classic, "SurgeQueueLength", "Maximum")
	require.EqualValues(t, 20, value)
	value, _ = datapoint(t, classic, "SpilloverCount", "Sum")
	require.InDelta(t, 570, value, 30)
	errors, _ := datapoint(t, classic, "HTTPCode_ELB_5XX", "Sum")
	require.GreaterOrEqual(t, errors, value)
	value, _ = datapoint(t, classic, "Latency", "Maximum")
	require.Greater(t, value, 10.0)
}

// TestNetworkBalancersMetrics: two connections a second, each open for 5 s; an
// instance that goes resets those in use, and the balancer those to a target that
// fails its checks [NLB-HC, NLB-TG].
func TestNetworkBalancersMetrics(t *testing.T) {
	const flows = `
	duration = "11m"
	[clients.visitors]
	target = "lb"
	arrivals = "even"
	rate = "2/s"
	keep_alive = false
	[routes.page]
	wait.web = "5s"
	[balancers.lb]
	kind = "network"
	targets = ["web"]
	deregistration_delay = "2s"
	health_check = { protocol = "HTTP", interval = "5s", timeout = "2s" }
	[fleets.web]
	metric_delay = "0s"
	vcpus = 1
	zones = ["a"]
	min = 2
	max = 2
	monitoring = "detailed"
	[faults.trouble]
	at = "9m10s"
	fleet = "web"
	`
	for _, want := range []struct {
		fault, metric, statistic string
		value, margin            float64
	}{
		{"effect = \"slow\"\nfactor = 2\n", "NewFlowCount", "Sum", 120, 1},
		{"effect = \"slow\"\nfactor = 2\n", "ActiveFlowCount", "Average", 10, 0.1},
		{"effect = \"slow\"\nfactor = 2\n[fleets.web.schedules.less]\nat = \"9m\"\nmin = 1\ndesired = 1\n", "TCP_Target_Reset_Count", "Sum", 3.5, 3},
		{"effect = \"hang\"\ninstances = 1\n", "TCP_ELB_Reset_Count", "Sum", 14, 9},
	} {
		value, samples := datapoint(t, flows+want.fault, want.metric, want.statistic)
		require.NotZero(t, samples, want.metric)
		require.InDelta(t, want.value, value, want.margin, want.metric)
	}
}

// TestClientsThatLeave: 460 counts among the balancer's 4XX [ALB-TS].
func TestClientsThatLeave(t *testing.T) {
	value, _ := datapoint(t, watching+"[routes.page.wait]\nweb = \"3s\"\n[clients.hasty]\ntarget = \"lb\"\narrivals = \"even\"\nrate = \"1/s\"\ntimeout = \"2s\"\n", "HTTPCode_ELB_4XX_Count", "Sum")
	require.EqualValues(t, 60, value)
}

// TestCreditMetrics: every 5 min, with detailed monitoring too [T-MON]. An idle
// t3.small in standard mode earns 24 credits an hour from none, and a busy one
// spends.
func TestCreditMetrics(t *testing.T) {
	const burstable = `
	duration = "26m"
	[clients.visitors]
	target = "web"
	arrivals = "even"
	rate = "1/s"
	[routes.page]
	demand.web = "60ms"
	[fleets.web]
	instance = "t3.small"
	cpu_credits = "standard"
	zones = ["a"]
	min = 1
	max = 1
	monitoring = "detailed"
	`
	value, _ := datapointOf(t, burstable, "CPUCreditUsage", "Average", "5m")
	require.InDelta(t, 5*0.06, value, 0.01)
	value, _ = datapointOf(t, burstable, "CPUCreditBalance", "Average", "5m")
	require.InDelta(t, 20*(24.0/60-0.06), value, 0.1, "the datapoint of 20 min is seen at 25 min")
}

// TestGroupMetrics [asg-met].
func TestGroupMetrics(t *testing.T) {
	for metric, want := range map[string]float64{
		"GroupMinSize": 2, "GroupMaxSize": 2, "GroupDesiredCapacity": 2, "GroupInServiceInstances": 2,
		"GroupPendingInstances": 0, "GroupStandbyInstances": 0, "GroupTerminatingInstances": 0, "GroupTotalInstances": 2,
	} {
		value, samples := datapoint(t, watching, metric, "Average")
		require.EqualValues(t, 1, samples)
		require.Equal(t, want, value, metric)
	}
}

// TestMemory: 300 MiB and a quarter more for each connection, as a metric of
// one's own: base + scale x measure, per instance.
func TestMemory(t *testing.T) {
	const memory = watching + "[fleets.web.metrics.memory]\nmeasure = \"connections\"\nbase = 300\nscale = 0.25\n"
	value, samples := datapoint(t, memory, "memory", "Average")
	require.EqualValues(t, 2, samples)
	require.InDelta(t, 300.25, value, 0.1, "the balancer keeps a connection to each")
	value, _ = datapoint(t, memory, "memory", "Maximum")
	require.Equal(t, 300.5, value, "a health check has one of its own")
}

// TestBacklogPerInstance: what waits at a service, over the instances in
// service.
func TestBacklogPerInstance(t *testing.T) {
	const queue = watching + `
	calls = ["jobs"]
	server = { software = "pool" }
	[services.jobs]
	kind = "station"
	[routes.page.wait]
	jobs = "600s"
	[fleets.web.metrics.backlog]
	of = "jobs"
	measure = "queue"
	per_instance = true
	`
	value, samples := datapoint(t, queue, "backlog", "Average")
	require.EqualValues(t, 1, samples)
	// All 200 threads of both instances are at the station, which has one server.
	require.Equal(t, (2*200-1)/2.0, value)
}

// TestHighResolution: a metric of 10 s is there within seconds, and its alarm
// sees it at the next of its 10 s [tt-hires, cw].
func TestHighResolution(t *testing.T) {
	const fast = watching + `
	[fleets.web.metrics.fast]
	measure = "cpu"
	period = "10s"
	[faults.hog]
	at = "5m"
	fleet = "web"
	effect = "cpu"
	`
	o := simulate(t, fast+`
	[fleets.web.policies.up]
	kind = "simple"
	adjustment = "+1"
	alarm = { metric = "fast", period = "10s", comparison = ">", threshold = 90 }`)
	// The period ends at 5m10s, its datapoint comes at 5m15s, and is seen at
	// 5m20s.
	require.Contains(t, at(o, timeline.Alarm), 5*engine.Minute+20*engine.Second)
}

// TestFinerTicksAddUp: that a group looks more often changes nothing else.
func TestFinerTicksAddUp(t *testing.T) {
	const fast = "[fleets.web.metrics.fast]\nmeasure = \"cpu\"\nperiod = \"10s\"\n[fleets.web.policies.x]\nkind = \"simple\"\nadjustment = \"+1\"\nalarm = { metric = \"fast\", period = \"10s\", comparison = \">\", threshold = 100 }\n"
	const slow = "[fleets.web.policies.x]\nkind = \"simple\"\nadjustment = \"+1\"\nalarm = { metric = \"CPUUtilization\", comparison = \">\", threshold = 100 }\n"
	a, b := simulate(t, watching+fast), simulate(t, watching+slow)
	require.Equal(t, len(a.Series.Rows), len(b.Series.Rows))
	for i, c := range a.Series.Columns {
		if c.Name == "alarms.web.x" {
			continue
		}
		for row := range a.Series.Rows {
			require.InDelta(t, b.Series.Rows[row][i], a.Series.Rows[row][i], 1e-12, "%s at %d", c.Name, row)
		}
	}
}

// TestEveryHealthyTargetCounts: the metrics of balancers know nothing of warm-up
// (spec 2.7, UNSOURCED): once it is healthy, a third instance shares the
// requests, while the group's own metric still leaves it out [warm].
func TestEveryHealthyTargetCounts(t *testing.T) {
	const warming = watching + `
	instance_warmup = "600s"
	[fleets.web.schedules.more]
	at = "3m"
	desired = 3
	max = 3
	`
	value, _ := datapoint(t, warming, "RequestCountPerTarget", "Sum")
	require.EqualValues(t, 40, value)
	value, _ = datapoint(t, warming, "HealthyHostCount", "Maximum")
	require.EqualValues(t, 3, value)
	_, samples := datapoint(t, warming, "CPUUtilization", "Average")
	require.EqualValues(t, 2, samples)
}

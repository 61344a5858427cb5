package site

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Costs by hand: instances by the second from their launch, balancers by the
// begun hour, in the prices of the region.
func TestCost(t *testing.T) {
	const base = `
		[clients.probe]
		target = "lb"
		rate = "1/s"
		[routes.page]
		demand.web = "1ms"
		[balancers.lb]
		kind = "KIND"
		targets = ["web"]
		[fleets.web]
		INSTANCE
		zones = ["a"]
		min = 2
		max = 5
		provision = "10s"
		`
	text := func(head, kind, instance, tail string) string {
		return head + strings.NewReplacer("KIND", kind, "INSTANCE", instance).Replace(base) + tail
	}
	const hour = 1.0 / 3600
	for _, c := range []struct {
		name, text             string
		fleet, balancer, hours float64
	}{
		{"two servers for 90 min", text("duration = \"90m\"\n", "classic", `instance = "c6i.large"`, ""), 2 * 1.5 * 0.085, 2 * 0.025, 3},
		{"application, in Seoul", text("duration = \"60m\"\nregion = \"ap-northeast-2\"\n", "application", `instance = "c6i.large"`, ""), 2 * 0.096, 0.0225, 2},
		{"a price of one's own", text("duration = \"30m\"\n", "application", "vcpus = 4\nprice = 0.4", ""), 2 * 0.5 * 0.4, 0.0225, 1},
		{"without a price", text("duration = \"30m\"\n", "application", "vcpus = 4", ""), 0, 0.0225, 1},
		{"three more for a while", text("duration = \"60m\"\n", "classic", `instance = "c6i.large"`, `
		[fleets.web.schedules.more]
		at = "10m"
		desired = 5
		[fleets.web.schedules.less]
		at = "20m"
		desired = 2`),
			// launched and terminated 6 s after; nothing is in flight for long
			(2 + 3*600*hour) * 0.085, 0.025, 2 + 3*600*hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := simulate(t, c.text)
			m := o.Windows[0].Metrics
			require.InDelta(t, c.fleet, m["cost.fleets.web"], 0.0002)
			// Of the capacity units the requests' connections are the greatest dimension;
			// classic balancers are billed by the bytes.
			each := map[bool]float64{true: 0.008 / 1e9 * 1024, false: 0.008 / 90_000}[strings.Contains(c.text, "classic")]
			require.InDelta(t, c.balancer+each*m["requests.completed"], m["cost.balancers.lb"], 3e-9)
			require.InDelta(t, m["cost.fleets.web"]+m["cost.balancers.lb"], m["cost.total"], 1e-12)
			require.InDelta(t, c.hours, m["fleets.web.instances.hours"], 3*hour)
			require.InDelta(t, m["cost.total"]/m["requests.completed"]*1e6, m["cost.per_million"], 1e-9)
		})
	}
}

// What a variant leaves unused costs nothing.
func TestUnusedPartsCostNothing(t *testing.T) {
	const both = `
		duration = "1h"
		[clients.probe]
		target = "old"
		rate = "1/s"
		[routes.page]
		demand = { web = "1ms", next = "1ms" }
		[balancers.old]
		kind = "classic"
		targets = ["web"]
		[fleets.web]
		instance = "c6i.large"
		zones = ["a"]
		min = 1
		max = 1
		[balancers.new]
		kind = "application"
		targets = ["next"]
		[fleets.next]
		vcpus = 2
		price = 0.3
		zones = ["a"]
		min = 1
		max = 1`
	for _, c := range []struct {
		target, used, unused string
		total                float64
	}{{"old", "web", "next", 0.085 + 0.025}, {"new", "next", "web", 0.3 + 0.0225}} {
		o, err := Build(read(t, both, nil, "clients.probe.target="+c.target), whole(read(t, both, nil))).Run(onward)
		require.NoError(t, err)
		m := o.Windows[0].Metrics
		require.InDelta(t, c.total, m["cost.total"], 0.0005) // and some capacity units
		require.Zero(t, m["cost.balancers."+map[string]string{"old": "new", "new": "old"}[c.target]])
		require.Positive(t, m["cost.fleets."+c.used])
		require.Zero(t, m["cost.fleets."+c.unused])
	}
}

// The rate at which money is spent has no peaks where hours begin.
func TestCostPerHour(t *testing.T) {
	rate := simulate(t, `
		duration = "65m"
		[clients.probe]
		target = "lb"
		rate = "1/s"
		[routes.page]
		demand.web = "1ms"
		request_size = "0B"
		[balancers.lb]
		kind = "classic"
		targets = ["web"]
		[fleets.web]
		instance = "c6i.large"
		zones = ["a"]
		min = 2
		max = 2`).Series.Column("cost.per_hour")
	for minute, v := range rate {
		require.InDelta(t, 2*0.085+0.025, v, 1e-6, "minute %d", minute)
	}
}

// Shares are of requests: the health checks of three nodes are none.
func TestShare(t *testing.T) {
	m := simulate(t, `
		duration = "30m"
		[clients.rare]
		target = "lb"
		arrivals = "even"
		rate = ["0s 1/s", "5s 0/s", "30m 0/s"]
		shape = "step"
		[routes.page]
		demand.web = "1ms"
		[balancers.lb]
		kind = "application"
		targets = ["web"]
		cross_zone = false
		health_check = { interval = "5s", timeout = "2s" }
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 3
		max = 3`).Windows[0].Metrics
	require.EqualValues(t, 5, m["requests.completed"])
	require.EqualValues(t, 0.4, m["fleets.web.share.max"], "of five requests in turn a server of three has two at most")
}

// CPU utilization is that of instances in service, and of all their time in
// service: one that is pending does not count, one that boots does.
func TestCPUOfInstancesInService(t *testing.T) {
	const text = `
		duration = "4m"
		[clients.nobody]
		target = "web"
		rate = "0/s"
		[routes.page]
		demand.web = "1ms"
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 1
		max = 2
		provision = "45s"
		boot = "10m"
		reconcile_delay = "0s"
		[fleets.web.schedules.more]
		at = "30s"
		desired = 2
		[faults.hog]
		at = "0s"
		fleet = "web"
		instances = 1
		effect = "cpu"`
	m := simulate(t, text).Windows[0].Metrics
	require.InDelta(t, 240.0/(240+240-75), m["fleets.web.cpu.mean"], 1e-9)
	m = simulate(t, text+`
		[fleets.web.schedules.less]
		at = "3m7s"
		desired = 1`).Windows[0].Metrics
	// The longest-running instance goes: the hog's, 187 s old.
	require.InDelta(t, 187.0/(187+240-75), m["fleets.web.cpu.mean"], 1e-9)
}

// outage is a site without service from 2 min to 4 min 30 s.
const outage = `
	duration = "10m"
	[clients.visitors]
	target = "web"
	rate = "20/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	[faults.stop]
	at = "2m"
	for = "150s"
	fleet = "web"
	effect = "refuse"`

func TestViolationMinutes(t *testing.T) {
	available := Objective{Metric: "availability", Lo: 0.99, Hi: 1}
	for _, c := range []struct {
		name       string
		objectives []Objective
		during     Span // window that is asked for
		want, part float64
	}{
		{"no objective", nil, Span{0, engine.Minute}, 0, 0},
		{"availability", []Objective{available}, Span{0, 3 * engine.Minute}, 3, 1},
		{"two objectives in the same minutes", []Objective{available, {Metric: "routes.page.latency.p99", Hi: 0.9}}, Span{3 * engine.Minute, 10 * engine.Minute}, 3, 2},
		{"asked for while it holds", []Objective{{"latency.max", 0, 10, Span{5 * engine.Minute, 10 * engine.Minute}}}, Span{0, engine.Minute}, 0, 0},
		{"one that never holds", []Objective{{Metric: "clients.visitors.latency.mean", Hi: 1e-9}}, Span{0, 5 * engine.Minute}, 10, 5},
		{"one that holds where anything is completed", []Objective{{Metric: "latency.p99", Hi: 10}}, Span{0, 10 * engine.Minute}, 2, 2},
		{"asked for the end", []Objective{{"availability", 0.99, 1, Span{3 * engine.Minute, 10 * engine.Minute}}}, Span{0, 10 * engine.Minute}, 2, 2},
		{"asked for parts of minutes", []Objective{{"availability", 0.99, 1, Span{150 * engine.Second, 4*engine.Minute + 1}}}, Span{0, 10 * engine.Minute}, 1, 1},
		{"a window that cuts a minute", []Objective{available}, Span{2*engine.Minute + 1, 10 * engine.Minute}, 3, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := read(t, outage, nil)
			config := whole(spec, c.during)
			config.Objectives = c.objectives
			o, err := Build(spec, config).Run(onward)
			require.NoError(t, err)
			require.Equal(t, c.want, o.Windows[0].Metrics["slo.violation_minutes"])
			require.Equal(t, c.part, o.Windows[1].Metrics["slo.violation_minutes"])
		})
	}
}

// A dead site is outside its objectives in each minute with visitors: where it
// refuses them, and where it never answers, but for the last minutes, in which they
// have not waited long enough to tell. Nobody is offered anything in the first minute.
func TestViolationMinutesOfADeadSite(t *testing.T) {
	latency, available := Objective{Metric: "latency.p99", Hi: 90}, Objective{Metric: "availability", Lo: 0.99, Hi: 1}
	quick := strings.NewReplacer("at = \"2m\"\n	for = \"150s\"", "at = \"0s\"", "rate = \"20/s\"", "rate = [\"0m 0/s\", \"1m 30/min\"]\n	shape = \"step\"")
	for _, c := range []struct {
		effect, timeout string
		objective       Objective
		want            float64
	}{
		{"refuse", "", latency, 9},
		{"refuse", "", available, 9},
		{"hang", "", latency, 7},
		{"hang", "", available, 0},
		{"hang", "timeout = \"5s\"", latency, 9},
		{"hang", "timeout = \"5s\"", available, 9},
	} {
		text := quick.Replace(strings.Replace(outage, "\"refuse\"", strconv.Quote(c.effect), 1))
		spec := read(t, strings.Replace(text, "target =", c.timeout+"\ntarget =", 1), nil)
		config := whole(spec)
		config.Objectives = []Objective{c.objective}
		o, err := Build(spec, config).Run(onward)
		require.NoError(t, err)
		require.Equal(t, c.want, o.Windows[0].Metrics["slo.violation_minutes"], "%s %s: %s", c.effect, c.timeout, c.objective.Metric)
	}
}

func TestIsObjective(t *testing.T) {
	for metric, want := range map[string]bool{
		"availability": true, "latency.p99": true, "routes.page.latency.mean": true, "clients.visitors.latency.max": true,
		"errors.502": false, "fleets.latency.cpu.mean": false, "throughput": false, "cost.total": false,
	} {
		require.Equal(t, want, IsObjective(metric), metric)
	}
}

func TestWarnings(t *testing.T) {
	const site = `
		[routes.page]
		demand.web = "20ms"
		[fleets.web]
		instance = "t2.micro"
		zones = ["a"]
		min = 1
		max = 1
		[clients.visitors]
		target = "web"
		`
	about := func(text string) string {
		var list []string
		for _, w := range simulate(t, text).Warnings {
			require.NotEmpty(t, w.Text)
			list = append(list, w.About)
		}
		return strings.Join(list, ", ")
	}
	require.Empty(t, about("duration = \"10m\"\n"+site+"rate = \"5/s\""))
	require.Equal(t, "offered", about("duration = \"10m\"\n"+site+"rate = \"0/s\""))
	require.Equal(t, "in flight", about("duration = \"5m\"\n"+site+"rate = \"60/s\""))
	require.Equal(t, "credits of web", about("duration = \"2h\"\n"+site+"rate = \"60/s\""))
}

// In standard mode an empty balance of credits is 0, in unlimited mode what is
// missing is a debt.
func TestEmptyCredits(t *testing.T) {
	least := func(mode string) float64 {
		o := simulate(t, `
			duration = "3h"
			[clients.visitors]
			target = "web"
			arrivals = "even"
			rate = "60/s"
			[routes.page]
			demand.web = "10ms"
			[fleets.web]
			instance = "t2.micro"
			zones = ["a"]
			min = 1
			max = 1
			cpu_credits = "`+mode+`"`)
		series := o.Series.Column("fleets.web.credits.min")
		require.Equal(t, o.Windows[0].Metrics["fleets.web.credits.min"], slices.Min(series))
		return slices.Min(series)
	}
	require.Zero(t, least("standard"))
	require.Less(t, least("unlimited"), -10.0)
}

// A policy can follow the balancer's requests per target.
func TestRequestsPerTarget(t *testing.T) {
	o := simulate(t, `
		duration = "60m"
		[clients.visitors]
		target = "lb"
		arrivals = "even"
		rate = ["0m 20/s", "10m 20/s", "10m 90/s"]
		shape = "step"
		[routes.page]
		demand.web = "1ms"
		[balancers.lb]
		kind = "application"
		targets = ["web"]
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 1
		max = 9
		[fleets.web.policies.requests]
		kind = "target_tracking"
		metric = "ALBRequestCountPerTarget"
		target = 1500`)
	// 5400 a minute are 3.6 times the target.
	require.EqualValues(t, 4, o.Windows[0].Metrics["fleets.web.instances.max"])
	require.EqualValues(t, 1, o.Windows[0].Metrics["scaling.actions"])
	for _, text := range events(o, timeline.Desired).texts() {
		require.Contains(t, text, "ceil(1 x 5400.0 / 1500) = 4")
	}
}

// Users who are refused at once and come back without a pause go round without
// end: an error, not a run that hangs.
func TestStandstill(t *testing.T) {
	spec := read(t, `
		duration = "1m"
		[clients.users]
		target = "web"
		users = 5
		[routes.page]
		demand.web = "1ms"
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 0
		max = 1`, nil)
	_, err := Build(spec, whole(spec)).Run(onward)
	var stuck *engine.StandstillError
	require.ErrorAs(t, err, &stuck)
	require.ErrorContains(t, err, `users who are refused come back without a pause: set think, as in "1s", in clients.users`)
}

// A run does not take memory without end: it says where too much goes on.
func TestCrowd(t *testing.T) {
	const jam = `
		duration = "1h"
		[clients.early]
		target = "desk"
		rate = "10/s"
		TIMEOUT
		[clients.late]
		target = "desk"
		rate = ["0m 0/s", "5m 10/s"]
		TIMEOUT
		[routes.page]
		demand.desk = "1s"
		[services.desk]
		kind = "station"`
	for _, c := range []struct{ timeout, want string }{
		{"", "visits went on at once"},
		{`timeout = "10s"`, "requests were under way at once"},
	} {
		spec := read(t, strings.ReplaceAll(jam, "TIMEOUT", c.timeout), nil)
		config := whole(spec)
		config.Crowd = 1000
		_, err := Build(spec, config).Run(onward)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "lower the load of clients.early, clients.late, or set a timeout and bound the queues")
		config.Crowd = 100_000
		_, err = Build(spec, config).Run(onward)
		require.NoError(t, err)
	}
}

// A great load that comes between two looks at the clock ends the run as well, and
// the users of a closed population are none too many.
func TestCrowdAtOnce(t *testing.T) {
	const jam = `
		duration = "7d"
		[clients.staff]
		target = "desk"
		users = 500
		think = "1m"
		[clients.flood]
		target = "desk"
		rate = ["0m 0/s", "60m 0/s", "61m 100000/s"]
		[routes.page]
		demand.desk = "1s"
		[services.desk]
		kind = "station"`
	spec := read(t, jam, nil)
	config := whole(spec)
	config.Crowd = 1000
	system := Build(spec, config)
	_, err := system.Run(onward)
	require.ErrorContains(t, err, "lower the load of clients.flood, or set")
	held := 0
	for _, c := range system.clients {
		held += c.Held()
	}
	require.Equal(t, 500+1001, held)
}

// A run that is told to give up has no outcome and no error.
func TestGivingUp(t *testing.T) {
	spec := read(t, outage, nil)
	calls := 0
	o, err := Build(spec, whole(spec)).Run(func(now engine.Time) bool { calls++; return now < 5*engine.Minute })
	require.NoError(t, err)
	require.Nil(t, o)
	require.InDelta(t, slicesOfRun/2, calls, 50)
}

// However much happens in a nanosecond, the run can be given up soon.
func TestGivingUpABusyRun(t *testing.T) {
	spec := read(t, `
	duration = "1h"
	[clients.eager]
	target = "desk"
	users = 100
	think = "1ns"
	[routes.r]
	[services.desk]
	kind = "station"`, nil)
	calls := 0
	system := Build(spec, whole(spec))
	o, err := system.Run(func(engine.Time) bool { calls++; return calls < 3 })
	require.NoError(t, err)
	require.Nil(t, o)
	require.Less(t, system.sim.Events(), uint64(3*sliceEvents))
}

package site

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
)

// A swarm of random scenarios over all that the language has: whatever a user
// writes, a run must come to its end, its books must balance (requests are
// conserved, Little's law and the utilisation law hold, slots add up), and a
// second run must be the same.
func TestSwarm(t *testing.T) {
	n := 160
	if testing.Short() {
		n = 40
	}
	for seed := range uint64(n) {
		swarm(t, seed)
	}
}

func swarm(t *testing.T, seed uint64) {
	text := newAuthor(seed).scenario()
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("seed %d: panic: %v\n%s", seed, p, text)
		}
	}()
	file, problems := scenario.Parse("swarm.toml", []byte(text), func(string) ([]byte, error) { return []byte(trace), nil })
	require.NoError(t, problems.Err(), "seed %d\n%s", seed, text)
	spec, problems := file.Spec("", nil)
	require.NoError(t, problems.Err(), "seed %d\n%s", seed, text)
	end := spec.Duration.Time()
	config := whole(spec, Span{0, end / 3}, Span{end / 3, end})
	config.Seed = seed
	config.Objectives = []Objective{{Metric: "availability", Lo: 0.99, Hi: 1}, {Metric: "latency.p95", Hi: 0.1}}
	first, err := Build(spec, config).Run(onward)
	require.NoError(t, err, "seed %d\n%s", seed, text)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	again, err := Build(spec, config).Run(onward)
	require.NoError(t, err)
	require.Equal(t, first.Digest, again.Digest, "seed %d\n%s", seed, text)
	complaint := sane(spec, first)
	if complaint == "" {
		complaint = decomposed(spec, first)
	}
	if complaint != "" {
		t.Fatalf("seed %d: %s\n%s", seed, complaint, text)
	}
}

// sane checks the metrics of an outcome against each other and their bounds.
func sane(spec *scenario.Spec, o *Outcome) string {
	for _, w := range o.Windows {
		m := w.Metrics
		if m["requests.offered"] != m["requests.completed"]+m["requests.failed"]+m["requests.in_flight"] {
			return "requests are not conserved"
		}
		var failed float64
		for name, v := range m {
			unit, known := spec.Unit(name)
			switch {
			case !known:
				return "the reference does not know " + name
			case v < 0 && !strings.HasSuffix(name, "credits.min"):
				return fmt.Sprintf("%s is negative: %g", name, v)
			case unit == scenario.Share && v > 1+1e-9:
				return fmt.Sprintf("%s is more than the whole: %g", name, v)
			case strings.HasPrefix(name, "errors."):
				failed += v
			}
		}
		if failed != m["requests.failed"] {
			return "causes do not add up to the failures"
		}
		if parts, total := costs(m); parts != total {
			return fmt.Sprintf("the parts cost %v, the whole %v", parts, total)
		}
	}
	for _, name := range []string{"requests.offered", "requests.attempts", "requests.completed", "errors.timeout"} {
		if spec.Discard.For == 0 && o.Windows[0].Metrics[name] != o.Windows[1].Metrics[name]+o.Windows[2].Metrics[name] {
			return "windows do not add up: " + name
		}
	}
	return ""
}

// costs are what the parts cost, and what is said to be their sum.
func costs(m map[string]float64) (parts, total catalog.Money) {
	for name, v := range m {
		of, ok := strings.CutPrefix(name, "cost.")
		if ok && of != "total" && !strings.HasPrefix(of, "per_") {
			parts += catalog.Dollars(v)
		}
	}
	return parts, catalog.Dollars(m["cost.total"])
}

// decomposed checks that the records of scalings say what the metrics say, and
// that their parts add up to the lags, to the nanosecond.
func decomposed(spec *scenario.Spec, o *Outcome) string {
	var launchLag, lag autoscaling.Lag
	for _, s := range o.Scalings {
		var sum engine.Time
		for p, took := range s.Took() {
			switch {
			case took >= 0:
				sum += took
			case s.Reached(timeline.AtUsable):
				return fmt.Sprintf("%v of %s is missing", timeline.Part(p), s.Instance)
			}
		}
		launchLag.Sum, launchLag.Count = launchLag.Sum+s.LaunchLag(), launchLag.Count+1
		if s.Reached(timeline.AtUsable) {
			lag.Sum, lag.Count = lag.Sum+s.Lag(), lag.Count+1
			if sum != s.Lag() {
				return fmt.Sprintf("the parts of the lag of %s add up to %v, not %v", s.Instance, sum, s.Lag())
			}
		}
	}
	if spec.Discard.For > 0 {
		return "" // the metrics leave some out
	}
	for name, want := range map[string]autoscaling.Lag{"scaling.launch_lag.mean": launchLag, "scaling.lag.mean": lag} {
		if got, sampled := o.Windows[0].Metrics[name]; sampled != (want.Count > 0) || sampled && got != want.Mean()/1e9 {
			return fmt.Sprintf("%s is %g, %v by the records", name, got, want)
		}
	}
	return ""
}

const trace = "timestamp,count\n0,30\n60,300\n120,0\n180,90\n240,60\n"

// author writes scenarios by chance.
type author struct {
	*rand.Rand
	strings.Builder
	places []string // that a request can be sent on to, in order of definition
	routes []string
	work   []string // places that do work
	groups []group
	behind map[string]string // kinds of the balancers whose targets a fleet is
	guards map[string]string // what caches guard
	// managed are the services whose CPUs nobody sees.
	managed map[string]bool
	// stateless are those that can keep no signed-in state.
	stateless map[string]bool
	grouped   []string    // the targets of each balancer with weights
	drains    bool        // the load ends after two minutes, and faults end too
	pairs     [][3]string // of fleets behind a balancer: the balancer if it has weights, and both
}

// group is a fleet whose policies are yet to be written.
type group struct {
	name        string
	least, most int
}

func newAuthor(seed uint64) *author {
	return &author{Rand: rand.New(rand.NewPCG(seed, 1)), behind: make(map[string]string), guards: make(map[string]string), managed: make(map[string]bool), stateless: make(map[string]bool)}
}

func (a *author) line(format string, args ...any) { fmt.Fprintf(a, format+"\n", args...) }

// chance is true once in n times.
func (a *author) chance(n int) bool { return a.IntN(n) == 0 }

func (a *author) pick(choices ...string) string { return choices[a.IntN(len(choices))] }

// maybe writes a line once in n times.
func (a *author) maybe(n int, format string, args ...any) {
	if a.chance(n) {
		a.line(format, args...)
	}
}

// between is a number from least to greatest.
func (a *author) between(least, greatest int) int { return least + a.IntN(greatest-least+1) }

// span is a law of times with about this mean in milliseconds.
func (a *author) span(ms int) string {
	mean := fmt.Sprintf("%dms", a.between(max(ms/3, 1), ms*2))
	switch a.IntN(9) {
	case 0:
		return "constant(" + mean + ")"
	case 1:
		return "erlang(3, " + mean + ")"
	case 2:
		return "hyperexponential(" + mean + ", scv=5)"
	case 3:
		return "lognormal(" + mean + ", scv=2)"
	case 4:
		return "gamma(" + mean + ", scv=0.7)"
	case 5:
		return "weibull(" + mean + ", shape=0.8)"
	case 6:
		return fmt.Sprintf("uniform(0ms, %s)", mean)
	case 7:
		return fmt.Sprintf("pareto(1ms, %dms, alpha=1.3)", 2+20*ms)
	}
	return "exponential(" + mean + ")"
}

func (a *author) scenario() string {
	if a.drains {
		a.line("duration = \"40m\"")
	} else {
		a.line("duration = \"%dm%ds\"", a.between(5, 9), a.IntN(3)*7)
	}
	a.maybe(3, "discard = \"%ds\"", a.between(1, 100))
	a.line("start = \"2026-03-02T08:00:00Z\"")
	for i := range a.between(1, 3) {
		a.routes = append(a.routes, fmt.Sprint("route-", i))
	}
	for i := range a.IntN(3) {
		a.service(fmt.Sprint("service-", i))
	}
	for i := range a.IntN(3) {
		a.fleet(fmt.Sprint("fleet-", i))
	}
	if len(a.places) == 0 {
		a.fleet("web")
	}
	for i := range a.between(1, 2) {
		a.balancer(fmt.Sprint("balancer-", i))
		if a.chance(3) {
			a.fleet(fmt.Sprint("front-", i))
		}
	}
	for _, g := range a.groups {
		a.policies(g)
		for i := range a.IntN(3) {
			a.operation(g, fmt.Sprint("operation-", i))
		}
	}
	a.costs()
	a.sessions()
	a.edge()
	for i := range a.between(1, 3) {
		a.client(fmt.Sprint("client-", i))
	}
	for i := range a.IntN(4) {
		a.fault(fmt.Sprint("fault-", i))
	}
	if a.chance(3) {
		a.line("[prices]\ninternet_free = \"%dKB\"\nbetween_zones = %g", a.IntN(9), a.Float64())
		a.maybe(2, "internet = %g", a.Float64())
	}
	if a.chance(3) {
		a.line("[network]\nwithin_zone = \"%dus\"\nbetween_zones = \"%dms\"", a.IntN(2)*300, a.IntN(3))
	}
	for i := range a.IntN(3) {
		a.deployment(fmt.Sprint("deployment-", i))
	}
	return a.String()
}

func (a *author) fleet(name string) {
	a.line("[fleets.%s]", name)
	if a.chance(2) {
		a.line("instance = \"%s\"", a.pick("t2.micro", "t3.small", "c6i.large"))
	} else {
		a.line("vcpus = %d\nprice = 0.05", a.between(1, 3))
	}
	a.maybe(5, "speed = %g", 0.5+a.Float64())
	zones := []string{`"a"`, `"a", "b"`, `"a", "b", "c"`}
	a.line("zones = [%s]", zones[a.IntN(3)])
	least := a.IntN(3)
	most := max(least, 1) + a.IntN(4)
	a.line("min = %d\nmax = %d\ndesired = %d", least, most, a.between(max(least, 1), most))
	a.maybe(2, "boot = \"%s\"", a.span(20000))
	a.maybe(2, "startup = \"%s\"", a.span(5000))
	a.maybe(4, "provision = \"%s\"", a.span(5000))
	a.maybe(3, "default_cooldown = \"%ds\"", a.IntN(100))
	a.maybe(3, "instance_warmup = \"%ds\"", a.IntN(100))
	a.maybe(2, "monitoring = \"detailed\"")
	a.maybe(4, "termination_policies = [\"%s\"]", a.pick("OldestInstance", "NewestInstance", "ClosestToNextInstanceHour", "OldestLaunchTemplate\", \"Default"))
	a.maybe(8, "scale_in_protection = true")
	a.maybe(3, "metric_delay = \"%ds\"", a.IntN(70))
	if a.chance(2) {
		a.line("health_check_type = \"ELB\"\nhealth_check_grace_period = \"%ds\"", a.IntN(60))
	}
	switch {
	case len(a.places) == 0 || a.chance(2):
	case a.chance(2):
		a.line("upstream = \"%s\"", a.pick(a.places...))
	default:
		first, second := a.pick(a.places...), a.pick(a.places...)
		if a.guards[second] == first {
			first, second = second, first
		}
		a.line("calls = [\"%s\", \"%s\"]", first, second)
	}
	a.maybe(4, "launch_retry_delay = \"%ds\"", a.between(1, 60))
	a.maybe(5, "capacity_distribution = \"balanced-only\"")
	a.maybe(5, "terminate_hook_abandon = \"retain\"")
	a.server(name)
	a.lifeCycle(name)
	a.groups = append(a.groups, group{name, least, most})
	a.places, a.work = append(a.places, name), append(a.work, name)
}

func (a *author) server(fleet string) {
	a.line("[fleets.%s.server]", fleet)
	switch a.IntN(5) {
	case 0:
		a.line("software = \"station\"")
		a.station()
	case 1:
		a.line("software = \"pool\"\nthreads = %d", a.between(1, 30))
		a.maybe(2, "accept_count = %d", a.between(1, 10))
		a.maybe(2, "max_connections = %d", a.between(1, 60))
	default:
		a.maybe(2, "worker_processes = %d", a.between(1, 4))
		a.maybe(2, "worker_connections = %d", a.between(3, 80))
		a.maybe(3, "cpu_sharing = \"per_worker\"")
		a.maybe(4, "proxy_read_timeout = \"%dms\"", a.between(1, 3000))
		a.maybe(3, "backlog = %d", a.between(1, 20))
		a.maybe(3, "keepalive_timeout = \"%ds\"", a.IntN(20))
		a.maybe(3, "keepalive_requests = %d", a.between(1, 9))
	}
}

// lifeCycle writes hooks and a warm pool.
func (a *author) lifeCycle(fleet string) {
	for i := range a.IntN(3) {
		transition := a.pick("launching", "terminating")
		a.line("[fleets.%s.hooks.hook-%d]\ntransition = \"%s\"\nheartbeat_timeout = \"%ds\"", fleet, i, transition, a.between(30, 90))
		a.maybe(2, "default_result = \"CONTINUE\"")
		a.maybe(3, "heartbeat = \"%ds\"", a.between(1, 60))
		if a.chance(4) {
			continue
		}
		a.line("completes = \"%s\"", a.span(20000))
		a.maybe(4, "result = \"ABANDON\"")
		if transition == "launching" {
			a.maybe(3, "after = \"serving\"")
			a.maybe(3, "completes_from_pool = \"%s\"", a.span(5000))
		}
	}
	if a.chance(2) {
		a.line("[fleets.%s.warm_pool]\npool_state = \"%s\"", fleet, a.pick("Stopped", "Running", "Hibernated"))
		a.maybe(2, "reuse_on_scale_in = true")
		a.maybe(2, "min_size = %d", a.IntN(4))
		a.maybe(3, "max_group_prepared_capacity = %d", a.IntN(6))
		a.maybe(2, "start = \"%s\"", a.span(10000))
	}
}

// foreign writes an autoscaler from outside AWS, which is its fleet's only policy.
func (a *author) foreign(g group) {
	a.line("[fleets.%s.policies.auto]", g.name)
	switch a.IntN(3) {
	case 0:
		a.line("kind = \"hpa\"\nsync_period = \"%ds\"\nmetric_resolution = \"%s\"\ntargets.cpu = { target = %d }", a.between(5, 40), a.pick("10s", "15s", "30s"), a.between(1, 90))
		a.maybe(2, "scale_down = { stabilization_window = \"%ds\", policies = [\"1 pod per 30s\", \"10%% per 15s\"] }", a.IntN(90))
		a.maybe(3, "cpu_request = %g", 0.1+a.Float64())
	case 1:
		a.line("kind = \"gcp\"\ninterval = \"%s\"\ntargets.cpu = { target = %d }", a.pick("10s", "20s", "60s"), a.between(1, 90))
		a.maybe(2, "stabilization_period = \"%ds\"", a.IntN(200))
		a.maybe(2, "scale_in_control = { max_scaled_in_replicas = %d, time_window = \"%ds\" }", a.between(1, 3), a.between(1, 120))
	default:
		a.line("kind = \"azure\"\njob_interval = \"%ds\"", a.between(10, 60))
		a.line("rules.out = { operator = \">\", threshold = %d, action = \"%s\", time_window = \"2m\", cooldown = \"%ds\" }", a.between(1, 80), a.pick("+1", "+50%", "=3"), a.IntN(90))
		a.line("rules.in = { operator = \"<=\", threshold = %d, action = \"-1\", time_window = \"2m\" }", a.between(0, 50))
	}
}

func (a *author) policies(g group) {
	if a.chance(4) {
		a.foreign(g)
		return
	}
	quick := a.pick("10s", "20s", "30s", "60s")
	a.line("[fleets.%s.metrics.own]\nbase = %d\nscale = %g\nperiod = \"%s\"", g.name, a.IntN(3), a.Float64(), quick)
	measure := a.pick("cpu", "requests")
	if a.chance(3) {
		of := a.pick(a.work...)
		if a.managed[of] {
			measure = a.pick("busy", "requests", "in_flight")
		}
		a.line("of = \"%s\"\nper_instance = true", of)
	}
	a.line("measure = \"%s\"", measure)
	for i := range a.IntN(3) {
		a.line("[fleets.%s.policies.policy-%d]", g.name, i)
		alarm := fmt.Sprintf(`alarm = { %s, evaluation_periods = %d, comparison = "%s", threshold = %d }`,
			a.watched(g, quick), a.between(1, 2), a.pick(">", ">=", "<", "<="), a.between(1, 80))
		switch a.IntN(3) {
		case 0:
			a.line("kind = \"simple\"\n%s\nadjustment = \"%s\"", alarm, a.pick("+1", "-1", "+50%", "=2"))
			a.maybe(2, "cooldown = \"%ds\"", a.IntN(90))
		case 1:
			a.line("kind = \"step\"\n%s\nsteps = [\"..0 -1\", \"0..10 +1\", \"10.. +2\"]", alarm)
			a.maybe(2, "estimated_instance_warmup = \"%ds\"", a.IntN(90))
		default:
			metric := "ASGAverageCPUUtilization"
			if strings.Contains(a.behind[g.name], "application") && a.chance(2) {
				metric = "ALBRequestCountPerTarget"
			}
			a.line("kind = \"target_tracking\"\nmetric = \"%s\"\ntarget = %d", metric, a.between(1, 90))
			a.maybe(3, "disable_scale_in = true")
		}
	}
	if a.chance(3) {
		a.line("[fleets.%s.schedules.night]\nat = \"%ds\"\ndesired = %d", g.name, a.IntN(300), a.between(g.least, g.most))
	}
}

// watched is what an alarm of a fleet looks at.
func (a *author) watched(g group, quick string) string {
	metric, period := "CPUUtilization", fmt.Sprintf("%dm", a.between(1, 2))
	statistic := a.pick("Average", "Maximum", "Minimum", "Sum", "SampleCount", "p90")
	switch a.IntN(6) {
	case 0:
		metric = a.pick("NetworkIn", "GroupInServiceInstances", "GroupPendingInstances", "GroupTotalInstances")
	case 1, 2:
		metric, period = "own", quick
	case 3:
		if strings.Contains(a.behind[g.name], "application") {
			metric, statistic = a.pick("RequestCountPerTarget", "RequestCount", "HTTPCode_ELB_4XX_Count"), "Sum"
		}
	case 4:
		switch kinds := a.behind[g.name]; {
		case strings.Contains(kinds, "network") && a.chance(2):
			metric, statistic = a.pick("NewFlowCount", "TCP_ELB_Reset_Count", "TCP_Target_Reset_Count"), "Sum"
		case strings.Contains(kinds, "network") && a.chance(2):
			metric, statistic = "ActiveFlowCount", "Average"
		case strings.Contains(kinds, "application"), strings.Contains(kinds, "classic"), strings.Contains(kinds, "network"):
			metric, statistic = a.pick("HealthyHostCount", "UnHealthyHostCount"), a.pick("Average", "Minimum", "Maximum")
		}
	}
	return fmt.Sprintf(`metric = "%s", statistic = "%s", period = "%s"`, metric, statistic, period)
}

// operation is what an operator does, be it refused or not.
func (a *author) operation(g group, name string) {
	a.line("[fleets.%s.operations.%s]\nat = \"%ds\"", g.name, name, a.IntN(400))
	choices := []string{
		"set_desired_capacity\"\ndesired = 2", "set_desired_capacity\"\ndesired = 1\nhonor_cooldown = true",
		"terminate_instance\"\ninstances = 1", "terminate_instance\"\ndecrement = true",
		"enter_standby\"\ninstances = 1\nfor = \"70s\"", "enter_standby\"\ndecrement = false\nfor = \"5s\"",
		"set_instance_protection\"\nfor = \"50s\"", "set_instance_protection\"\ninstances = \"50%\"",
		"set_instance_health\"\nrespect_grace_period = false", "set_instance_health\"\ninstances = 1",
		"suspend_processes\"\nfor = \"90s\"", "suspend_processes\"\nprocesses = [\"" + a.pick("Launch", "Terminate", "AddToLoadBalancer", "AlarmNotification") + "\"]",
		"set_zones\"\nzones = [\"b\"]\nfor = \"60s\"", "start_instance_refresh\"",
	}
	a.line("kind = \"%s", a.pick(choices...))
}

func (a *author) balancer(name string) {
	kind := a.pick("classic", "application", "network", "nginx", "haproxy")
	var targets []string
	for _, i := range a.Perm(len(a.places))[:a.between(1, min(3, len(a.places)))] {
		targets = append(targets, fmt.Sprintf("%q", a.places[i]))
		if a.isFunction(a.places[i]) && (kind == "classic" || kind == "network") {
			kind = "application"
		}
	}
	for _, target := range targets {
		a.behind[strings.Trim(target, `"`)] += kind
	}
	a.line("[balancers.%s]\nkind = \"%s\"", name, kind)
	a.maybe(2, "deregistration_delay = \"%ds\"", a.IntN(20))
	a.maybe(4, "deregistration_lag = \"%ds\"", a.IntN(20))
	a.maybe(4, "registration_delay = \"%ds\"", a.IntN(20))
	switch kind {
	case "network":
		a.network(targets)
	case "nginx":
		a.nginx(targets)
	case "haproxy":
		a.haproxy(targets)
	default:
		a.elastic(name, kind, targets)
	}
	a.places = append(a.places, name)
}

// elastic writes a classic or an application balancer.
func (a *author) elastic(name, kind string, targets []string) {
	a.forwarding(name, kind, targets)
	a.maybe(3, "idle_timeout = \"%ds\"", a.between(1, 10))
	if kind == "classic" {
		a.maybe(3, "surge_queue = %d", a.between(1, 20))
	}
	a.line("health_check = { interval = \"%ds\", timeout = \"%ds\", healthy_threshold = %d, unhealthy_threshold = %d, demand = \"%dms\" }",
		a.between(5, 20), a.between(2, 4), a.between(2, 4), a.between(2, 4), a.IntN(2)*30)
}

func (a *author) network(targets []string) {
	a.line("targets = [%s]\ncross_zone = %t", strings.Join(targets, ", "), a.chance(2))
	a.maybe(3, "idle_timeout = \"%ds\"", a.between(60, 90))
	a.maybe(3, "unhealthy_connection_termination = false")
	a.maybe(3, "deregistration_connection_termination = true")
	a.maybe(3, "stickiness.kind = \"source_ip\"")
	a.line("health_check = { interval = \"%ds\", timeout = \"%ds\", healthy_threshold = %d, unhealthy_threshold = %d, protocol = \"%s\" }",
		a.between(5, 20), a.between(2, 4), a.between(2, 4), a.between(2, 4), a.pick("TCP", "HTTP"))
}

// proxying writes what nginx and HAProxy have in common.
func (a *author) proxying(algorithms ...string) {
	a.line("algorithm = \"%s\"", a.pick(algorithms...))
	a.maybe(3, "connect_timeout = \"%dms\"", a.between(1, 3000))
	a.maybe(3, "server_timeout = \"%dms\"", a.between(1, 3000))
	a.maybe(3, "keepalive_timeout = \"%ds\"", a.between(1, 20))
	a.maybe(3, "idle_timeout = \"%ds\"", a.between(1, 20))
	a.maybe(3, "stickiness.kind = \"lb_cookie\"")
}

func (a *author) nginx(targets []string) {
	if a.chance(3) {
		for _, name := range targets {
			a.line("weights.%s = %d", name, a.between(1, 9))
		}
	} else {
		a.line("targets = [%s]", strings.Join(targets, ", "))
	}
	a.proxying("round_robin", "least_outstanding_requests", "random", "power_of_two", "ip_hash")
	a.maybe(2, "worker_processes = %d", a.between(1, 4))
	a.maybe(3, "zone = true")
	a.maybe(3, "max_fails = %d", a.IntN(4))
	a.maybe(3, "fail_timeout = \"%ds\"", a.IntN(20))
	a.maybe(2, "next_upstream = [\"%s\"]", a.pick("off", "error", "timeout", `error", "timeout", "http_500", "http_503", "non_idempotent`))
	a.maybe(3, "next_upstream_tries = %d", a.IntN(3))
	a.maybe(4, "next_upstream_timeout = \"%dms\"", a.between(0, 2000))
	a.maybe(2, "upstream_keepalive = %d", a.between(1, 10))
}

func (a *author) haproxy(targets []string) {
	a.line("targets = [%s]", strings.Join(targets, ", "))
	a.proxying("round_robin", "least_outstanding_requests", "random", "power_of_two", "source")
	a.maybe(2, "retries = %d", a.IntN(5))
	a.maybe(2, "redispatch = true")
	a.maybe(2, "retry_on = [\"%s\"]", a.pick("none", "conn-failure", "all-retryable-errors", `empty-response", "response-timeout", "500`))
	a.maybe(2, "init_state = \"%s\"", a.pick("up", "fully-up", "down", "fully-down"))
	a.line("health_check = { interval = \"%dms\", timeout = \"%dms\", protocol = \"%s\", demand = \"%dms\" }",
		a.between(500, 5000), a.IntN(2)*1000, a.pick("TCP", "HTTP"), a.IntN(2)*30)
}

// isFunction tells whether a place that is written already is a function.
func (a *author) isFunction(place string) bool {
	return strings.Contains(a.String(), "[services."+place+"]\nkind = \"function\"")
}

// forwarding writes how a balancer chooses.
func (a *author) forwarding(name, kind string, targets []string) {
	algorithm := a.pick("round_robin", "round_robin", "least_outstanding_requests", "random", "power_of_two")
	sticky, crossZone := a.chance(2), !a.chance(3)
	for _, target := range targets {
		crossZone = crossZone || a.isFunction(strings.Trim(target, `"`))
	}
	if weighted := kind == "application" && a.chance(3); weighted {
		for _, name := range targets {
			a.line("weights.%s = %d", name, a.between(1, 9))
		}
		a.pair(name, targets)
		a.line("group_stickiness = \"%ds\"\nzero_weight_keeps_visitors = false", a.between(1, 60))
		if sticky && crossZone {
			a.line("stickiness = { kind = \"lb_cookie\", duration = \"%ds\" }", a.between(1, 60))
		}
	} else {
		a.pair("", targets)
		a.line("targets = [%s]", strings.Join(targets, ", "))
		if sticky && (crossZone || kind == "classic") {
			a.line("stickiness = { kind = \"%s\", duration = \"%ds\", set_by = [\"route-0\"] }", a.pick("none", "app_cookie"), a.between(1, 60))
		}
	}
	if kind == "application" && algorithm == "round_robin" {
		a.maybe(3, "slow_start = \"%ds\"", a.between(30, 90))
	}
	if kind == "application" {
		a.maybe(4, "client_keep_alive = \"60s\"\nrules = 12")
		a.maybe(3, "target_group_health = { dns_failover_count = 2, routing_failover_percentage = \"%d%%\" }", a.between(1, 100))
	}
	a.maybe(3, "close_notice = \"%dms\"", a.IntN(500))
	a.line("algorithm = \"%s\"\ncross_zone = %t", algorithm, crossZone)
}

func (a *author) costs() {
	for _, route := range a.routes {
		a.line("[routes.%s]", route)
		a.maybe(4, "cacheable = 0.5")
		a.maybe(2, "session = \"%s\"", a.pick("read", "read", "write"))
		a.maybe(4, "idempotent = false")
		a.maybe(2, "size = \"%dKiB\"", a.IntN(50))
		for _, place := range a.work {
			if !a.chance(4) {
				a.line("demand.%s = \"%s\"", place, a.span(a.between(1, 12)))
			}
			a.maybe(5, "wait.%s = \"%s\"", place, a.span(100))
		}
	}
}

func (a *author) client(name string) {
	a.line("[clients.%s]\ntarget = \"%s\"", name, a.places[len(a.places)-1-a.IntN(min(2, len(a.places)))])
	kind := a.IntN(6)
	if a.drains {
		kind = 6
	}
	switch kind {
	case 6:
		a.line("rate = [\"0s %d/s\", \"2m %d/s\", \"121s 0/s\"]", a.between(1, 40), a.between(1, 100))
	case 0:
		a.line("arrivals = \"even\"\nrate = \"%d/s\"", a.between(1, 60))
	case 1:
		a.line("users = %d", a.between(1, 150))
		a.line("think = \"%s\"", a.span(1000))
	case 2:
		a.line("arrivals = \"bursty\"\nrate = \"%d/s\"\nburst_rate = \"%d/s\"\nburst_duration = \"10s\"\ncalm_duration = \"40s\"", a.between(0, 20), a.between(20, 120))
	case 3:
		a.line("trace = \"trace.csv\"\nscale = %g", 0.1+3*a.Float64())
	case 4:
		a.line("daily = [\"08:00 %d/s\", \"08:05 %d/s\"]\nweekend = 0.5", a.between(1, 30), a.between(1, 90))
	default:
		a.line("rate = [\"0s %d/s\", \"2m %d/s\", \"200s %d/s\"]", a.between(0, 40), a.between(0, 120), a.between(0, 40))
		a.maybe(3, "shape = \"step\"")
	}
	if !a.chance(4) {
		a.line("requests = \"geometric(%d)\"", a.between(1, 9))
	}
	if kind != 1 {
		a.maybe(2, "think = \"%s\"", a.span(2000))
	}
	a.maybe(2, "timeout = \"%dms\"", a.between(5, 3000))
	a.maybe(3, "cancel = true")
	a.maybe(2, "keep_alive = false")
	if len(a.routes) > 1 {
		a.line("routes = { route-0 = 0.25, route-1 = 0.75 }")
	}
	if a.chance(2) {
		a.line("retry = { attempts = %d, wait = \"%s\", growth = 2.0, jitter = 0.5 }", a.between(1, 3), a.span(300))
	}
}

// fault writes a fault of any kind on a fleet, on a fleet's instances in a zone,
// on all instances in a zone, on a service or on a zone as a whole.
func (a *author) fault(name string) {
	var fleets, services []string
	for _, place := range a.work {
		if strings.HasPrefix(place, "service") {
			services = append(services, place)
		} else {
			fleets = append(fleets, place)
		}
	}
	effects := []string{"refuse", "cpu", "crash", "hang", "errors", "slow", "latency"}
	a.line("[faults.%s]\nat = \"%ds\"", name, a.IntN(290))
	switch {
	case len(services) > 0 && (len(fleets) == 0 || a.chance(3)):
		service := a.pick(services...)
		a.line("service = \"%s\"", service)
		if strings.Contains(a.String(), "[services."+service+"]\nkind = \"cache\"") {
			a.maybe(2, "instances = %s", a.pick("1", "2", `"50%"`))
		}
		if a.isFunction(service) {
			effects = slices.Delete(effects, 1, 2) // cpu: nothing shares its processors
		}
	case len(fleets) > 0 && a.chance(3):
		a.line("zone = \"a\"")
		effects = append(effects, "crash", "crash", "launch_failure")
	default:
		a.line("fleet = \"%s\"", a.pick(fleets...))
		a.maybe(3, "zone = \"a\"")
		a.maybe(2, "instances = %s", a.pick("1", "2", `"50%"`))
	}
	if a.drains || a.chance(2) {
		a.line("for = \"%ds\"", a.between(1, 100))
		a.maybe(2, "recover = \"%ds\"", a.between(1, 60))
	}
	effect := a.pick(effects...)
	a.line("effect = \"%s\"", effect)
	switch effect {
	case "errors":
		a.maybe(2, "share = \"%d%%\"", a.between(1, 100))
	case "slow":
		a.maybe(2, "factor = %d", a.between(1, 20))
	case "latency":
		a.maybe(2, "add = \"%dms\"", a.between(1, 5000))
	}
}

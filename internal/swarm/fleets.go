package swarm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/autoscaling"
)

func (a *author) fleet(name string) {
	a.line("[fleets.%s]", name)
	g := group{name: name}
	if a.chance(2) {
		instance := a.pick("t2.micro", "t3.small", "c6i.large")
		g.burstable, g.unlimited = instance[0] == 't', instance == "t3.small"
		a.line("instance = \"%s\"", instance)
	} else {
		a.line("vcpus = %d\nprice = 0.05", a.between(1, 3))
	}
	a.maybe(5, "speed = %g", 0.5+a.Float64())
	zones := []string{`"a"`, `"a", "b"`, `"a", "b", "c"`}
	a.line("zones = [%s]", zones[a.IntN(3)])
	g.least = a.IntN(3)
	g.most = max(g.least, 1) + a.IntN(4)
	a.line("min = %d\nmax = %d\ndesired = %d", g.least, g.most, a.between(max(g.least, 1), g.most))
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
	g.warm = a.lifeCycle(name)
	a.groups = append(a.groups, g)
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

// lifeCycle writes hooks and, as it says, a warm pool.
func (a *author) lifeCycle(fleet string) (warm bool) {
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
	if warm = a.chance(2); warm {
		a.line("[fleets.%s.warm_pool]\npool_state = \"%s\"", fleet, a.pick("Stopped", "Running", "Hibernated"))
		a.maybe(2, "reuse_on_scale_in = true")
		a.maybe(2, "min_size = %d", a.IntN(4))
		a.maybe(3, "max_group_prepared_capacity = %d", a.IntN(6))
		a.maybe(2, "start = \"%s\"", a.span(10000))
	}
	return warm
}

// foreign writes an autoscaler from outside AWS, which is its fleet's only policy.
func (a *author) foreign(g group) {
	a.line("[fleets.%s.policies.auto]", g.name)
	switch a.IntN(3) {
	case 0:
		a.line("kind = \"hpa\"\nsync_period = \"%ds\"\nmetric_resolution = \"%s\"\ntargets.cpu = { target = %d }", a.between(5, 40), a.pick("10s", "15s", "30s"), a.between(1, 90))
		a.maybe(2, "scale_down = { stabilization_window = \"%ds\", policies = [\"1 pod per 30s\", \"10%% per 15s\"], select_policy = \"%s\" }\nscale_up = { policies = [\"2 pods per 20s\"] }", a.IntN(90), a.pick("Max", "Min", "Disabled"))
		a.maybe(3, "cpu_request = %g\ncpu_initialization_period = \"40s\"", 0.1+a.Float64())
	case 1:
		a.line("kind = \"gcp\"\ninterval = \"%s\"\ntargets.cpu = { target = %d }", a.pick("10s", "20s", "60s"), a.between(1, 90))
		a.maybe(2, "stabilization_period = \"%ds\"", a.IntN(200))
		a.maybe(2, "scale_in_control = { max_scaled_in_replicas = %d, time_window = \"%ds\" }", a.between(1, 3), a.between(1, 120))
	default:
		a.line("kind = \"azure\"\njob_interval = \"%ds\"", a.between(10, 60))
		a.line("rules.out = { operator = \">\", threshold = %d, action = \"%s\", time_window = \"2m\", cooldown = \"%ds\" }", a.between(1, 80), a.pick("+1", "+50%", "=3"), a.IntN(90))
		a.line("rules.in = { operator = \"<=\", threshold = %d, action = \"-1\", time_window = \"2m\", time_grain = \"1m\" }", a.between(0, 50))
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
	balancers := slices.DeleteFunc(slices.Clone(a.places), func(place string) bool { return !strings.HasPrefix(place, "balancer") })
	switch {
	case len(balancers) > 0 && a.chance(4):
		measure = a.pick("requests", "errors", "in_flight")
		a.line("of = \"%s\"", a.pick(balancers...))
	case a.chance(3):
		of := a.pick(a.work...)
		if a.managed[of] {
			measure = a.pick("busy", "requests", "in_flight")
		}
		a.line("of = \"%s\"\nper_instance = true", of)
	}
	a.line("measure = \"%s\"", measure)
	a.scaling(g, quick)
	if a.chance(4) {
		a.line("[fleets.%s.schedules.often]\ncron = \"* * * * *\"\nmin = %d", g.name, a.between(0, g.least))
		a.maybe(2, "timezone = \"%s\"", a.pick("Asia/Seoul", "America/New_York"))
		a.maybe(2, "from = \"2026-03-02T08:01:30Z\"\nuntil = \"2026-03-02T08:03:00Z\"")
	}
	if a.chance(3) {
		a.line("[fleets.%s.schedules.night]\nat = \"%ds\"\ndesired = %d", g.name, a.IntN(300), a.between(g.least, g.most))
	}
}

// scaling writes up to two policies of AWS.
func (a *author) scaling(g group, quick string) {
	ahead := false
	for i := range a.IntN(3) {
		a.line("[fleets.%s.policies.policy-%d]", g.name, i)
		alarm := fmt.Sprintf(`alarm = { %s, evaluation_periods = %d, comparison = "%s", threshold = %d%s }`,
			a.watched(g, quick), a.between(1, 2), a.pick(">", ">=", "<", "<="), a.between(1, 80),
			a.pick("", "", `, warm_up = "2m", only_start_evaluating_after_warm_up_period_ends = true`))
		switch kind := a.IntN(4); {
		case kind == 3 && !ahead:
			ahead = true // one that scales is enough for a group
			a.predictive()
		case kind == 0:
			a.line("kind = \"simple\"\n%s\nadjustment = \"%s\"", alarm, a.pick("+1", "-1", "+50%", "=2"))
			a.maybe(2, "cooldown = \"%ds\"", a.IntN(90))
			a.maybe(4, "[fleets.%s.operations.execute-%d]\nkind = \"execute_policy\"\nat = \"%ds\"\npolicy = \"policy-%d\"", g.name, i, a.IntN(290), i)
		case kind == 1:
			a.line("kind = \"step\"\n%s\nsteps = [\"..0 -1\", \"0..10 +1\", \"10.. +2\"]", alarm)
			a.maybe(2, "estimated_instance_warmup = \"%ds\"\nmetric_aggregation = \"Maximum\"", a.IntN(90))
		default:
			metric := "ASGAverageCPUUtilization"
			if quick != "20s" && a.chance(2) {
				metric = "own"
			}
			if strings.Contains(a.behind[g.name], "application") && a.chance(2) {
				metric = "ALBRequestCountPerTarget"
			} else if metric == "own" {
				a.maybe(2, "statistic = \"%s\"", a.pick("Average", "Maximum", "Minimum", "Sum", "SampleCount"))
			}
			a.line("kind = \"target_tracking\"\nmetric = \"%s\"\ntarget = %d", metric, a.between(1, 90))
			a.maybe(3, "disable_scale_in = true")
			if metric != "own" {
				a.maybe(3, "alarm_period = \"%dm\"", a.between(1, 2))
			}
		}
	}
}

// predictive writes a policy that looks ahead, with and without a past.
func (a *author) predictive() {
	a.line("kind = \"predictive\"\nmetric = \"ASGCPUUtilization\"\ntarget = %d", a.between(1, 90))
	a.maybe(2, "mode = \"%s\"", a.pick("ForecastAndScale", "ForecastOnly"))
	a.maybe(2, "history = \"history.csv\"")
	a.maybe(3, "scheduling_buffer_time = \"%ds\"", a.IntN(3600))
	a.maybe(3, "max_capacity_breach_behavior = \"IncreaseMaxCapacity\"\nmax_capacity_buffer = %d", a.IntN(101))
}

// alarms writes alarms that are no policy's, one that watches others among them.
func (a *author) alarms() {
	if len(a.groups) == 0 || !a.chance(3) {
		return
	}
	g := a.groups[a.IntN(len(a.groups))]
	a.line("[alarms.watch]\nfleet = \"%s\"\nmetric = \"CPUUtilization\"\nperiod = \"1m\"\ncomparison = \"%s\"\nthreshold = %d", g.name, a.pick(">", "<="), a.between(0, 80))
	a.maybe(2, "treat_missing_data = \"%s\"", a.pick("missing", "ignore", "breaching", "notBreaching"))
	a.maybe(2, "statistic = \"p90\"\nevaluate_low_sample_count_percentile = \"%s\"", a.pick("ignore", "evaluate"))
	a.maybe(2, "warm_up = \"%dm\"\nonly_start_evaluating_after_warm_up_period_ends = %t", a.between(1, 3), a.chance(2))
	a.line("[alarms.either]\nrule = \"%s\"", a.pick("ALARM(watch)", "OK(watch) AND NOT FALSE", "INSUFFICIENT_DATA(watch) OR ALARM(watch)"))
	a.line("[fleets.%s.operations.watched]\nkind = \"start_instance_refresh\"\nat = \"%ds\"\nlaunch_template_version = 2\nauto_rollback = %t\nalarms = [\"%s\"]",
		g.name, a.IntN(200), a.chance(2), a.pick("watch", "either"))
}

// watched is what an alarm of a fleet looks at: a metric of its own, or any of
// CloudWatch's that it has.
func (a *author) watched(g group, quick string) string {
	if a.chance(3) {
		return fmt.Sprintf(`metric = "own", statistic = "%s", period = "%s"`, a.statistic(nil), quick)
	}
	all := slices.DeleteFunc(autoscaling.Metrics(), func(m autoscaling.MetricInfo) bool { return !a.has(g, m) })
	m, period := all[a.IntN(len(all))], "%dm"
	if strings.Contains(m.Name, "Credit") {
		period = "%d0m" // they come every five
	}
	return fmt.Sprintf(`metric = "%s", statistic = "%s", period = "%s"`, m.Name, a.statistic(m.Statistics), fmt.Sprintf(period, a.between(1, 2)))
}

func (a *author) statistic(meaning []string) string {
	if len(meaning) == 0 {
		meaning = []string{"Average", "Maximum", "Minimum", "Sum", "SampleCount", "p90"}
	}
	return a.pick(meaning...)
}

// has tells whether a fleet has what a metric needs.
func (a *author) has(g group, m autoscaling.MetricInfo) bool {
	switch m.Needs {
	case autoscaling.NeedsBalancer:
		return slices.ContainsFunc(m.Balancers, func(kind string) bool { return strings.Contains(a.behind[g.name], kind) })
	case autoscaling.NeedsBurstable:
		return g.burstable
	case autoscaling.NeedsUnlimited:
		return g.unlimited
	case autoscaling.NeedsSizes:
		return a.sized
	case autoscaling.NeedsWarmPool:
		return g.warm
	}
	return true
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

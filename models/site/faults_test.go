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

// struck is a fleet of servers without a group's interference, in front of which
// there is what the keys of lb say, "" for nothing; the fault begins at 40 s.
func struck(servers int, lb, fault string) string {
	target := "web"
	if lb != "" {
		target, lb = "lb", "[balancers.lb]\ntargets = [\"web\"]\n"+lb
	}
	return fmt.Sprintf(`
	duration = "2m"
	[clients.visitors]
	target = %q
	arrivals = "even"
	rate = "10/s"
	timeout = "20s"
	[routes.page]
	demand.web = "10ms"
	%s
	[fleets.web]
	vcpus = 2
	zones = ["a"]
	min = %[3]d
	max = %[3]d
	desired = %[3]d
	suspended_processes = ["HealthCheck"]
	[faults.strike]
	at = "40s"
	fleet = "web"
	instances = 1
	%[4]s`, target, lb, servers, fault)
}

// unchecked balancers learn nothing of a fault while it matters.
const (
	application = "kind = \"application\"\nidle_timeout = \"15s\"\nhealth_check = { interval = \"300s\", unhealthy_threshold = 10 }\n"
	classic     = "kind = \"classic\"\nidle_timeout = \"15s\"\nhealth_check = { interval = \"300s\", unhealthy_threshold = 10 }\n"
)

// TestWhatClientsSee: who addresses the server itself sees what its kernel and its
// software do (nginx.md A4); balancers make their own errors of it (spec 2.11
// [ALB-TS], 1.8 [CLB-ERR]).
func TestWhatClientsSee(t *testing.T) {
	after := Span{45 * engine.Second, 70 * engine.Second}
	for _, v := range []struct{ lb, effect, cause string }{
		{"", "refuse", "refused"},
		{application, "refuse", "502"}, // RST on connect
		{classic, "refuse", "503"},     // refused_status
		{"", "hang", "timeout"},
		{application, "hang", "504"}, // no answer within the idle timeout
		{classic, "hang", "504"},
		{"", "crash", "timeout"},      // SYNs are lost
		{application, "crash", "504"}, // connection not made in 10 s
		{classic, "crash", "504"},
		{"", "errors", "500"},
		{application, "errors", "500"},
		{classic, "errors", "500"},
	} {
		o := simulate(t, struck(1, v.lb, "effect = \""+v.effect+"\""), after)
		m := o.Windows[1].Metrics
		require.Equal(t, m["requests.offered"], m["errors."+v.cause], "%s %s", v.lb, v.effect)
	}
}

// TestConnectTimeout: a machine that is gone costs 10 s a request behind an
// application balancer, not the idle timeout, whatever network is in between
// (spec 2.10 [ALB-TS]).
func TestConnectTimeout(t *testing.T) {
	for _, network := range []string{"", "\n[network]\nwithin_zone = \"1ms\""} {
		text := strings.Replace(struck(1, application, "effect = \"crash\""), "\"15s\"", "\"60s\"", 1) + network
		text = strings.Replace(text, "timeout = \"20s\"", "timeout = \"10001ms\"", 1)
		o := simulate(t, text, Span{45 * engine.Second, 70 * engine.Second})
		m := o.Windows[1].Metrics
		require.Equal(t, m["requests.offered"], m["errors.504"], network)
	}
}

// TestInFlightAtACrash: a request that is being worked on is reset; behind a
// balancer that is a target closing its connection (spec 2.11 [ALB-TS]: 502; 1.8
// [CLB-ERR]: 504).
func TestInFlightAtACrash(t *testing.T) {
	for lb, cause := range map[string]string{"": "reset", application: "502", classic: "504"} {
		text := strings.Replace(struck(1, lb, "effect = \"crash\""), "\"10ms\"", "\"2s\"", 1)
		text = strings.Replace(text, "10/s", "1 per 10s", 1)
		text = strings.Replace(text, "40s", "31s", 1) // a request comes each 10 s
		o := simulate(t, text, Span{30 * engine.Second, 31 * engine.Second})
		require.EqualValues(t, 1, o.Windows[1].Metrics["errors."+cause], lb)
	}
}

// TestSlow multiplies CPU time.
func TestSlow(t *testing.T) {
	o := simulate(t, struck(1, application, "effect = \"slow\"\nfactor = 3\nfor = \"30s\""),
		Span{0, 39 * engine.Second}, Span{41 * engine.Second, 69 * engine.Second}, Span{71 * engine.Second, 110 * engine.Second})
	for i, mean := range []float64{0.010, 0.030, 0.010} {
		require.InDelta(t, mean, o.Windows[i+1].Metrics["latency.mean"], 1e-8)
	}
}

// TestLatency adds to each request, and uses no CPU.
func TestLatency(t *testing.T) {
	o := simulate(t, struck(1, application, "effect = \"latency\"\nadd = \"50ms\"\nfor = \"30s\""),
		Span{0, 39 * engine.Second}, Span{41 * engine.Second, 69 * engine.Second}, Span{71 * engine.Second, 110 * engine.Second})
	for i, mean := range []float64{0.010, 0.060, 0.010} {
		require.InDelta(t, mean, o.Windows[i+1].Metrics["latency.mean"], 1e-9)
	}
	require.InDelta(t, 0.05, o.Windows[0].Metrics["fleets.web.cpu.mean"], 1e-4, "10/s of 10 ms on two vCPUs")
}

// TestErrorShare is a share by chance: inside its 99.9 % interval.
func TestErrorShare(t *testing.T) {
	text := strings.Replace(struck(1, application, "effect = \"errors\"\nshare = \"30%\""), "10/s", "100/s", 1)
	m := simulate(t, text, Span{40 * engine.Second, 2 * engine.Minute}).Windows[1].Metrics
	n := m["requests.offered"]
	require.InDelta(t, 0.3, m["errors.500"]/n, 3.29*math.Sqrt(0.3*0.7/n))
}

// TestEffectsAddUp: the worst state holds as long as any of its faults, slownesses
// multiply.
func TestEffectsAddUp(t *testing.T) {
	o := simulate(t, struck(1, application, `effect = "slow"
	factor = 2
	[faults.again]
	at = "60s"
	for = "20s"
	fleet = "web"
	effect = "slow"
	factor = 4
	[faults.closed]
	at = "90s"
	for = "20s"
	fleet = "web"
	effect = "refuse"
	[faults.stuck]
	at = "95s"
	for = "5s"
	fleet = "web"
	effect = "hang"`),
		Span{61 * engine.Second, 79 * engine.Second}, Span{81 * engine.Second, 89 * engine.Second}, Span{90 * engine.Second, 110 * engine.Second})
	require.InDelta(t, 0.080, o.Windows[1].Metrics["latency.mean"], 1e-8)
	require.InDelta(t, 0.020, o.Windows[2].Metrics["latency.mean"], 1e-8)
	require.Equal(t, o.Windows[3].Metrics["requests.offered"], o.Windows[3].Metrics["errors.502"])
}

// detection runs a fault on one of two servers behind checks with an interval of
// 10 s, a timeout of 4 s and thresholds of 3 and 2, and returns how long the
// balancer took to see it begin (at 40 s) and end (at 100 s), and the requests
// that failed.
func detection(t *testing.T, effect string, seed uint64) (down, up, failed float64) {
	text := struck(2, "kind = \"application\"\nidle_timeout = \"4000s\"\nhealth_check = { interval = \"10s\", timeout = \"4s\", unhealthy_threshold = 3, healthy_threshold = 2 }",
		"for = \"60s\"\neffect = \""+effect+"\"")
	spec := read(t, text, nil, "duration=130s")
	c := whole(spec)
	c.Seed = seed
	o, err := Build(spec, c).Run(onward)
	require.NoError(t, err)
	first := at(o, timeline.Unhealthy)
	again := at(o, timeline.Healthy)
	require.Len(t, first, 1)
	require.Len(t, again, 1)
	return (first[0] - 40*engine.Second).Seconds(), (again[0] - 100*engine.Second).Seconds(), o.Windows[0].Metrics["requests.failed"]
}

// TestDetection: on a fixed grid of interval i whose phase U is uniform, a fault
// is seen after U + (threshold - 1) i, and after the timeout too if nothing
// answers; its end after U + (threshold - 1) i (spec 2.1 [ALB-HC]). Meanwhile each
// second request fails. The means over runs lie inside their 99.9 % intervals, and
// each run inside the bounds.
func TestDetection(t *testing.T) {
	const runs, interval = 60, 10.0
	width := 3.29 * interval / math.Sqrt(12*runs)
	for effect, timeout := range map[string]float64{"refuse": 0, "errors": 0, "hang": 4} {
		var down, up float64
		for seed := range uint64(runs) {
			d, u, failed := detection(t, effect, seed)
			require.GreaterOrEqual(t, d, 2*interval+timeout)
			require.LessOrEqual(t, d, 3*interval+timeout)
			require.LessOrEqual(t, u, 2*interval)
			if effect != "hang" {
				require.GreaterOrEqual(t, u, interval)
				require.InDelta(t, 5*d, failed, 1, "half of 10/s")
			}
			down, up = down+d/runs, up+u/runs
		}
		require.InDelta(t, 2.5*interval+timeout, down, width, effect)
		if effect != "hang" { // there a check under way is answered at once when it ends
			require.InDelta(t, 1.5*interval, up, width, effect)
		}
	}
}

// crashed is a group of two that is left to itself: one crashes.
const crashed = `
	duration = "20m"
	[clients.visitors]
	target = "lb"
	rate = "20/s"
	timeout = "5s"
	[routes.page]
	demand.web = "5ms"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	deregistration_delay = "20s"
	[fleets.web]
	vcpus = 1
	price = 0.1
	zones = ["a"]
	min = 2
	max = 4
	desired = 2
	provision = "5s"
	boot = "30s"
	startup = "15s"
	reconcile_delay = "6s"
	[faults.crash]
	at = "10m10s"
	fleet = "web"
	instances = 1
	effect = "crash"
`

// TestCrashedInstanceIsReplaced: EC2 checks see it at the group's next pass, 30 s
// apart (aws-autoscaling.md 1.3 [hc]); it is billed no more from the crash on
// (spec 8 [EC2-BILL]).
func TestCrashedInstanceIsReplaced(t *testing.T) {
	o := simulate(t, crashed)
	second := engine.Second
	require.Equal(t, []engine.Time{630 * second}, at(o, timeline.Replace))
	require.Equal(t, []engine.Time{636 * second}, at(o, timeline.Launch))
	require.Equal(t, []engine.Time{(636 + 5 + 45) * second}, at(o, timeline.Serving))
	m := o.Windows[0].Metrics
	require.InDelta(t, (1200+610+(1200-636))/3600.0, m["fleets.web.instances.hours"], 1e-9)
	require.InDelta(t, 0.1*m["fleets.web.instances.hours"], m["cost.fleets.web"], 1e-9)
}

// TestCrashedInstanceStartsAgain: when the fault is over before the group has
// looked, the same instance boots again, and begins another minute of billing.
func TestCrashedInstanceStartsAgain(t *testing.T) {
	o := simulate(t, crashed+`for = "10s"`)
	second := engine.Second
	require.Empty(t, at(o, timeline.Replace))
	require.Equal(t, []engine.Time{(620 + 45) * second}, at(o, timeline.Serving))
	m := o.Windows[0].Metrics
	require.InDelta(t, (1200+1200-10)/3600.0, m["fleets.web.instances.hours"], 1e-9)
	require.EqualValues(t, 2, m["fleets.web.instances.min"])
	last := simulate(t, crashed+`for = "10s"`, Span{15 * engine.Minute, 20 * engine.Minute}).Windows[1].Metrics
	require.EqualValues(t, 1, last["availability"])
	require.InDelta(t, 0.5, last["fleets.web.share.max"], 0.02, "it has its share again")
}

// TestCrashedInstanceStaysAway: too late, the group has replaced it.
func TestCrashedInstanceStaysAway(t *testing.T) {
	o := simulate(t, crashed+`for = "25s"`)
	require.Len(t, at(o, timeline.Replace), 1)
	require.Len(t, at(o, timeline.Serving), 1, "the substitute's")
	require.EqualValues(t, 1, o.Windows[0].Metrics["fleets.web.instances.launched"])
}

// TestPartialRecovery: the servers come back one by one, the last when the time is
// over.
func TestPartialRecovery(t *testing.T) {
	text := strings.Replace(struck(4, application, "effect = \"errors\"\nfor = \"10s\"\nrecover = \"40s\""), "instances = 1", "instances = 4", 1)
	o := simulate(t, text)
	require.Equal(t, []engine.Time{60 * engine.Second, 70 * engine.Second, 80 * engine.Second, 90 * engine.Second}, at(o, timeline.FaultEnd))
	require.InDelta(t, 10*20+10*(30+20+10)/4, o.Windows[0].Metrics["errors.500"], 3)
}

// TestServiceFaults: the same on a service.
func TestServiceFaults(t *testing.T) {
	const text = `
	duration = "2m"
	[clients.visitors]
	target = "web"
	arrivals = "even"
	rate = "10/s"
	timeout = "5s"
	[routes.page]
	demand = { web = "1ms", db = "10ms" }
	[fleets.web]
	vcpus = 2
	zones = ["a"]
	min = 1
	max = 1
	desired = 1
	calls = ["db"]
	[services.db]
	kind = "pool"
	[faults.strike]
	at = "40s"
	for = "40s"
	service = "db"
	`
	during, later := Span{45 * engine.Second, 70 * engine.Second}, Span{95 * engine.Second, 2 * engine.Minute}
	for effect, cause := range map[string]string{"refuse": "502", "crash": "502", "hang": "timeout", "errors": "500"} {
		o := simulate(t, text+"effect = \""+effect+"\"", during, later)
		require.Equal(t, o.Windows[1].Metrics["requests.offered"], o.Windows[1].Metrics["errors."+cause], effect)
		require.EqualValues(t, 1, o.Windows[2].Metrics["availability"], effect)
	}
	for effect, mean := range map[string]float64{"slow": 0.031, "latency": 0.061} {
		o := simulate(t, text+"effect = \""+effect+"\"", during, later)
		require.InDelta(t, mean, o.Windows[1].Metrics["latency.mean"], 1e-8, effect)
		require.InDelta(t, 0.011, o.Windows[2].Metrics["latency.mean"], 1e-8, effect)
	}
}

// TestNothingLeaks: whatever happens to whom while work is in flight, when it is
// over and nobody asks for more, no part of the site holds anything.
func TestNothingLeaks(t *testing.T) {
	for i, effect := range []string{"crash", "refuse", "hang", "errors", "slow", "latency", "cpu"} {
		for j, place := range []string{`fleet = "web"`, `fleet = "app"`, `service = "db"`, `zone = "c"`} {
			text := fmt.Sprintf(leaky, []string{"application", "classic"}[(i+j)%2], []string{"pool", "nginx"}[i%2], (i+j/2)%2 == 0, place, effect)
			spec := read(t, text, nil)
			s := Build(spec, whole(spec))
			_, err := s.Run(onward)
			require.NoError(t, err)
			require.Zero(t, s.pool.Out(), "%s, %s: attempts leak", place, effect)
			for _, b := range s.balancers {
				require.Zero(t, b.InFlight(), "%s, %s: %s holds requests", place, effect, b.name)
			}
		}
	}
}

const leaky = `
	duration = "8m"
	[clients.visitors]
	target = "lb"
	rate = ["0s 60/s", "120s 60/s", "120s 0/s"]
	timeout = "3s"
	requests = "geometric(3)"
	think = "exponential(2s)"
	retry = { attempts = 1, wait = "200ms" }
	[routes.page]
	demand = { web = "exponential(3ms)", app = "exponential(8ms)", db = "exponential(10ms)" }
	wait.app = "exponential(80ms)"
	[balancers.lb]
	kind = "%[1]s"
	targets = ["web"]
	health_check = { interval = "10s", timeout = "3s", unhealthy_threshold = 2, healthy_threshold = 2 }
	[fleets.web]
	vcpus = 2
	zones = ["a", "c"]
	min = 2
	max = 4
	desired = 2
	boot = "10s"
	upstream = "inner"
	server = { proxy_read_timeout = "20s", upstream_keepalive = 8 }
	[balancers.inner]
	kind = "application"
	targets = ["app"]
	idle_timeout = "20s"
	[fleets.app]
	vcpus = 2
	zones = ["a", "c"]
	min = 2
	max = 4
	desired = 2
	boot = "10s"
	calls = ["db"]
	server = { software = "%[2]s" }
	[services.db]
	kind = "pool"
	vcpus = 2
	[network]
	within_zone = "300us"
	between_zones = "2ms"
	[clients.others]
	target = "lb"
	rate = ["0s 20/s", "120s 20/s", "120s 0/s"]
	timeout = "1s"
	cancel = %[3]t
	[faults.strike]
	at = "60s"
	for = "70s"
	recover = "20s"
	%[4]s
	effect = "%[5]s"
`

// Errors are drawn for each attempt: with a share of one half and five retries one
// request in 64 fails, at a station as in a function.
func TestRetriesOfErrors(t *testing.T) {
	for _, kind := range []string{"station", "function"} {
		m := simulate(t, `
		duration = "5m"
		[clients.visitors]
		target = "svc"
		rate = "50/s"
		retry = { attempts = 5, wait = "100ms" }
		[routes.page]
		demand.svc = "1ms"
		[services.svc]
		kind = "`+kind+`"
		[faults.strike]
		at = "0s"
		service = "svc"
		effect = "errors"
		share = "50%"`).Windows[0].Metrics
		n, p := m["requests.offered"], 1.0/64
		require.InDelta(t, 1-p, m["availability"], 3.3*math.Sqrt(p*(1-p)/n), kind)
	}
}

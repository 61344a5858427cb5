package experiments

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/scenario"
)

// The whole path, from the text of a scenario to its metrics, against closed
// forms: each must lie in the 99.9 % interval that the replications themselves
// give. Quantiles may be off by as much again as their histogram may.

const quantileError = 0.005

// study reads a scenario that is given as text.
func study(t testing.TB, text string, sets ...string) *Study {
	t.Helper()
	file, problems := scenario.Parse("test.toml", []byte(text), nil)
	require.NoError(t, problems.Err())
	s, err := (&Scenario{File: file, Name: "test"}).Study(Options{Sets: sets})
	require.NoError(t, err)
	return s
}

// law is what theory says of a scenario: metrics with their values.
type law map[string]float64

// misses lists the metrics whose value lies outside the simulation's interval.
func misses(t *testing.T, text string, l law) []string {
	t.Helper()
	replications := 20
	if testing.Short() {
		replications = 10
	}
	trial := NewTrial(study(t, text))
	require.NoError(t, (&Runner{Jobs: 2}).Extend(context.Background(), replications, trial))
	var list []string
	for metric, want := range l {
		e := output.Interval(trial.Values(metric), 0.999)
		require.Equal(t, replications, e.N, "samples of %s", metric)
		slack := 1e-9 * math.Abs(want)
		if metric[len(metric)-3] == 'p' {
			slack = quantileError * want
		}
		if want < e.Lo-slack || want > e.Hi+slack {
			list = append(list, fmt.Sprintf("%s: theory has %g, the simulation %g to %g", metric, want, e.Lo, e.Hi))
		}
	}
	return list
}

// open is a scenario of Poisson arrivals at the station "desk".
func open(rate float64, demand, desk string) string {
	return arrivals(rate, demand, "kind = \"station\"\n"+desk)
}

// arrivals is a scenario of Poisson arrivals at the service "desk".
func arrivals(rate float64, demand, desk string) string {
	return fmt.Sprintf(`
duration = "12m"
discard  = "2m"
[clients.visitors]
target = "desk"
rate   = "%g/s"
[routes.counter]
demand.desk = "%s"
[services.desk]
%s`, rate, demand, desk)
}

// fleet is a scenario of Poisson arrivals at four stations behind a balancer.
func fleet(rate float64, algorithm string) string {
	return fmt.Sprintf(`
duration = "12m"
discard  = "2m"
[clients.visitors]
target = "lb"
rate   = "%g/s"
[routes.counter]
demand.desks = "exponential(20ms)"
[balancers.lb]
kind      = "application"
targets   = ["desks"]
algorithm = "%s"
[fleets.desks]
vcpus = 1
zones = ["a"]
min = 4
max = 4
server = { software = "station" }`, rate, algorithm)
}

// nginx is a scenario of Poisson arrivals at one server that shares its vCPUs.
func nginx(rate float64, demand string) string {
	return fmt.Sprintf(`
duration = "12m"
discard  = "2m"
[clients.visitors]
target = "web"
rate   = "%g/s"
keep_alive = false
[routes.page]
demand.web = "%s"
[fleets.web]
vcpus = 2
zones = ["a"]
min = 1
max = 1`, rate, demand)
}

// closed is a scenario of users who think and come back.
func closed(users int, think, desk string) string {
	return fmt.Sprintf(`
duration = "12m"
discard  = "2m"
[clients.operators]
target = "desk"
users  = %d
think  = "%s"
[routes.repair]
demand.desk = "exponential(100ms)"
[services.desk]
kind = "station"
%s`, users, think, desk)
}

func ofMMC(q theory.MMC) law {
	return law{
		"latency.mean": q.MeanResponse(), "latency.sd": q.ResponseSD(),
		"latency.p50": q.ResponseQuantile(0.5), "latency.p90": q.ResponseQuantile(0.9), "latency.p99": q.ResponseQuantile(0.99),
		"services.desk.utilization": q.Utilization(), "services.desk.number.mean": q.MeanNumber(),
		"services.desk.wait.mean": q.MeanWait(), "services.desk.wait.sd": q.WaitSD(),
		"services.desk.wait.p95": q.WaitQuantile(0.95), "services.desk.wait.p99": q.WaitQuantile(0.99),
		"services.desk.delayed": q.Delayed(), "throughput": q.Arrival,
	}
}

func ofMG1(arrival float64, m theory.Moments) law {
	q := theory.MG1{Arrival: arrival, Service: m}
	return law{
		"latency.mean": q.MeanResponse(), "services.desk.wait.mean": q.MeanWait(), "services.desk.delayed": q.Utilization(),
		"services.desk.number.mean": q.MeanNumber(), "services.desk.utilization": q.Utilization(),
	}
}

func ofMMCK(q theory.MMCK) law {
	return law{
		"availability": 1 - q.Blocked(), "throughput": q.Throughput(), "latency.mean": q.MeanResponse(),
		"services.desk.utilization": q.Utilization(), "services.desk.number.mean": q.MeanNumber(),
		"services.desk.wait.mean": q.MeanWait(), "services.desk.delayed": q.Delayed(),
		"services.desk.blocked": 600 * q.Arrival * q.Blocked(),
	}
}

func ofLoss(arrival, mean float64, servers int) law {
	blocked := theory.ErlangB(servers, arrival*mean)
	return law{
		"availability": 1 - blocked, "services.desk.number.mean": arrival * mean * (1 - blocked),
		"latency.mean": mean, "errors.blocked": 600 * arrival * blocked,
	}
}

func ofSharing(q theory.MGCPS) law {
	return law{
		"latency.mean": q.MeanResponse(), "services.desk.number.mean": q.MeanNumber(), "services.desk.utilization": q.Utilization(),
	}
}

func ofAbandonment(q theory.ErlangA) law {
	return law{
		"availability": 1 - q.Abandoned(), "errors.abandoned": 600 * q.Arrival * q.Abandoned(),
		"services.desk.wait.mean": q.MeanWait(), "services.desk.delayed": q.Delayed(),
		"services.desk.number.mean": q.MeanNumber(), "services.desk.utilization": q.Utilization(),
	}
}

func ofRepair(q theory.Repair) law {
	return law{
		"latency.mean": q.MeanResponse(), "throughput": q.Throughput(), "services.desk.utilization": q.Utilization(),
		"services.desk.number.mean": q.MeanNumber(), "services.desk.wait.mean": q.MeanWait(), "services.desk.delayed": q.Delayed(),
	}
}

func TestTheory(t *testing.T) {
	const one, four = "servers = 1", "servers = 4"
	for _, c := range []struct {
		name, text string
		law        law
	}{
		{"M/M/1 at 0.3", open(30, "exponential(10ms)", one), ofMMC(theory.MMC{Arrival: 30, Service: 100, Servers: 1})},
		{"M/M/1 at 0.8", open(80, "exponential(10ms)", one), ofMMC(theory.MMC{Arrival: 80, Service: 100, Servers: 1})},
		{"M/M/4 at 0.6", open(120, "exponential(20ms)", four), ofMMC(theory.MMC{Arrival: 120, Service: 50, Servers: 4})},
		{"M/M/4 at 0.85", open(170, "exponential(20ms)", four), ofMMC(theory.MMC{Arrival: 170, Service: 50, Servers: 4})},
		{"M/M/1/5 at 0.9", open(90, "exponential(10ms)", one+"\nqueue = 4"), ofMMCK(theory.MMCK{Arrival: 90, Service: 100, Servers: 1, Capacity: 5})},
		{"M/M/4/10 at 1.2", open(240, "exponential(20ms)", four+"\nqueue = 6"), ofMMCK(theory.MMCK{Arrival: 240, Service: 50, Servers: 4, Capacity: 10})},
		{"M/D/1", open(70, "constant(10ms)", one), ofMG1(70, theory.ConstantMoments(0.010))},
		{"M/H2/1", open(60, "hyperexponential(10ms, scv=4)", one), ofMG1(60, theory.HyperexponentialMoments(0.010, 4))},
		{"M/LN/1", open(60, "lognormal(10ms, scv=2)", one), ofMG1(60, theory.LognormalMoments(0.010, 2))},
		{"M/M/6/6", open(100, "exponential(50ms)", "servers = 6\nqueue = 0"), ofLoss(100, 0.05, 6)},
		{"M/LN/6/6", open(100, "lognormal(50ms, scv=4)", "servers = 6\nqueue = 0"), ofLoss(100, 0.05, 6)},
		{"M/D/1 shared", open(70, "constant(10ms)", one+"\ndiscipline = \"ps\""), ofSharing(theory.MGCPS{Arrival: 70, Service: 100, Cores: 1})},
		{"M/H2/4 shared", open(150, "hyperexponential(20ms, scv=4)", four+"\ndiscipline = \"ps\""), ofSharing(theory.MGCPS{Arrival: 150, Service: 50, Cores: 4})},
		{"repair, 12 users", closed(12, "exponential(1s)", one), ofRepair(theory.Repair{Users: 12, Think: 1, Service: 10, Servers: 1})},
		{"repair, 40 users who think alike", closed(40, "constant(1s)", "servers = 3"), ofRepair(theory.Repair{Users: 40, Think: 1, Service: 10, Servers: 3})},
		{"M/M/1, last in first out", open(70, "exponential(10ms)", one+"\ndiscipline = \"lifo\""), law{
			"latency.mean": theory.MMC{Arrival: 70, Service: 100, Servers: 1}.MeanResponse(), "services.desk.delayed": 0.7,
		}},
		{"M/M/4+M at 1.1", open(220, "exponential(20ms)", four+"\npatience = \"exponential(40ms)\""),
			ofAbandonment(theory.ErlangA{Arrival: 220, Service: 50, Servers: 4, Patience: 25})},
		{"nginx on two vCPUs", nginx(130, "lognormal(10ms, scv=4)"), law{
			"latency.mean": theory.MGCPS{Arrival: 130, Service: 100, Cores: 2}.MeanResponse(), "fleets.web.cpu.mean": 0.65,
		}},
		{"dealt in turn", fleet(150, "round_robin"), law{
			"latency.mean": theory.RoundRobin{Arrival: 150, Service: 50, Servers: 4}.MeanResponse(),
			"latency.p95":  theory.RoundRobin{Arrival: 150, Service: 50, Servers: 4}.ResponseQuantile(0.95),
		}},
		{"dealt at random", fleet(150, "random"), law{
			"latency.mean": theory.MMC{Arrival: 37.5, Service: 50, Servers: 1}.MeanResponse(),
			"latency.p95":  theory.MMC{Arrival: 37.5, Service: 50, Servers: 1}.ResponseQuantile(0.95),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Empty(t, misses(t, c.text, c.law))
		})
	}
}

// What the tests above accept is worth something only if they reject what is
// wrong: here the scenario is another one than the formula's, by little.
func TestTheoryRejects(t *testing.T) {
	mm1 := ofMMC(theory.MMC{Arrival: 80, Service: 100, Servers: 1})
	for _, c := range []struct {
		name, text string
		law        law
	}{
		{"a station slower by 2 %", open(80, "exponential(10.2ms)", "servers = 1"), mm1},
		{"one more server", open(170, "exponential(20ms)", "servers = 5"), ofMMC(theory.MMC{Arrival: 170, Service: 50, Servers: 4})},
		{"another law of service", open(30, "lognormal(10ms, scv=1)", "servers = 1"), ofMMC(theory.MMC{Arrival: 30, Service: 100, Servers: 1})},
		{"less variable service", open(60, "hyperexponential(10ms, scv=3.5)", "servers = 1"), ofMG1(60, theory.HyperexponentialMoments(0.010, 4))},
		{"last in, first out", open(80, "exponential(10ms)", "servers = 1\ndiscipline = \"lifo\""), law{"latency.sd": mm1["latency.sd"]}},
		{"one waiting place less", open(90, "exponential(10ms)", "servers = 1\nqueue = 3"), ofMMCK(theory.MMCK{Arrival: 90, Service: 100, Servers: 1, Capacity: 5})},
		{"first in, first out for sharing", open(150, "hyperexponential(20ms, scv=4)", "servers = 4"), ofSharing(theory.MGCPS{Arrival: 150, Service: 50, Cores: 4})},
		{"one user less", closed(11, "exponential(1s)", "servers = 1"), ofRepair(theory.Repair{Users: 12, Think: 1, Service: 10, Servers: 1})},
		{"at random for in turn", fleet(150, "random"), law{"latency.mean": theory.RoundRobin{Arrival: 150, Service: 50, Servers: 4}.MeanResponse()}},
		{"in turn for at random", fleet(150, "round_robin"), law{"latency.mean": theory.MMC{Arrival: 37.5, Service: 50, Servers: 1}.MeanResponse()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NotEmpty(t, misses(t, c.text, c.law))
		})
	}
}

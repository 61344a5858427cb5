package server

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A system is a server under a Poisson stream of requests.
type system struct {
	name  string
	rate  float64                          // requests a second
	law   quantity.Span                    // of the demand
	build func(b *bench, w Wiring) *Server // the server, Up
}

// measures of a system in equilibrium, in seconds.
type measures struct {
	sojourn, number, wait, waitSD    float64
	delayed, blocked, abandoned, cpu float64 // shares
}

const (
	runs     = 20
	students = 3.8834 // 99.95 % quantile of Student's t with runs - 1 degrees of freedom
	second   = float64(engine.Second)
)

// measure runs a system until about so many requests have come, after a fifth as
// many that do not count.
func (y system) measure(t testing.TB, run int, requests float64) measures {
	b := newBench(t)
	stream := func(name string) random.Stream { return random.NewStream(7, run, name) }
	route := traffic.RouteSpec{Demand: map[string]quantity.Span{"web": y.law}}
	s := y.build(b, Wiring{
		Name: "web", Stream: stream,
		Demands: traffic.NewDemands("web", []traffic.RouteSpec{route}, stream),
	})
	f := newFlow(b.sim, s, engine.Time(second/y.rate), true)
	f.luck = stream("arrivals")
	whole := engine.Time(requests / y.rate * second)
	b.run(whole / 5)
	s.Cut()
	f.total, f.answers = 0, [traffic.Causes]uint64{}
	b.run(b.sim.Now() + whole)
	require.NoError(t, s.Audit())
	return f.measures(s.Cut())
}

func (f *flow) measures(t Tally) measures {
	answered := 0.0
	for _, n := range f.answers {
		answered += float64(n)
	}
	return measures{
		sojourn: f.total.Seconds() / float64(f.answers[traffic.OK]),
		number:  t.Number.Mean(),
		wait:    t.Waits.Mean() / second, waitSD: t.Waits.SD() / second,
		delayed:   float64(t.Delayed) / float64(t.Waits.Count()),
		blocked:   float64(f.answers[traffic.Blocked]) / answered,
		abandoned: float64(f.answers[traffic.Abandoned]) / answered,
		cpu:       t.Utilization(),
	}
}

// A claim is what theory says of a system.
type claim struct {
	what string
	pick func(measures) float64
	want float64
}

// An estimate is a mean over independent runs with its 99.9 % interval.
type estimate struct{ mean, half float64 }

func (e estimate) agrees(want float64) bool { return math.Abs(e.mean-want) <= e.half }

// estimates measures a system in independent runs.
func (y system) estimates(t testing.TB, claims ...claim) []estimate {
	sum, squares := make([]float64, len(claims)), make([]float64, len(claims))
	for run := range runs {
		m := y.measure(t, run, 20000)
		for i, c := range claims {
			v := c.pick(m)
			sum[i] += v
			squares[i] += float64(v * v)
		}
	}
	all := make([]estimate, len(claims))
	for i := range all {
		mean := sum[i] / runs
		all[i] = estimate{mean, students * math.Sqrt(max(0, squares[i]/runs-float64(mean*mean))/(runs-1))}
	}
	return all
}

// obeys tests that each claim lies inside the interval of its estimate, and that
// the interval is narrow enough to tell.
func (y system) obeys(t *testing.T, claims ...claim) {
	t.Run(y.name, func(t *testing.T) {
		for i, e := range y.estimates(t, claims...) {
			c := claims[i]
			require.True(t, e.agrees(c.want), "%s: theory says %g, %d runs say %g +- %g", c.what, c.want, runs, e.mean, e.half)
			require.Less(t, e.half, float64(0.15*c.want), "%s: too wide an interval", c.what)
		}
	})
}

var (
	sojourn   = func(m measures) float64 { return m.sojourn }
	number    = func(m measures) float64 { return m.number }
	wait      = func(m measures) float64 { return m.wait }
	waitSD    = func(m measures) float64 { return m.waitSD }
	delayed   = func(m measures) float64 { return m.delayed }
	blocked   = func(m measures) float64 { return m.blocked }
	abandoned = func(m measures) float64 { return m.abandoned }
	busyCPU   = func(m measures) float64 { return m.cpu }
)

// queueing builds a station.
func queueing(q Queueing) func(*bench, Wiring) *Server {
	return func(b *bench, w Wiring) *Server { return NewStation(b.sim, &StationSpec{q}, w) }
}

func machine(spec Spec, m Machine, load float64) func(*bench, Wiring) *Server {
	return func(b *bench, w Wiring) *Server {
		s := NewImage(b.sim, &spec, w).Launch(m, 0)
		s.SetState(Up)
		s.Impair(traffic.Impairment{Load: load})
		return s
	}
}

// law is a distribution of demands with a mean of 10 ms.
func law(d random.Distribution, err error) quantity.Span {
	if err != nil {
		panic(err)
	}
	return quantity.Span{Distribution: d}
}

const (
	mean10  = 10e6 // ns
	service = 0.01 // s
)

var (
	markovian = law(random.Exponential(mean10))
	laws      = map[string]quantity.Span{
		"constant":         law(random.Constant(mean10)),
		"hyperexponential": law(random.Hyperexponential(mean10, 4)),
		"lognormal":        law(random.Lognormal(mean10, 2)),
	}
)

// chain is the stationary law of a birth-death process on 0 to n.
func chain(n int, birth, death func(k int) float64) []float64 {
	p := make([]float64, n+1)
	p[0] = 1
	sum := 1.0
	for k := 1; k <= n; k++ {
		p[k] = p[k-1] * birth(k-1) / death(k)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// mmc is the law of the number in M/M/c with an offered load in erlangs, cut
// where it does not matter any more.
func mmc(c int, load float64) []float64 {
	return chain(2000, func(int) float64 { return load }, func(k int) float64 { return float64(min(k, c)) })
}

func meanOf(p []float64) (mean float64) {
	for k, v := range p {
		mean += float64(float64(k) * v)
	}
	return mean
}

func tail(p []float64, from int) (sum float64) {
	for _, v := range p[from:] {
		sum += v
	}
	return sum
}

// servers builds c servers under a load per server.
func servers(c int, rho float64) system {
	return system{
		name: "M/M/" + strconv.Itoa(c) + " at " + strconv.FormatFloat(rho, 'g', 2, 64),
		rate: float64(c) * rho / service, law: markovian, build: queueing(Queueing{Servers: &c}),
	}
}

func TestMMc(t *testing.T) {
	for _, c := range []int{1, 2, 16} {
		for _, rho := range []float64{0.3, 0.6, 0.8} {
			y, p := servers(c, rho), mmc(c, float64(c)*rho)
			claims := []claim{
				{"sojourn", sojourn, meanOf(p) / y.rate},
				{"number", number, meanOf(p)},
				{"utilization", busyCPU, rho},
			}
			if late := tail(p, c); late > 0.05 { // else too few are delayed to judge
				claims = append(claims, claim{"delayed", delayed, late}, claim{"wait", wait, meanOf(p)/y.rate - service})
			}
			y.obeys(t, claims...)
		}
	}
}

// A station that is wrong by a server, by 3 % of service time or by the order of
// service is told from a right one.
func TestWrongStationIsRejected(t *testing.T) {
	right := servers(2, 0.8)
	want := meanOf(mmc(2, 1.6)) / right.rate
	slower := right
	slower.law = law(random.Exponential(1.03 * mean10))
	larger := right
	larger.build = queueing(Queueing{Servers: pointer(3)})
	for _, y := range []system{slower, larger} {
		e := y.estimates(t, claim{pick: sojourn})[0]
		require.False(t, e.agrees(want), "%g is inside %g +- %g", want, e.mean, e.half)
	}
	one := servers(1, 0.8)
	one.build = queueing(Queueing{Discipline: "lifo"})
	e := one.estimates(t, claim{pick: waitSD})[0]
	require.False(t, e.agrees(math.Sqrt(0.8*1.2)*service/0.2), "last in, first out passes for first in, first out")
}

func TestMMcK(t *testing.T) {
	for _, rho := range []float64{0.8, 1.5} {
		c, queue := 2, 5
		y := servers(c, rho)
		y.name += "/7"
		y.build = queueing(Queueing{Servers: &c, Queue: &queue})
		p := chain(c+queue, func(int) float64 { return float64(c) * rho }, func(k int) float64 { return float64(min(k, c)) })
		y.obeys(t, claim{"blocked", blocked, p[c+queue]}, claim{"number", number, meanOf(p)})
	}
}

// Pollaczek and Khinchine.
func TestMG1(t *testing.T) {
	scv := map[string]float64{"constant": 0, "hyperexponential": 4, "lognormal": 2}
	for _, name := range []string{"constant", "hyperexponential", "lognormal"} {
		for _, rho := range []float64{0.3, 0.6} {
			y := servers(1, rho)
			y.name, y.law = name+" "+y.name, laws[name]
			y.obeys(t, claim{"wait", wait, rho / (1 - rho) * (1 + scv[name]) / 2 * service})
		}
	}
	// an nginx worker that serves its requests one by one
	y := servers(1, 0.6)
	spec := nginxSpec()
	spec.CPUSharing, spec.WorkerProcesses = "per_worker", 1
	y.name, y.law = "per_worker "+y.name, laws["constant"]
	y.build = machine(spec, Machine{VCPUs: 1}, 0)
	y.obeys(t, claim{"sojourn", sojourn, service + 0.6/0.4/2*service})
}

// First in, first out: the wait of M/M/1 is exponential if there is one. Last
// in, first out has the same mean, and the second moment is 1/(1 - rho) times as
// large (L. Takacs, 1963).
func TestOrderOfService(t *testing.T) {
	rho := 0.6
	mean := rho / (1 - rho) * service
	second := 2 * rho * service * service / (1 - rho) / (1 - rho)
	y := servers(1, rho)
	y.obeys(t, claim{"deviation of the wait", waitSD, math.Sqrt(second - mean*mean)})
	y.build = queueing(Queueing{Discipline: "lifo"})
	y.name += " lifo"
	y.obeys(t, claim{"wait", wait, mean}, claim{"deviation of the wait", waitSD, math.Sqrt(second/(1-rho) - mean*mean)})
}

// Erlang's loss formula does not depend on the service law.
func TestErlangB(t *testing.T) {
	c, none, load := 5, 0, 4.0
	b := 1.0
	for k := 1; k <= c; k++ {
		b = load * b / (float64(k) + load*b)
	}
	for _, name := range []string{"constant", "hyperexponential", "lognormal"} {
		y := servers(c, load/float64(c))
		y.name, y.law = "M/G/5/5 "+name, laws[name]
		y.build = queueing(Queueing{Servers: &c, Queue: &none})
		y.obeys(t, claim{"blocked", blocked, b})
	}
}

// With patience the number is a birth-death process: Erlang A.
func TestErlangA(t *testing.T) {
	c, rho, patience := 4, 1.1, 2*service
	y := servers(c, rho)
	y.name += " + M"
	y.build = queueing(Queueing{Servers: &c, Patience: law(random.Exponential(patience * second))})
	leaves := func(k int) float64 { return float64(max(k-c, 0)) / patience }
	p := chain(500, func(int) float64 { return y.rate }, func(k int) float64 { return float64(min(k, c))/service + leaves(k) })
	lost := 0.0
	for k, v := range p {
		lost += v * leaves(k)
	}
	y.obeys(t, claim{"abandoned", abandoned, lost / y.rate}, claim{"number", number, meanOf(p)})
}

// Under processor sharing over c vCPUs the number present does not depend on the
// service law: it is that of M/M/c (J. W. Cohen, "The multiple phase service
// network with generalized processor sharing", Acta Informatica 12, 1979).
func TestProcessorSharingIsInsensitive(t *testing.T) {
	for _, name := range []string{"constant", "hyperexponential", "lognormal"} {
		for _, c := range []int{1, 2, 4} {
			y := servers(c, 0.7)
			y.name, y.law = "PS "+name+" "+y.name, laws[name]
			want := meanOf(mmc(c, 0.7*float64(c))) / y.rate
			y.build = queueing(Queueing{Servers: &c, Discipline: "ps"})
			y.obeys(t, claim{"sojourn in a station", sojourn, want})
			if c == 2 {
				y.build = machine(nginxSpec(), Machine{VCPUs: c}, 0)
				y.obeys(t, claim{"sojourn in nginx", sojourn, want})
			}
		}
	}
}

// A pool with more threads than vCPUs is no textbook queue, but with exponential
// demands it serves like c servers whatever the order. With one thread it is
// one.
func TestPoolOfThreads(t *testing.T) {
	y := servers(2, 0.7)
	spec := poolSpec()
	for _, threads := range []int{2, 8} {
		spec.Threads = threads
		y.build = machine(spec, Machine{VCPUs: 2}, 0)
		y.name = strconv.Itoa(threads) + " threads"
		y.obeys(t, claim{"sojourn", sojourn, meanOf(mmc(2, 1.4)) / y.rate})
	}
}

// K always-runnable threads are K permanent customers of M/G/1-PS: the number of
// requests is negative binomial with the mean (K + 1) rho/(1 - rho). A vCPU of
// twice the speed halves demands.
func TestProcessorSharingWithALoad(t *testing.T) {
	for _, name := range []string{"constant", "hyperexponential"} {
		for _, k := range []float64{1, 2, 0.5} {
			y := servers(1, 0.5)
			y.name, y.law = name+" with a load of "+strconv.FormatFloat(k, 'g', 2, 64), laws[name]
			want := (k + 1) * service / (1 - 0.5)
			if k == 0.5 { // alone in the system a request has a vCPU at 1/(1 + load), and so on
				p := chain(500, func(int) float64 { return 0.5 }, func(n int) float64 { return float64(n) / (float64(n) + k) })
				want = meanOf(p) / y.rate
			}
			y.build = machine(nginxSpec(), Machine{VCPUs: 1}, k)
			y.obeys(t, claim{"sojourn", sojourn, want})
		}
	}
	y := servers(1, 0.8)
	y.build = machine(nginxSpec(), Machine{VCPUs: 1, Speed: 2}, 0)
	y.name += " at twice the speed"
	y.obeys(t, claim{"sojourn", sojourn, service / 2 / (1 - 0.4)}, claim{"utilization", busyCPU, 0.4})
}

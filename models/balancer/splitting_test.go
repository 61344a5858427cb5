package balancer_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// queue is a single server, first come first served, with exponential service.
type queue struct {
	serve *engine.Routine[*traffic.Attempt]
	now   func() engine.Time
	free  engine.Time // when the server comes free
	mean  float64     // seconds
	luck  random.Stream
	conn  traffic.Conn
}

func newQueue(sim *engine.Sim, mean float64) *queue {
	q := &queue{now: sim.Now, mean: mean, luck: stream("service")}
	q.serve = engine.NewRoutine(sim, "serve", engine.Release, func(a *traffic.Attempt) { a.Reply(traffic.OK) })
	q.conn.Open()
	return q
}

func (q *queue) Receive(a *traffic.Attempt) {
	a.Link.Conn = q.conn.Open()
	if a.Probe {
		a.Reply(traffic.OK)
		return
	}
	work := -q.mean * math.Log(q.luck.Uniform(a.Session, 0))
	q.free = max(q.free, q.now()) + engine.Time(work*1e9)
	q.serve.At(q.free, a)
}

func (q *queue) Withdraw(*traffic.Attempt, int32) {}

// farm sends a Poisson stream through a balancer to equal queues and measures
// response times.
type farm struct {
	sim     *engine.Sim
	arrive  *engine.Routine[struct{}]
	lb      *balancer.Balancer
	pool    traffic.Pool
	luck    random.Stream
	gap     float64 // mean, seconds
	sent    uint64
	started []engine.Time
	freed   []int32
	sums    []float64 // of response times by batch
	batch   int
	done    int
}

// newFarm has n queues with a mean service time of 1 s at the utilisation rho.
func newFarm(algorithm string, n int, rho float64) *farm {
	f := &farm{sim: engine.New(engine.Limits{}), luck: stream("arrivals"), gap: 1 / (rho * float64(n))}
	s := spec("application")
	s.Algorithm, s.IdleTimeout = algorithm, seconds(4000)
	f.lb = balancer.New(f.sim, s, balancer.Config{Name: "lb", Stream: stream})
	for id := range n {
		f.lb.AddTarget(balancer.Target{ID: id, Receiver: newQueue(f.sim, 1), Healthy: true})
	}
	f.arrive = engine.NewRoutine(f.sim, "arrive", engine.Seize, f.onArrive)
	f.arrive.After(0, struct{}{})
	return f
}

func (f *farm) onArrive(struct{}) {
	f.arrive.After(engine.Time(-f.gap*math.Log(f.luck.Uniform(f.sent, 0))*1e9), struct{}{})
	tag := int32(len(f.started))
	if last := len(f.freed) - 1; last >= 0 {
		tag, f.freed = f.freed[last], f.freed[:last]
	} else {
		f.started = append(f.started, 0)
	}
	f.started[tag] = f.sim.Now()
	a := f.pool.Get()
	a.Session = f.sent
	f.sent++
	a.Call(f.lb, f, tag)
}

func (f *farm) Moved(*traffic.Attempt, int32) {}

func (f *farm) Answered(a *traffic.Attempt, tag int32, _ traffic.Cause) {
	if f.batch > 0 {
		if f.done%f.batch == 0 {
			f.sums = append(f.sums, 0)
		}
		f.sums[len(f.sums)-1] += (f.sim.Now() - f.started[tag]).Seconds()
		f.done++
	}
	f.freed = append(f.freed, tag)
	a.Release()
}

// meanResponse is the mean response time with the half width of its 99.9 %
// interval, from 40 batches.
func (f *farm) meanResponse(t *testing.T, batch int) (mean, half float64) {
	require.NoError(t, f.sim.Run(2000*engine.Second)) // the transient
	f.batch = batch
	for len(f.sums) <= 40 {
		require.NoError(t, f.sim.Run(f.sim.Now()+100*engine.Second))
	}
	var square float64
	for _, sum := range f.sums[:40] {
		mean += sum / float64(batch) / 40
	}
	for _, sum := range f.sums[:40] {
		square += (sum/float64(batch) - mean) * (sum/float64(batch) - mean)
	}
	const t39 = 3.558 // Student's t, 39 degrees of freedom, 99.9 % two-sided
	return mean, t39 * math.Sqrt(square/39/40)
}

// erlangArrivals is the mean response time of E_n/M/1 with a mean service time
// of 1: 1 / (1 - sigma), where sigma in (0, 1) is the root of
// sigma = (n rho / (n rho + 1 - sigma))^n, the transform of the time between
// arrivals at 1 - sigma (Kleinrock, Queueing Systems I, 6.4).
func erlangArrivals(n int, rho float64) float64 {
	sigma := rho
	for range 10000 {
		rate := float64(n) * rho
		sigma = math.Pow(rate/(rate+1-sigma), float64(n))
	}
	return 1 / (1 - sigma)
}

// A Poisson stream split at random stays Poisson: each of the queues is M/M/1.
// Split in turns, the time between arrivals at a queue is Erlang-n: E_n/M/1.
func TestSplittingAPoissonStream(t *testing.T) {
	const n, rho = 4, 0.7
	mm1, em1 := 1/(1-rho), erlangArrivals(n, rho)
	random, randomHalf := newFarm("random", n, rho).meanResponse(t, 8000)
	turns, turnsHalf := newFarm("round_robin", n, rho).meanResponse(t, 8000)
	require.InDelta(t, mm1, random, randomHalf, "random: M/M/1")
	require.InDelta(t, em1, turns, turnsHalf, "round robin: E_4/M/1")
	// Intervals so wide that they could not tell the two apart would prove
	// nothing.
	require.Greater(t, math.Abs(mm1-turns), turnsHalf)
	require.Greater(t, math.Abs(em1-random), randomHalf)
}

// Knowing the queues helps, knowing two of them nearly as much (Mitzenmacher,
// The power of two choices in randomized load balancing, 2001): the response
// times are in this order, beyond chance.
func TestAlgorithmsInOrderOfMerit(t *testing.T) {
	const n, rho = 8, 0.85
	best, worst := 0.0, 0.0 // bounds of the algorithm before
	for _, algorithm := range []string{"least_outstanding_requests", "power_of_two", "round_robin", "random"} {
		mean, half := newFarm(algorithm, n, rho).meanResponse(t, 8000)
		require.Greater(t, mean-half, worst, algorithm)
		best, worst = mean-half, mean+half
		require.Greater(t, best, 1.0, "no response is shorter than its service, on average")
	}
}

package backend

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// functionSpec is a function with one vCPU that is made in 350 ms.
func functionSpec() FunctionSpec {
	return FunctionSpec{
		Memory: memoryOfVCPU, Parallelism: 1, Concurrency: 1000, Scaling: quantity.Quota{Count: 1000, Per: span(10 * engine.Second)},
		ColdStart: constant(350 * ms), IdleTimeout: span(10 * engine.Minute), Timeout: span(900 * engine.Second),
	}
}

func (r *rig) function(spec FunctionSpec, demand engine.Time) *Function {
	return NewFunction(r.sim, &spec, wiring(constant(demand), stream))
}

// spec 7 [L-COLD]: a request that needs a new environment waits until it is
// made; the next one finds it.
func TestColdStart(t *testing.T) {
	r := newRig(t)
	f := r.function(functionSpec(), 400*ms)
	r.send(f, traffic.ConnRef{})
	r.run(2 * engine.Second)
	require.Equal(t, 750*ms, r.visits[0].at)
	r.send(f, traffic.ConnRef{})
	r.send(f, traffic.ConnRef{})
	r.run(4 * engine.Second)
	require.Equal(t, 2400*ms, r.visits[1].at, "the environment is there")
	require.Equal(t, 2750*ms, r.visits[2].at, "one request at a time in an environment")
	c := f.Cut()
	require.EqualValues(t, 2, c.Cold)
	require.EqualValues(t, 2, c.Environments.Max)
	require.EqualValues(t, 3, c.Completed)
	require.Equal(t, (750+400+750)*ms, c.Billed, "making an environment is billed")
	require.NoError(t, f.Audit())
}

// An environment unused for the idle timeout is gone; the one used last is used
// first, so that the others can go.
func TestIdleEnvironmentsGo(t *testing.T) {
	r := newRig(t)
	f := r.function(functionSpec(), 400*ms)
	r.sendMany(3, f)
	for minute := engine.Time(1); minute <= 9; minute++ {
		r.run(minute * engine.Minute)
		r.send(f, traffic.ConnRef{})
	}
	require.EqualValues(t, 3, f.Cut().Cold)
	r.run(11 * engine.Minute)
	require.Equal(t, 1, f.made, "two of the three have been idle for 10 min")
	r.run(18 * engine.Minute)
	r.send(f, traffic.ConnRef{})
	r.run(19 * engine.Minute)
	require.Zero(t, f.Cut().Cold)
	r.run(29 * engine.Minute)
	require.Zero(t, f.made)
	require.NoError(t, f.Audit())
}

// spec 7 [L-LIM]: 1769 MB come with one vCPU, in proportion; one thread cannot
// use more than one.
func TestSpeedIsInProportionToMemory(t *testing.T) {
	for _, at := range []struct {
		memory      quantity.Size
		parallelism int
		speed       float64
	}{
		{memoryOfVCPU, 1, 1}, {memoryOfVCPU / 4, 1, 0.25}, {2 * memoryOfVCPU, 1, 1}, {2 * memoryOfVCPU, 4, 2}, {memoryOfVCPU / 2, 6, 0.5},
	} {
		spec := functionSpec()
		spec.Memory, spec.Parallelism = at.memory, at.parallelism
		require.InDelta(t, at.speed, spec.Speed(), 1e-6)
		r := newRig(t)
		r.send(r.function(spec, 400*ms), traffic.ConnRef{})
		r.run(engine.Minute)
		require.InDelta(t, 0.35+0.4/at.speed, r.visits[0].at.Seconds(), 1e-6)
	}
}

// spec 7 [L-LIM, L-SCALE]: beyond the concurrency requests are throttled.
func TestConcurrencyLimit(t *testing.T) {
	spec := functionSpec()
	spec.Concurrency = 3
	r := newRig(t)
	f := r.function(spec, 400*ms)
	r.sendMany(5, f)
	require.Equal(t, [traffic.Causes]int{traffic.Status429: 2}, r.counts())
	r.run(engine.Second)
	r.sendMany(5, f)
	r.run(2 * engine.Second)
	require.Equal(t, [traffic.Causes]int{traffic.OK: 6, traffic.Status429: 4}, r.counts())
	require.EqualValues(t, 4, f.Cut().Throttled)
	require.NoError(t, f.Audit())
}

// spec 7 [L-SCALE]: 1,000 new environments every 10 s, refilled continuously and
// not saved up; environments that are there do not count.
func TestScalingRate(t *testing.T) {
	spec := functionSpec()
	spec.Concurrency = 10_000
	r := newRig(t)
	f := r.function(spec, 60*engine.Second)
	made := func(at engine.Time) int {
		r.run(at)
		before := f.made
		r.sendMany(2500, f)
		return f.made - before
	}
	r.run(engine.Minute)
	require.Equal(t, 1000, made(engine.Minute), "nothing is saved up")
	require.Zero(t, made(engine.Minute))
	require.Equal(t, 100, made(engine.Minute+engine.Second), "100 a second")
	require.Equal(t, 1, made(engine.Minute+engine.Second+10*ms))
	require.Equal(t, 1000, made(engine.Minute+12*engine.Second))
	throttled := f.Cut().Throttled
	require.EqualValues(t, 5*2500-2101, throttled)
	r.run(5 * engine.Minute)
	r.sendMany(3101, f) // 2101 are there
	require.EqualValues(t, 0, f.Cut().Throttled)
	require.NoError(t, f.Audit())
}

// spec 7 [L-SCALE]: or 10,000 requests a second every 10 s: a request that takes
// less than 100 ms counts for 100 ms.
func TestScalingRateOfShortRequests(t *testing.T) {
	spec := functionSpec()
	spec.Concurrency, spec.ColdStart = 5000, constant(0)
	r := newRig(t)
	f := r.function(spec, 5*ms)
	second := func() (served int) {
		before := r.counts()[traffic.OK]
		for end := r.sim.Now() + engine.Second; r.sim.Now() < end; {
			r.sendMany(6000, f) // 60,000 a second
			r.run(r.sim.Now() + 100*ms)
		}
		return r.counts()[traffic.OK] - before
	}
	require.InDelta(t, 10_000, second(), 1000, "10,000 more a second at once")
	for range 9 {
		second()
	}
	require.InDelta(t, 20_000, second(), 1000, "10,000 more after 10 s")
	for range 40 {
		second()
	}
	require.Equal(t, 50_000, second(), "10 a second for each unit of concurrency")
}

// spec 7 [L-SCALE]: 10 requests a second for each unit of concurrency, however long
// they take below 100 ms.
func TestShortRequestsCountForATenthOfASecond(t *testing.T) {
	for _, work := range []engine.Time{ms, 60 * ms, 99 * ms, 100 * ms} {
		spec := functionSpec()
		spec.Concurrency, spec.ColdStart = 20, constant(0)
		r := newRig(t)
		f := r.function(spec, work)
		for range 1000 {
			r.sendMany(20, f)
			r.run(r.sim.Now() + 10*ms)
		}
		r.run(r.sim.Now() + 100*ms)
		require.InDelta(t, 10*200, r.counts()[traffic.OK], 20, work.String())
		require.NoError(t, f.Audit())
	}
}

// Provisioned environments are never cold, and do not go.
func TestProvisionedEnvironments(t *testing.T) {
	spec := functionSpec()
	spec.Provisioned = 2
	r := newRig(t)
	f := r.function(spec, 400*ms)
	r.run(engine.Hour)
	r.sendMany(3, f)
	r.run(engine.Hour + engine.Second)
	require.Equal(t, engine.Hour+400*ms, r.visits[1].at)
	require.Equal(t, engine.Hour+750*ms, r.visits[2].at)
	require.EqualValues(t, 1, f.Cut().Cold)
	r.run(3 * engine.Hour)
	require.Equal(t, 0, f.made)
	require.NoError(t, f.Audit())
}

// spec 7 [L-LIM], spec 2.11 [ALB-TS]: a request that takes too long fails, and an
// application balancer says 502 of one that is throttled or in error.
func TestFunctionFailures(t *testing.T) {
	spec := functionSpec()
	spec.Timeout, spec.Concurrency = span(3*engine.Second), 1
	r := newRig(t)
	f := r.function(spec, 4*engine.Second)
	r.send(f.Behind(), traffic.ConnRef{})
	r.send(f.Behind(), traffic.ConnRef{})
	require.Equal(t, traffic.Status502, r.visits[1].cause)
	r.run(10 * engine.Second)
	require.Equal(t, traffic.Status502, r.visits[0].cause)
	require.Equal(t, 3350*ms, r.visits[0].at)
	require.Zero(t, f.made, "the environment is gone")
	f.Impair(traffic.Impairment{Errors: 1})
	r.send(f.Behind(), traffic.ConnRef{})
	r.send(f, traffic.ConnRef{})
	require.Equal(t, traffic.Status502, r.visits[2].cause)
	require.Equal(t, traffic.Status500, r.visits[3].cause)
	require.NoError(t, f.Audit())
}

// Billing is by the millisecond [L-PRICE], whoever still waits.
func TestFunctionBill(t *testing.T) {
	spec := functionSpec()
	r := newRig(t)
	f := r.function(spec, 400*ms+1)
	r.sendMany(3, f)
	r.run(100 * ms)
	r.leave(0, true)
	r.leave(1, false)
	r.run(engine.Second)
	c := f.Cut()
	require.Equal(t, (100+751+751)*ms, c.Billed)
	require.EqualValues(t, 1, c.Withdrawn)
	require.EqualValues(t, 2, c.Completed)
	require.NoError(t, f.Audit())
	require.Zero(t, r.pool.Out())
}

func TestImpairedFunction(t *testing.T) {
	r := newRig(t)
	f := r.function(functionSpec(), 400*ms)
	r.sendMany(2, f)
	r.run(500 * ms)
	f.Impair(traffic.Impairment{Hung: true})
	r.send(f, traffic.ConnRef{})
	r.run(10 * engine.Second)
	require.Equal(t, [traffic.Causes]int{}, r.counts())
	f.Impair(traffic.Impairment{})
	r.run(20 * engine.Second)
	require.Equal(t, 10*engine.Second+250*ms, r.visits[0].at, "it goes on where it was")
	require.Equal(t, 10*engine.Second+750*ms, r.visits[2].at)

	f.Impair(traffic.Impairment{Slowdown: 3, Latency: 50 * ms})
	i := r.send(f, traffic.ConnRef{})
	r.run(30 * engine.Second)
	require.Equal(t, 20*engine.Second+1250*ms, r.visits[i].at)

	f.Impair(traffic.Impairment{Errors: 0.25})
	before := r.counts()
	r.sendMany(1000, f)
	require.InDelta(t, 250, r.counts()[traffic.Status500]-before[traffic.Status500], 3.3*math.Sqrt(1000*0.25*0.75))

	before = r.counts()
	f.Impair(traffic.Impairment{Refusing: true})
	after := r.counts()
	require.Equal(t, 1000-after[traffic.Status500], after[traffic.Reset]-before[traffic.Reset], "what was in progress is reset")
	r.send(f, traffic.ConnRef{})
	require.Equal(t, 1, r.counts()[traffic.Refused])
	require.Zero(t, f.made)
	f.Impair(traffic.Impairment{})
	r.run(engine.Minute)
	i = r.send(f, traffic.ConnRef{})
	r.run(2 * engine.Minute)
	require.Equal(t, engine.Minute+750*ms, r.visits[i].at, "all environments were lost")
	require.NoError(t, f.Audit())
	require.Zero(t, r.pool.Out())
}

const (
	repeats  = 20
	students = 3.8834 // 99.95 % quantile of Student's t with 19 degrees of freedom
)

// estimate is the mean of what independent repeats give, with half the width of
// its 99.9 % interval.
func estimate(measure func(run int) float64) (mean, half float64) {
	var values [repeats]float64
	for i := range values {
		values[i] = measure(i)
		mean += values[i] / repeats
	}
	var square float64
	for _, v := range values {
		square += (v - mean) * (v - mean)
	}
	return mean, students * math.Sqrt(square/(repeats-1)/repeats)
}

// poisson sends requests at a rate per second for some time.
func (r *rig) poisson(rate float64, luck random.Stream, to traffic.Receiver) {
	var next *engine.Routine[uint64]
	next = engine.NewRoutine(r.sim, "arrive", engine.Seize, func(n uint64) {
		gap := -math.Log(1-luck.Uniform(n, 0)) / rate
		next.After(engine.Time(gap*1e9), n+1)
		if n > 0 {
			r.send(to, traffic.ConnRef{})
		}
	})
	next.After(0, 0)
}

// erlangB is the loss probability of M/G/c/c at an offered load.
func erlangB(servers int, load float64) float64 {
	b := 1.0
	for k := 1; k <= servers; k++ {
		b = load * b / (float64(k) + load*b)
	}
	return b
}

// Theory: with reserved concurrency c and warm environments a function is a loss
// system, M/G/c/c, whatever the distribution of the work: Erlang's B.
func TestConcurrencyIsALossSystem(t *testing.T) {
	for _, law := range []string{"constant(200ms)", "uniform(100ms, 300ms)"} {
		for _, load := range []float64{2, 6, 10} {
			lost := func(run int) float64 {
				r := newRig(t)
				spec := functionSpec()
				spec.Concurrency, spec.Provisioned = 6, 6
				luck := func(name string) random.Stream { return random.NewStream(3, run, name) }
				f := NewFunction(r.sim, &spec, wiring(parse(t, law), luck))
				r.poisson(load/0.2, luck("arrivals"), f)
				r.run(20 * engine.Second)
				f.Cut()
				r.run(220 * engine.Second)
				c := f.Cut()
				return float64(c.Throttled) / float64(c.Received)
			}
			mean, half := estimate(lost)
			require.InDelta(t, erlangB(6, load), mean, half, "%s at %g erlangs", law, load)
			require.Greater(t, math.Abs(mean-erlangB(7, load)), half, "one environment more would show")
		}
	}
}

// Theory: with work of no length and Poisson arrivals a request is cold when none
// came within the idle timeout T before it: with probability exp(-rate T).
func TestShareOfColdStarts(t *testing.T) {
	for _, rate := range []float64{0.5, 1, 2} {
		cold := func(run int) float64 {
			r := newRig(t)
			spec := functionSpec()
			spec.IdleTimeout, spec.ColdStart = span(engine.Second), constant(0)
			luck := func(name string) random.Stream { return random.NewStream(4, run, name) }
			f := NewFunction(r.sim, &spec, wiring(constant(0), luck))
			r.poisson(rate, luck("arrivals"), f)
			r.run(2000 * engine.Second)
			c := f.Cut()
			return float64(c.Cold) / float64(c.Received)
		}
		mean, half := estimate(cold)
		require.InDelta(t, math.Exp(-rate), mean, half)
		require.Less(t, half, 0.02)
	}
}

func TestFunctionAllocatesNothing(t *testing.T) {
	r := newRig(t)
	f := r.function(functionSpec(), 150*ms)
	var next *engine.Routine[struct{}]
	pool := &traffic.Pool{}
	next = engine.NewRoutine(r.sim, "arrive", engine.Seize, func(struct{}) {
		next.After(10*ms, struct{}{})
		pool.Get().Call(f, pool, 0)
	})
	next.After(0, struct{}{})
	r.run(engine.Minute)
	f.Cut()
	f.Cut()
	require.Zero(t, testing.AllocsPerRun(10, func() {
		r.run(r.sim.Now() + 10*engine.Second)
		f.Cut()
	}))
}

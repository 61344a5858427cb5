package backend

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// FunctionSpec is a function in the manner of AWS Lambda: [services.NAME] with
// kind = "function".
type FunctionSpec struct {
	Memory       quantity.Size     `toml:"memory" default:"128MiB" range:"128MiB..10240MiB" doc:"Memory of an environment. 1769MiB come with one vCPU, less or more with as much less or more of one." source:"L-LIM (the default: the console's)"`
	Architecture string            `toml:"architecture" default:"x86_64" oneof:"x86_64 arm64" doc:"Processors, which decide about the price of memory and time: arm64 costs a fifth less. They work equally fast." source:"L-PRICE"`
	Parallelism  int               `toml:"parallelism" default:"1" range:"1..6" doc:"Threads over which the work of a request can be spread: it uses no more vCPUs than this, however much memory there is." source:"DERIVED: a demand is CPU time of one thread"`
	Concurrency  int               `toml:"concurrency" default:"1000" range:"1..1000000" doc:"Requests in progress at which further ones are throttled (429): the account's quota, or what is reserved for the function. One that takes less than 100ms counts for 100ms, which limits requests to 10 a second for each unit." source:"L-LIM"`
	Scaling      quantity.Quota    `toml:"scaling" default:"1000 per 10s" doc:"New environments that can be made in a time, at most; beyond it requests are throttled (429). Refilled continuously; what is not used is not saved up." source:"L-SCALE"`
	ColdStart    quantity.Span     `toml:"cold_start" default:"lognormal(300ms, p95=700ms)" doc:"Time to make an environment, for the request that needs it." source:"UNSOURCED: Python and Node.js typically take 200 to 400 ms, Java and C# 500 to 2000 ms (L-COLD, secondary)"`
	IdleTimeout  quantity.Duration `toml:"idle_timeout" default:"10m" range:"1s.." doc:"Time after which an environment that has not been used is gone." source:"UNSOURCED: AWS does not say; some minutes are observed"`
	Provisioned  int               `toml:"provisioned" default:"0" range:"0..1000000" doc:"Environments that are always there, and never cold." source:"DERIVED: none unless asked for"`
	Timeout      quantity.Duration `toml:"timeout" default:"900s" range:"1s..900s" doc:"Longest time for a request in its environment; then it fails with 502, and the environment is gone." source:"L-LIM: the most there is (the console begins with 3 s)"`
}

// Check reports what the fields' own ranges cannot say.
func (s *FunctionSpec) Check(report quantity.Report) {
	if s.Provisioned > s.Concurrency {
		report("provisioned", "must not exceed concurrency (provisioned %d, concurrency %d)", s.Provisioned, s.Concurrency)
	}
}

// Figures that the sources fix, without a key of their own.
const (
	// memoryOfVCPU is the memory with which one vCPU comes [L-LIM].
	memoryOfVCPU = 1769 << 20
	// LeastCounted is what a request counts for at least in the quotas: they allow 10
	// requests a second for each unit of concurrency [L-SCALE]. That AWS counts in
	// this way is INFERRED.
	LeastCounted = 100 * engine.Millisecond
	// billedUnit is what times are rounded up to for the bill [L-PRICE].
	billedUnit = engine.Millisecond
)

// Speed is how many times as fast as one vCPU an environment works.
func (s *FunctionSpec) Speed() float64 {
	return min(float64(s.Memory)/memoryOfVCPU, float64(s.Parallelism))
}

// A Function works on each request in an environment of its own.
type Function struct {
	sim       *engine.Sim
	spec      *FunctionSpec
	speed     float64
	demands   *traffic.Demands
	coldLuck  random.Stream
	errorLuck random.Stream
	allowance allowance

	runs  traffic.Slots[run]
	idle  *idlePool[struct{}]
	spare int // provisioned environments that are free
	made  int // environments that were made on demand, and are there
	units int // of concurrency in use: runs, and short ones that are over
	scale int // units up to which the function has scaled, with what is provisioned

	impaired traffic.Impairment
	drawn    uint64 // chances to fail so far
	ended    *engine.Routine[int32]
	brief    *engine.Routine[struct{}] // a short run no longer counts

	waits               tally.Recorder
	inUse, environments tally.Level
	cut                 engine.Time // the last
	FunctionTally
	past books
}

// A run is a request in its environment.
type run struct {
	attempt     *traffic.Attempt
	began       engine.Time
	cause       traffic.Cause
	provisioned bool
	span        engine.Time // of its work, in its environment
	due         engine.Time // the answer; while the function hangs, how long it would yet take
	notice      engine.Notice
}

// Wiring is what a backend needs to know of the rest of the site.
type Wiring struct {
	Name    string           // of the service; names streams and routines
	Demands *traffic.Demands // at this place
	Stream  func(name string) random.Stream
}

// NewFunction makes a function, from a checked Spec. Only what is provisioned is
// there at time zero.
func NewFunction(sim *engine.Sim, spec *FunctionSpec, w Wiring) *Function {
	f := &Function{
		sim: sim, spec: spec, speed: spec.Speed(), demands: w.Demands,
		coldLuck: w.Stream("cold/" + w.Name), errorLuck: w.Stream("errors/" + w.Name),
		allowance: newAllowance(spec.Scaling), spare: spec.Provisioned, scale: spec.Provisioned,
	}
	f.idle = newIdlePool(sim, w.Name+": environment idle", spec.IdleTimeout.Time(), f.expire)
	f.ended = engine.NewRoutine(sim, w.Name+": request done", engine.Release, f.onEnded)
	f.brief = engine.NewRoutine(sim, w.Name+": short request", engine.Release, func(struct{}) { f.units-- })
	return f
}

// expire is told of an environment that has been idle for too long. The function
// has scaled down by then.
func (f *Function) expire(struct{}) {
	f.made--
	f.environments.Down(f.sim.Now())
	f.scale = max(f.units, f.made+f.spec.Provisioned)
}

// Receive implements traffic.Receiver.
func (f *Function) Receive(a *traffic.Attempt) { f.receive(a, traffic.Status429, traffic.Status500) }

// receive starts a request, unless it fails or the quotas forbid it: then it is
// throttled. The causes are what the caller is told of these two.
func (f *Function) receive(a *traffic.Attempt, throttled, failed traffic.Cause) {
	f.came(a)
	switch {
	case f.impaired.Down():
		f.refuse(a, traffic.Refused)
		return
	case f.impaired.Errors > 0 && f.errs():
		f.refuse(a, failed)
		return
	case f.units >= f.spec.Concurrency || f.units >= f.scale && !f.allowance.take(f.sim.Now()):
		f.Throttled++
		f.refuse(a, throttled)
		return
	}
	f.units++
	f.scale = max(f.scale, f.units)
	f.start(a)
}

// errs tells whether a request fails by chance, each time anew: a retry may fare
// better.
func (f *Function) errs() bool {
	f.drawn++
	return f.errorLuck.Uniform(f.drawn, 0) < f.impaired.Errors
}

func (f *Function) refuse(a *traffic.Attempt, cause traffic.Cause) {
	f.answered(cause)
	a.Reply(cause)
}

// start runs a request in an environment: provisioned, used before, or new.
func (f *Function) start(a *traffic.Attempt) {
	slot := f.runs.Take(run{attempt: a, began: f.sim.Now()})
	a.Hold(slot)
	r := f.runs.At(slot)
	f.inUse.Up(r.began)
	took, cold := f.environment(r)
	f.waits.Add(int64(took))
	if cold {
		f.Cold++
		a.Note(traffic.Starting)
		a.NoteAfter(took, traffic.Service)
	}
	work := float64(float64(f.demands.Work(a)) / f.speed * f.impaired.Factor())
	span := f.impaired.Latency + engine.Time(work+0.5) + f.demands.Wait(a)
	if limit := f.spec.Timeout.Time(); span > limit {
		span, r.cause = limit, traffic.Status502
	}
	r.span, r.due = span, took+span
	if f.impaired.Hung {
		a.Note(traffic.Stalled)
		return
	}
	f.await(slot)
}

// await schedules the answer of a run that has yet its due to go.
func (f *Function) await(slot int32) {
	r := f.runs.At(slot)
	r.due += f.sim.Now()
	r.notice = f.ended.At(r.due, slot)
}

// environment finds one for a run, and how long it takes to be there.
func (f *Function) environment(r *run) (took engine.Time, cold bool) {
	if f.spare > 0 {
		f.spare--
		r.provisioned = true
		return 0, false
	}
	if _, warm := f.idle.take(); warm {
		return 0, false
	}
	f.made++
	f.environments.Up(r.began)
	return f.spec.ColdStart.Draw(f.coldLuck.Uniform(r.attempt.Luck())), true
}

func (f *Function) onEnded(slot int32) {
	r := f.finish(slot)
	f.answered(r.cause)
	r.attempt.Reply(r.cause)
}

// finish ends a run, and returns it. It bills it, and frees its environment, which
// is gone where the run was not well.
func (f *Function) finish(slot int32) run {
	r := f.runs.Free(slot)
	now := f.sim.Now()
	took := now - r.began
	f.Billed += (took + billedUnit - 1) / billedUnit * billedUnit
	f.inUse.Down(now)
	switch {
	case r.provisioned:
		f.spare++
	case r.cause == traffic.OK:
		f.idle.put(struct{}{})
	default:
		f.made--
		f.environments.Down(now)
	}
	if took < LeastCounted {
		f.brief.After(LeastCounted-took, struct{}{})
	} else {
		f.units--
	}
	return r
}

// Withdraw implements traffic.Receiver.
func (f *Function) Withdraw(_ *traffic.Attempt, slot int32) {
	f.sim.Cancel(f.runs.At(slot).notice)
	f.Withdrawn++
	f.finish(slot)
}

// Behind is the function as a target of an application balancer, which answers
// 502 where the function is throttled or fails [ALB-TS].
func (f *Function) Behind() traffic.Receiver { return behindBalancer{f} }

type behindBalancer struct{ *Function }

// Receive implements traffic.Receiver.
func (b behindBalancer) Receive(a *traffic.Attempt) {
	b.receive(a, traffic.Status502, traffic.Status502)
}

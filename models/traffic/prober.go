package traffic

import "github.com/headroom-sim/headroom/engine"

// A Prober sends health checks over and over, and tells what became of each.
// What the results mean is up to its owner. It is the caller of the probes.
type Prober struct {
	sim    *engine.Sim
	plan   Probing
	owner  Checker
	pool   Pool
	first  *engine.Routine[int32]
	tick   *engine.Lane[int32]
	late   *engine.Lane[int32] // a probe's answer has not come in time
	series []series            // by tag
}

// Probing says how checks are sent.
type Probing struct {
	Name              string // of whose checks they are, for the routines
	Interval, Timeout engine.Time
	// FromEnd: the interval begins when a check has ended, not when it was sent.
	// Without it the timeout must be shorter than the interval: a series has one
	// check under way at a time.
	FromEnd   bool
	Demand    engine.Time // CPU time that a check costs
	Handshake bool        // a check asks for a connection only
}

// A Checker is an owner of checks.
type Checker interface {
	// Endpoint is who is asked in the series of that tag; nil: nobody this time.
	Endpoint(tag int32) Receiver
	// Result brings the result of a check.
	Result(tag int32, cause Cause)
}

// series are the checks of one endpoint by one owner.
type series struct {
	probe      *Attempt // without an answer yet
	next, late engine.Notice
}

// NewProber makes a prober without checks.
func NewProber(sim *engine.Sim, plan Probing, owner Checker) *Prober {
	p := &Prober{sim: sim, plan: plan, owner: owner}
	p.first = engine.NewRoutine(sim, plan.Name+"/first-check", engine.Seize, p.onTick)
	p.tick = engine.NewLane(sim, plan.Name+"/check", engine.Seize, plan.Interval, p.onTick)
	p.late = engine.NewLane(sim, plan.Name+"/check-timeout", engine.Expire, plan.Timeout, p.onLate)
	return p
}

// Begin begins a series of checks after the delay. Tags are small numbers; that
// of a series that was stopped may be used again.
func (p *Prober) Begin(tag int32, delay engine.Time) {
	for int(tag) >= len(p.series) {
		p.series = append(p.series, series{})
	}
	p.series[tag].next = p.first.After(delay, tag)
}

// Stop ends a series, if it has begun; a probe under way is withdrawn.
func (p *Prober) Stop(tag int32) {
	if int(tag) >= len(p.series) {
		return
	}
	s := &p.series[tag]
	p.sim.Cancel(s.next)
	if s.probe != nil {
		p.sim.Cancel(s.late)
		s.withdraw()
	}
}

func (p *Prober) onTick(tag int32) {
	s := &p.series[tag]
	if !p.plan.FromEnd {
		s.next = p.tick.Start(tag)
	}
	to := p.owner.Endpoint(tag)
	if to == nil {
		if p.plan.FromEnd { // no check will end
			s.next = p.tick.Start(tag)
		}
		return
	}
	a := p.pool.Get()
	a.Probe, a.ProbeDemand, a.Handshake = true, p.plan.Demand, p.plan.Handshake
	s.probe, s.late = a, p.late.Start(tag)
	a.Call(to, p, tag)
}

// Answered takes the answer to a probe.
func (p *Prober) Answered(a *Attempt, tag int32, cause Cause) {
	s := &p.series[tag]
	p.sim.Cancel(s.late)
	s.probe = nil
	conn := a.Link.Conn
	a.Release()
	conn.Hangup()
	p.report(tag, cause)
}

// Moved implements Caller: somebody on the way has passed the probe on, and given
// up on whom it was passed to.
func (p *Prober) Moved(a *Attempt, tag int32) { p.series[tag].probe = a }

func (p *Prober) onLate(tag int32) {
	p.series[tag].withdraw()
	p.report(tag, Timeout)
}

func (s *series) withdraw() {
	a := s.probe
	s.probe = nil
	a.Withdraw(0)
	a.Release()
}

func (p *Prober) report(tag int32, cause Cause) {
	if p.plan.FromEnd {
		p.series[tag].next = p.tick.Start(tag)
	}
	p.owner.Result(tag, cause)
}

package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// DatabaseSpec is what callers of a database have: [services.NAME] with
// kind = "database".
type DatabaseSpec struct {
	Pool        *int              `toml:"pool" range:"1..1000000" doc:"Connections that each caller, such as an instance, has at most: further calls wait there for one. Left out: one for each call."`
	PoolTimeout quantity.Duration `toml:"pool_timeout" default:"30s" range:"1ms.." doc:"Longest wait for a connection of the caller's pool; then the call fails." source:"HikariCP: connectionTimeout"`
}

// Pools are the connection pools that the callers of a place have, one each. A
// call holds a connection until it is answered; further ones wait in line, first
// in, first out, and fail when that takes too long (Abandoned).
type Pools struct {
	sim   *engine.Sim
	place traffic.Receiver
	size  int
	of    map[traffic.Caller]*callerPool // those with calls

	calls    []*pooledCall // by slot
	free     []*pooledCall
	spare    []*callerPool
	overdue  *engine.Lane[*pooledCall]
	number   tally.Level
	waits    tally.Recorder
	received uint64 // up to the last cut
	ended    uint64
	PoolsTally
}

// A callerPool is one caller's.
type callerPool struct {
	caller      traffic.Caller
	busy        int // connections
	first, last *pooledCall
	passing     bool // leave is handing over
}

// A pooledCall is a call that waits for a connection or holds one.
type pooledCall struct {
	slot           int32
	attempt        *traffic.Attempt
	pool           *callerPool
	waiting        bool
	since          engine.Time
	notice         engine.Notice
	previous, next *pooledCall
}

// A PoolsTally is what happened in some time.
type PoolsTally struct {
	Received  uint64           // calls
	Abandoned uint64           // calls that got no connection in time
	Withdrawn uint64           // calls that were taken back while they waited, or for which nobody waited any more
	Number    tally.LevelTally // calls that wait or hold a connection
	// Waits are those for a connection, in nanoseconds, of the calls that got one
	// or gave up. A Cut's histogram is valid until the next Cut.
	Waits   *tally.Histogram
	Delayed uint64 // of these, which had to wait
}

// NewPools makes pools of a checked Spec, which has a Pool, before a place.
func NewPools(sim *engine.Sim, name string, spec *DatabaseSpec, place traffic.Receiver) *Pools {
	p := &Pools{sim: sim, place: place, size: *spec.Pool, of: make(map[traffic.Caller]*callerPool)}
	p.overdue = engine.NewLane(sim, name+": no connection in time", engine.Expire, spec.PoolTimeout.Time(), p.giveUp)
	return p
}

// Receive implements traffic.Receiver. Health checks need no connection of a
// pool.
func (p *Pools) Receive(a *traffic.Attempt) {
	if a.Probe {
		a.Forward(p.place)
		return
	}
	c := p.hold(a)
	if c.pool.first == nil && c.pool.busy < p.size {
		p.waits.Add(0)
		p.connect(c)
		return
	}
	c.waiting, c.since = true, p.sim.Now()
	a.Note(traffic.Pooling)
	c.notice = p.overdue.Start(c)
	c.pool.push(c)
}

// hold makes a record of a call.
func (p *Pools) hold(a *traffic.Attempt) *pooledCall {
	last := len(p.free) - 1
	if last < 0 {
		p.free = append(p.free, &pooledCall{slot: int32(len(p.calls))})
		p.calls = append(p.calls, p.free[0])
		last = 0
	}
	c := p.free[last]
	p.free = p.free[:last]
	*c = pooledCall{slot: c.slot, attempt: a, pool: p.poolOf(a.From())}
	a.Hold(c.slot)
	p.Received++
	p.number.Up(p.sim.Now())
	return c
}

func (p *Pools) poolOf(caller traffic.Caller) *callerPool {
	pool := p.of[caller]
	if pool == nil {
		if last := len(p.spare) - 1; last >= 0 {
			pool, p.spare = p.spare[last], p.spare[:last]
		} else {
			pool = &callerPool{}
		}
		pool.caller = caller
		p.of[caller] = pool
	}
	return pool
}

// release forgets a call.
func (p *Pools) release(c *pooledCall) {
	p.ended++
	p.number.Down(p.sim.Now())
	c.attempt, c.pool = nil, nil
	p.free = append(p.free, c)
}

// retire forgets a pool without calls.
func (p *Pools) retire(pool *callerPool) {
	if pool.busy == 0 && pool.first == nil && !pool.passing {
		delete(p.of, pool.caller)
		pool.caller = nil
		p.spare = append(p.spare, pool)
	}
}

// connect gives a connection to a call.
func (p *Pools) connect(c *pooledCall) {
	c.pool.busy++
	c.attempt.Call(p.place, p, c.slot)
}

// Answered implements traffic.Caller.
func (p *Pools) Answered(a *traffic.Attempt, slot int32, cause traffic.Cause) {
	p.leave(p.calls[slot])
	a.Reply(cause)
}

// Moved implements traffic.Caller.
func (p *Pools) Moved(a *traffic.Attempt, slot int32) { p.calls[slot].attempt = a }

// Withdraw implements traffic.Receiver.
func (p *Pools) Withdraw(_ *traffic.Attempt, slot int32) {
	c := p.calls[slot]
	if !c.waiting {
		p.leave(c)
		return
	}
	pool := c.pool
	p.stopWaiting(c)
	p.Withdrawn++
	p.release(c)
	p.retire(pool)
}

// leave hands the connection of a call to those of its caller's that wait, the
// longest waiting first. A call that nobody waits for any more gets none. Calls
// that end at once do so in the loop of the one before, lest the stack grow with
// the line.
func (p *Pools) leave(c *pooledCall) {
	pool := c.pool
	pool.busy--
	p.release(c)
	if pool.passing {
		return
	}
	pool.passing = true
	for pool.first != nil && pool.busy < p.size {
		next := pool.first
		a := next.attempt
		p.stopWaiting(next)
		if !a.Orphan() {
			p.connect(next)
			continue
		}
		p.Withdrawn++
		p.release(next)
		a.Reply(traffic.Closed)
	}
	pool.passing = false
	p.retire(pool)
}

// stopWaiting ends the wait of a call, and counts it.
func (p *Pools) stopWaiting(c *pooledCall) {
	p.sim.Cancel(c.notice)
	c.pool.remove(c)
	c.waiting = false
	p.Delayed++
	p.waits.Add(int64(p.sim.Now() - c.since))
}

// giveUp is the event at which a call has waited for too long.
func (p *Pools) giveUp(c *pooledCall) {
	a, pool := c.attempt, c.pool
	p.stopWaiting(c)
	p.Abandoned++
	p.release(c)
	p.retire(pool)
	a.Reply(traffic.Abandoned)
}

func (l *callerPool) push(c *pooledCall) {
	c.previous = l.last
	if l.last == nil {
		l.first = c
	} else {
		l.last.next = c
	}
	l.last = c
}

func (l *callerPool) remove(c *pooledCall) {
	if c.previous == nil {
		l.first = c.next
	} else {
		c.previous.next = c.next
	}
	if c.next == nil {
		l.last = c.previous
	} else {
		c.next.previous = c.previous
	}
	c.previous, c.next = nil, nil
}

// Cut returns what happened since the last cut.
func (p *Pools) Cut() PoolsTally {
	t := p.PoolsTally
	t.Number, t.Waits = p.number.Cut(p.sim.Now()), p.waits.Cut()
	p.received += t.Received
	p.PoolsTally = PoolsTally{}
	return t
}

// Audit checks the books: each call has ended, or waits, or holds one of its
// caller's connections, of which there are not more than there may be.
func (p *Pools) Audit() error {
	waiting, busy := 0, make(map[*callerPool]int)
	for _, c := range p.calls {
		switch {
		case c.pool == nil:
		case c.waiting:
			waiting++
		default:
			busy[c.pool]++
		}
	}
	held := waiting
	for _, pool := range p.of {
		if pool.busy > p.size || pool.busy != busy[pool] {
			return fmt.Errorf("database: a caller has %d calls on %d connections, of %d", busy[pool], pool.busy, p.size)
		}
		held += pool.busy
	}
	if received := p.received + p.Received; received != p.ended+uint64(held) || int64(held) != p.number.Value() {
		return fmt.Errorf("database: %d calls came to pools and %d ended, but %d are there, and the level says %d", received, p.ended, held, p.number.Value())
	}
	return nil
}

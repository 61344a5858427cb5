package server

import (
	"cmp"
	"math"
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
)

// A cpu is the processors of one machine under processor sharing: n runnable
// requests and the threads of a cpu fault share the vCPUs equally, at most one
// each.
//
// Virtual time advances at the rate at which each request is served, so a
// request that arrives at virtual time v with demand d is done at v + d,
// whoever comes or goes meanwhile (L. Kleinrock, "Time-shared systems", JACM
// 14, 1967; the heap over virtual finish times is that of fair queueing, A.
// Demers, S. Keshav and S. Shenker, 1989). As long as nobody is slowed down the
// rate is 1 and virtual times are whole nanoseconds: then everything is exact.
// Otherwise a request is done at the nanosecond nearest to its exact instant.
type cpu struct {
	server *Server
	plain  bool   // nothing but requests and whole vCPUs at speed 1
	ample  bool   // there is a vCPU for each request that the gate lets in, and no credits to spend
	own    bool   // each has one of its own, and ready is empty
	owners uint64 // who have one of their own
	area   uint64 // instants at which they gave it back, less those at which they got it, ns, modulo 2^64
	owned  uint64 // integral of owners up to last, likewise

	done engine.Time // demands completed, and the parts of withdrawn ones

	vcpus    int     // of the machine
	limit    int     // vCPUs that requests can occupy at a time: of vcpus, as many as there are workers
	speed    float64 // of a vCPU; 1 is what demands refer to
	hardware float64 // speed when nothing impairs it
	load     int64   // threads of a cpu fault, in parts of a vCPU
	frozen   bool    // the software is stopped: requests make no progress
	purse    *purse  // CPU credits; nil: the machine needs none

	ready   []entry // a heap: runnable requests by virtual finish time
	virtual float64 // virtual time at the instant last
	rate    float64 // at which virtual time advances
	last    engine.Time

	alarms   []alarm // pending completion events, the earliest last
	draining bool    // complete is at work, and will arm when it is through

	used     engine.Time // CPU time used so far, all threads together
	fraction int64       // of it, in parts of a nanosecond
	hog      engine.Time // the fault's share of used
	gained   float64     // work done beyond CPU time used, where speed is not 1
	slack    float64     // most that rounding can have made of demands, in ns

	saturated bool
}

// An alarm is a pending completion event.
type alarm struct {
	due    engine.Time
	notice engine.Notice
}

// parts is how many parts of a vCPU capacities are counted in: baselines of
// all burstable types are whole numbers of them.
const parts = 6000

func (c *cpu) init(s *Server, m Machine, limit, seats int) {
	*c = cpu{server: s, vcpus: m.VCPUs, limit: min(m.VCPUs, limit), hardware: cmp.Or(m.Speed, 1)}
	c.speed = c.hardware
	c.last = s.now()
	if m.Credits != nil {
		c.purse = newPurse(*m.Credits, c.last)
	}
	c.ample = seats <= m.VCPUs && m.Credits == nil
	c.tune()
	c.part()
}

// add makes a request runnable where requests share the vCPUs.
func (c *cpu) add(j *job) {
	c.advance()
	if len(c.ready) == 0 {
		c.virtual = 0
	}
	c.push(entry{c.virtual + float64(j.demand), j})
	if c.purse != nil {
		c.spendable()
	}
	c.retune()
	if j.place == 0 {
		c.arm()
	}
}

// remove takes back a request that has not completed, and shared the vCPUs.
func (c *cpu) remove(j *job) {
	c.advance()
	finish := c.ready[j.place].finish
	c.done += j.demand - engine.Time(math.Round(finish-c.virtual))
	c.slack += max(1, c.speed) + rounding(finish)
	c.delete(int(j.place))
	c.retune()
	c.disarm()
	c.arm()
	c.part()
}

// complete is the event at which the first request should be done. It comes too
// early when others have arrived meanwhile and slowed it down.
func (c *cpu) complete() {
	c.alarms = c.alarms[:len(c.alarms)-1]
	c.advance()
	c.draining = true
	soon := float64(0.5 * c.rate) // less than half a nanosecond to go
	for len(c.ready) > 0 {
		first := c.ready[0]
		left := first.finish - c.virtual
		if left > 0 && left >= soon || c.rate == 0 {
			break
		}
		if left != 0 {
			c.slack += max(1, c.speed)
		}
		c.delete(0)
		c.done += first.job.demand
		c.server.worked(first.job)
	}
	c.draining = false
	if c.purse != nil {
		c.spendable()
	}
	c.retune()
	c.arm()
	c.part()
}

// arm makes sure that an event comes no later than the next completion. Pending
// ones are left alone, which is cheaper than to cancel them: a later one may
// still come right, and an earlier one that finds nothing done arms again.
func (c *cpu) arm() {
	if c.draining || len(c.ready) == 0 || c.rate == 0 {
		return
	}
	left := max(c.ready[0].finish-c.virtual, 0)
	if c.rate != 1 {
		left /= c.rate
	}
	at := c.last + round(left)
	if last := len(c.alarms) - 1; last >= 0 && c.alarms[last].due <= at {
		return
	}
	c.alarms = append(c.alarms, alarm{at, c.server.image.complete.After(at-c.last, c)})
}

// disarm cancels the earliest event, so that withdrawals, each of which brings
// the next completion a little nearer, do not pile events up.
func (c *cpu) disarm() {
	if last := len(c.alarms) - 1; last >= 0 && !c.draining {
		c.server.image.sim.Cancel(c.alarms[last].notice)
		c.alarms = c.alarms[:last]
	}
}

// round gives the nanosecond nearest to a span that is not negative.
func round(span float64) engine.Time {
	if !(span < float64(engine.Forever)) {
		return engine.Forever
	}
	return engine.Time(span + 0.5)
}

// advance brings virtual time and the accounts up to the present. Since the
// last call nobody has come or gone.
func (c *cpu) advance() {
	now := c.server.now()
	dt := now - c.last
	if dt == 0 {
		return
	}
	c.last = now
	c.virtual += float64(float64(dt) * c.rate)
	var used engine.Time
	if c.own {
		used = c.occupancy(now)
	} else if c.plain {
		used = dt * engine.Time(min(len(c.ready), c.limit))
	} else {
		used = c.share(dt)
	}
	c.used += used
	if c.purse != nil {
		c.purse.settle(dt, used)
	}
}

// capacity is the CPU that all threads may use at present, in parts of a vCPU.
func (c *cpu) capacity() int64 {
	if c.purse != nil && c.purse.empty {
		return c.purse.baseline()
	}
	return int64(c.vcpus) * parts
}

// share splits dt of all vCPUs between requests and the threads of a fault, and
// returns what both have used together.
func (c *cpu) share(dt engine.Time) engine.Time {
	n := int64(len(c.ready))
	if c.frozen {
		n = 0
	}
	own := min(n, int64(c.limit))
	capacity, wanted := c.capacity(), n*parts+c.load
	used := c.scale(dt, min(capacity, own*parts+c.load))
	if c.load > 0 {
		requests := dt * engine.Time(own)
		if wanted > capacity {
			requests = min(requests, engine.Time(mulDiv(uint64(dt), uint64(n*capacity), uint64(wanted))))
		}
		requests = min(requests, used)
		c.hog += used - requests
		c.gained += float64(float64(requests) * (c.speed - 1))
	} else {
		c.gained += float64(float64(used) * (c.speed - 1))
	}
	c.slack += float64(2 * max(1, c.speed)) // both parts were rounded down
	return used
}

// scale returns dt times a capacity in parts, and keeps the fraction of a
// nanosecond for the next time.
func (c *cpu) scale(dt engine.Time, capacity int64) engine.Time {
	high, low := bits.Mul64(uint64(dt), uint64(capacity))
	low, carry := bits.Add64(low, uint64(c.fraction), 0)
	used, rest := bits.Div64(high+carry, low, parts)
	c.fraction = int64(rest)
	return engine.Time(used)
}

// mulDiv returns x y / z, rounded down.
func mulDiv(x, y, z uint64) uint64 {
	high, low := bits.Mul64(x, y)
	quotient, _ := bits.Div64(high, low, z)
	return quotient
}

// retune finds the rate of service after requests have come or gone: nothing
// changes as long as there is a vCPU for each.
func (c *cpu) retune() {
	if !c.plain || c.saturated || len(c.ready) > c.limit {
		c.tune()
	}
}

// tune finds the rate of service.
func (c *cpu) tune() {
	n := len(c.ready)
	c.rate = c.speed
	c.plain = c.load == 0 && !c.frozen && c.speed == 1 && (c.purse == nil || !c.purse.empty)
	if !c.plain || n > c.limit {
		c.rate = c.slowed(n)
	}
	if saturated := n > 0 && c.rate < c.speed && !c.frozen; saturated != c.saturated {
		c.saturated = saturated
		c.server.reached(CPU, saturated)
	}
}

// slowed is the rate at which each of n runnable requests is served.
func (c *cpu) slowed(n int) float64 {
	if c.frozen || n == 0 {
		return 0
	}
	if n > c.limit && c.plain {
		return float64(c.limit) / float64(n)
	}
	share := min(1, float64(c.limit)/float64(n))
	share = min(share, float64(c.capacity())/float64(int64(n)*parts+c.load))
	return float64(share * c.speed)
}

// change alters a condition of service through set.
func (c *cpu) change(set func(*cpu)) {
	c.advance()
	c.shared()
	set(c)
	if c.purse != nil {
		c.spendable()
	}
	c.tune()
	c.arm()
	c.part()
}

// rounding is the most by which the virtual time at which a request is to finish
// is off: a demand of years leaves little room behind the point.
func rounding(finish float64) float64 { return float64(0x1p-51 * finish) }

// partial is the work that the requests present have already got, and the most that
// rounding can have made of it.
func (c *cpu) partial() (sum, slack float64) {
	for _, e := range c.ready {
		sum += float64(e.job.demand) - (e.finish - c.virtual)
		slack += rounding(e.finish)
	}
	if c.own {
		for _, j := range c.server.jobs {
			if j.stage == running {
				sum += float64(c.last - j.since)
			}
		}
	}
	return sum, slack
}

// work is the demand that the CPU time used by requests has satisfied.
func (c *cpu) work() float64 { return float64(c.used-c.hog) + c.gained }

package server

import (
	"github.com/headroom-sim/headroom/engine"
)

// Where the gate lets in no more requests than there are vCPUs, each has one of
// its own: when it begins it is known when it will be done, and that is an event
// of its own. Only what slows requests down, a fault, makes them share.

// join puts a job on the CPU for its demand. Work without demand is done before
// anything else happens, as an event loop does it.
func (c *cpu) join(j *job) {
	j.stage = running
	switch {
	case j.demand == 0:
		c.server.worked(j)
	case c.own:
		j.since = c.server.now()
		c.owners++
		c.area -= uint64(j.since)
		j.notice = c.server.image.done.After(j.demand, j)
	default:
		c.add(j)
	}
}

// quit takes back a request that has not completed.
func (c *cpu) quit(j *job) {
	if !c.own {
		c.remove(j)
		return
	}
	c.server.sim.Cancel(j.notice)
	now := c.server.now()
	c.vacate(now, now-j.since)
}

// vacate takes a vCPU back from a request that has done so much on it.
func (c *cpu) vacate(now, done engine.Time) {
	c.done += done
	c.owners--
	c.area += uint64(now)
}

// done is the event at which a request is done that has a vCPU of its own.
func (j *job) done() {
	s := j.server
	s.cpu.vacate(s.now(), j.demand)
	s.worked(j)
}

// shared makes the requests that have vCPUs of their own share them.
func (c *cpu) shared() {
	if !c.own {
		return
	}
	c.own, c.virtual = false, 0
	c.area, c.owners = c.owned, 0
	for _, j := range c.server.jobs {
		if j.stage == running {
			c.server.sim.Cancel(j.notice)
			c.push(entry{float64(j.since + j.demand - c.last), j})
		}
	}
}

// part gives requests vCPUs of their own from now on, if there is one for each,
// nothing slows them down, and none is there that shares.
func (c *cpu) part() {
	c.own = c.ample && c.plain && len(c.ready) == 0
}

// occupancy is the CPU time that requests have had since the last call, each on a
// vCPU of its own: the integral of their number (summation by parts), of which the
// low word is exact.
func (c *cpu) occupancy(now engine.Time) engine.Time {
	before := c.owned
	c.owned = c.area + c.owners*uint64(now)
	return engine.Time(c.owned - before)
}

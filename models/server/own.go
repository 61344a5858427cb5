package server

import "github.com/headroom-sim/headroom/engine"

// Where the gate lets in no more requests than there are vCPUs, each has one of
// its own: when it begins it is known when it will be done, and that is an event
// of its own. Only what slows requests down, a fault, makes them share.

// join makes a request runnable that needs CPU time for its demand.
func (c *cpu) join(j *job) {
	if !c.own {
		c.add(j)
		return
	}
	done := c.server.image.done
	now := c.server.now()
	c.owners++
	c.used -= now - c.last // advance counts it from then on
	c.runnable.Up(now)
	j.since, j.notice = now, done.After(j.demand, j)
}

// quit takes back a request that has not completed.
func (c *cpu) quit(j *job) {
	if !c.own {
		c.remove(j)
		return
	}
	c.server.image.sim.Cancel(j.notice)
	now := c.server.now()
	c.vacate(now, now-j.since)
}

// vacate takes a vCPU back from a request that has done so much on it.
func (c *cpu) vacate(now, done engine.Time) {
	c.owners--
	c.used += now - c.last
	c.done += done
	c.runnable.Down(now)
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
	c.own, c.owners, c.virtual = false, 0, 0
	for _, j := range c.server.jobs {
		if j.stage == running {
			c.server.image.sim.Cancel(j.notice)
			c.push(entry{float64(j.since + j.demand - c.last), j})
		}
	}
}

// part gives requests vCPUs of their own from now on, if there is one for each,
// nothing slows them down, and none is there that shares.
func (c *cpu) part() {
	c.own = c.ample && c.plain && len(c.ready) == 0
}

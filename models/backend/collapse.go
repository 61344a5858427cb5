package backend

import "github.com/headroom-sim/headroom/models/traffic"

// lead makes a request the one that fetches its object, if it is of the store.
func (c *CDN) lead(tag int32) {
	f := c.fetches.At(tag)
	f.next, f.previous = tag, tag
	if f.object != unstored {
		c.leads[f.object] = tag
	}
}

// join makes a request wait for the answer to the one that leads.
func (c *CDN) join(tag, leader int32) {
	f, l := c.fetches.At(tag), c.fetches.At(leader)
	f.stage, f.next, f.previous = waiting, leader, l.previous
	f.attempt.Note(traffic.Collapsing)
	c.fetches.At(l.previous).next = tag
	l.previous = tag
}

func (c *CDN) unlink(tag int32) {
	f := c.fetches.At(tag)
	c.fetches.At(f.previous).next = f.next
	c.fetches.At(f.next).previous = f.previous
}

// settle keeps what the origin has answered well, from now on for its time to
// live, and has those who wait for it answered in the same way. CloudFront keeps
// errors too for some seconds, which is not modelled.
func (c *CDN) settle(tag int32, cause traffic.Cause) {
	f := c.fetches.At(tag)
	if f.object == unstored {
		return
	}
	c.leads[f.object] = nobody
	if cause == traffic.OK {
		c.store.keep(int(f.object), 0, c.sim.Now())
	}
	for other := f.next; other != tag; other = c.fetches.At(other).next {
		c.answerAfter(0, other, cause)
	}
}

// resign takes the lead from a request that is withdrawn. Who has waited longest
// asks the origin in its place.
func (c *CDN) resign(tag int32) {
	f := c.fetches.At(tag)
	if f.object == unstored {
		return
	}
	heir := f.next
	c.leads[f.object] = nobody
	if heir == tag {
		return
	}
	c.unlink(tag)
	c.leads[f.object] = heir
	c.fetches.At(heir).stage = fetching
	c.fetch(heir)
}

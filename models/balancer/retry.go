package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A proxy is a balancer that does not leave it at one try: nginx and HAProxy.
type proxy interface {
	// ended takes in how a call's latest try has ended, and says what follows.
	ended(c *call, how traffic.Cause) step
}

// step is what follows a try.
type step struct {
	slot  int32         // of the target that is tried next; none: the client is told
	pause engine.Time   // before that
	how   traffic.Cause // what the client is told of
}

// tell is the last step of a request.
func tell(how traffic.Cause) step { return step{slot: none, how: how} }

// tries are those of a request on its way through a proxy.
type tries struct {
	again  int           // tries after the first
	direct bool          // a cookie has led to the target
	tried  []int32       // targets so far
	first  engine.Time   // when the first try began
	paused bool          // the next one is yet to begin, at the target next
	pause  engine.Notice // of its beginning
	next   int32
	id     int // of that target
}

// begin notes the first try of a call.
func (b *Balancer) begin(c *call) {
	t := &c.tries
	*t = tries{tried: append(t.tried[:0], c.pair.slot), direct: b.led(c.attempt, c.pair.slot), first: b.sim.Now()}
}

// led tells whether the visitor's cookie leads to the target.
func (b *Balancer) led(a *traffic.Attempt, slot int32) bool {
	if b.cookies == nil || a.Visitor == nil {
		return false
	}
	c, held := a.Visitor.Cookie(b.cookies.mark, b.sim.Now())
	return held && c.Target == b.targets[slot].ID
}

// retry sends a call's request once more, if the proxy does that after such an
// end. If not, it returns what the client is to be told of.
func (b *Balancer) retry(tag int32, how traffic.Cause) (told traffic.Cause, again bool) {
	c := &b.calls[tag]
	next := b.proxy.ended(c, how)
	if next.slot == none || c.attempt.Gone {
		return next.how, false
	}
	c.tries.again++
	c.tries.tried = append(c.tries.tried, next.slot)
	if next.pause > 0 {
		c.tries.paused, c.tries.next, c.tries.id = true, next.slot, b.targets[next.slot].ID
		c.tries.pause = b.resume.After(next.pause, tag)
		return how, true
	}
	b.redispatch(tag, next.slot)
	return how, true
}

// redispatch sends the request of a call to a target, after another one or once
// more.
func (b *Balancer) redispatch(tag, slot int32) {
	c := &b.calls[tag]
	old := c.pair
	c.pair.slot = slot
	n := &b.nodes[c.pair.node]
	conn, open := n.reuse(slot, b.sim.Now())
	n.load[slot]++ // a target that drains must not be let go in between
	b.unload(old)
	n.load[slot]--
	b.dispatch(c, n, traffic.Link{Conn: conn, Keep: b.policy.keeps}, open)
}

// onResume ends the pause before a try. Where the target has gone meanwhile,
// another one is asked.
func (b *Balancer) onResume(tag int32) {
	c := &b.calls[tag]
	c.tries.paused = false
	slot := c.tries.next
	if t := &b.targets[slot]; !t.routed || t.ID != c.tries.id {
		slot = b.choose(&b.nodes[c.pair.node], c.attempt)
	}
	if c.attempt.Gone || slot == none {
		b.abandon(tag, b.policy.answers[unserved])
		return
	}
	b.redispatch(tag, slot)
}

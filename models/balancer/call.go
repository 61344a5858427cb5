package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A call is a request that has been sent to a target and is not answered yet.
//
// What its answer needs comes first: a cache line holds it.
type call struct {
	stay    engine.Stay // with the target
	target  *target
	node    *node        // nil: the call is free
	next    *call        // free
	link    traffic.Link // of the client
	tag     int32        // its index
	depth   int32        // hops above the target
	attempt *traffic.Attempt
	serial  uint64 // requests sent under its tag so far
}

func (c *call) pair() pair { return pair{c.node.index, c.target.slot} }

// A ticket names a call; calls come to share a tag, but not the serial too.
type ticket struct {
	tag    int32
	serial uint64
}

// Receive takes a request from a client, or from another balancer.
func (b *Balancer) Receive(a *traffic.Attempt) {
	switch {
	case b.network != nil:
		b.network.receive(a)
		return
	case a.Handshake:
		a.Reply(traffic.OK) // its own connection
		return
	}
	n := b.nodeFor(a)
	if n.lost > 0 {
		a.Forward(b.addressOf(n))
		return
	}
	b.tally.Requests++
	slot := b.choose(n, a)
	if slot == none {
		b.fail(a, b.answering(n, a.Link), b.policy.answers[unserved])
		return
	}
	var conn traffic.ConnRef
	open := false
	if n.kept > 0 {
		conn, open = n.reuse(slot, b.sim.Now()-b.policy.closeNotice)
	}
	switch {
	case open && conn.Conn() == nil:
		b.tally.Raced++
		b.fail(a, b.answering(n, a.Link), b.policy.answers[traffic.Reset])
	case !open && b.policy.surgeQueue > 0 && b.surgeQueueFull(n):
		b.tally.Spilled++
		b.fail(a, b.answering(n, a.Link), traffic.Status503)
	default:
		c := b.call(a, n, b.targets[slot])
		a.Link = traffic.Link{Conn: conn, Keep: b.policy.keeps}
		b.dispatch(c, open)
	}
}

// call opens a call: a request that is about to be sent to a target.
func (b *Balancer) call(a *traffic.Attempt, n *node, t *target) *call {
	c := b.blank() // field by field, which costs less than half of copying a whole call
	c.depth = a.Hold(c.tag)
	c.attempt, c.node, c.target, c.link = a, n, t, b.answering(n, a.Link)
	b.retries.begin(c)
	return c
}

// dispatch sends the request of a call to its target, over a link that is open, or
// that the target is to accept.
func (b *Balancer) dispatch(c *call, open bool) {
	n, t := c.node, c.target
	if !open {
		b.tally.TargetConnections++
	}
	n.load[t.slot]++
	if t.usable {
		t.targetGroup.sharedOut++
	}
	if t.requests++; t.requests == 1 && !t.Healthy {
		b.note(timeline.FirstServed, t.slot, "the first request is sent to it")
	}
	if t.watch != nil {
		t.watch.Requests++
	}
	c.serial++
	b.silence.Enter(&c.stay)
	ticket, way := ticket{c.tag, c.serial}, n.wayTo(t)
	c.attempt.Hop(way, b.caller, c.tag)
	way.Receive(c.attempt)
	if !open && !t.Connectionless && b.connecting(ticket) {
		b.await(n, ticket)
	}
}

// Answered takes a target's answer back to the client.
func (b *Balancer) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	c := b.calls[tag]
	b.take(c, a)
	b.conclude(a, c, cause)
}

// take ends the waiting for a target that has answered, and keeps its connection
// if that is open.
func (b *Balancer) take(c *call, a *traffic.Attempt) {
	c.stay.Leave()
	conn := a.Link.Conn
	switch {
	case conn.Conn() == nil:
	case c.target.routed:
		b.keep(c.pair(), conn)
	default:
		conn.Hangup()
	}
}

// conclude answers a call with what the target has said.
func (b *Balancer) conclude(a *traffic.Attempt, c *call, cause traffic.Cause) {
	t, since := c.target, c.stay.Since
	w := t.watch
	told := b.policy.answers[cause]
	if b.sizes != nil && !a.Probe {
		b.weighBytes(a.Route, t, cause)
	}
	if b.cookies != nil && a.Visitor != nil && told == cause {
		b.remember(a.Visitor, a.Route, t.slot, since)
	}
	b.unload(c.node, t)
	b.recycle(c)
	a.Link = b.conns.part(a, c.link)
	switch {
	case told != cause:
		b.reject(a, a.Link, told)
		return
	case a.Gone:
		b.tally.Gone++
	default:
		b.tally.Answers[cause]++
		if w != nil {
			w.answer(cause, b.sim.Now()-since)
		}
	}
	a.Reply(cause)
}

// weighBytes counts those of a request that a target has answered, and of a good
// answer.
func (b *Balancer) weighBytes(route int32, t *target, cause traffic.Cause) {
	bytes := b.sizes[route][0]
	if cause == traffic.OK {
		bytes += b.sizes[route][1]
	}
	if t.Function {
		b.tally.FunctionBytes += bytes
	} else {
		b.tally.Bytes += bytes
	}
}

// Moved implements traffic.Caller.
func (b *Balancer) Moved(a *traffic.Attempt, tag int32) { b.calls[tag].attempt = a }

// Withdraw forgets a request whose client has left.
func (b *Balancer) Withdraw(a *traffic.Attempt, tag int32) {
	if !b.retries.cancel(tag) {
		b.calls[tag].stay.Leave()
	}
	c := b.calls[tag]
	b.network.hangUp(c)
	a.Link = c.link
	b.unload(c.node, c.target)
	b.recycle(c)
	b.conns.shut(a.Link.Conn)
	b.tally.Gone++
}

// fail ends a request with an error of the balancer's own.
func (b *Balancer) fail(a *traffic.Attempt, link traffic.Link, cause traffic.Cause) {
	b.reject(a, b.conns.part(a, link), cause)
}

// reject answers with an error of the balancer's own, over a link that the client
// may use again; a client that has left counts as such.
func (b *Balancer) reject(a *traffic.Attempt, link traffic.Link, cause traffic.Cause) {
	if a.Gone {
		b.tally.Gone++
	} else {
		b.tally.Errors[cause]++
	}
	a.Link = link
	a.Reply(cause)
}

// unanswered are the calls of a balancer that are with their targets.
type unanswered struct{ *Balancer }

// Stay implements engine.Watched.
func (u unanswered) Stay(tag int32) *engine.Stay {
	if int(tag) < len(u.calls) {
		return &u.calls[tag].stay
	}
	return nil
}

// Over implements engine.Watched: the target has not answered within the idle
// timeout [ALB-TS, CLB-ERR].
func (u unanswered) Over(tag int32) {
	u.leave(tag)
	u.over(tag, u.policy.silent)
}

// onConnectTimeout: the target has not accepted the connection in time [ALB-TS].
func (b *Balancer) onConnectTimeout(t ticket) {
	if b.connecting(t) {
		b.calls[t.tag].stay.Leave()
		b.leave(t.tag)
		b.over(t.tag, unconnected)
	}
}

// over ends a call that the target has not answered, or begins its next try.
func (b *Balancer) over(tag int32, how traffic.Cause) {
	if told, again := b.retries.after(tag, how); !again {
		b.abandon(tag, b.policy.answers[told])
	}
}

// leave ends the waiting for a target, which goes on with its work; a connection
// that it has not accepted yet is given up. The call is no longer watched.
func (b *Balancer) leave(tag int32) {
	c := b.calls[tag]
	if b.connecting(ticket{tag, c.serial}) {
		c.attempt.Withdraw(c.depth)
	} else {
		c.attempt = c.attempt.Cut(c.depth, c.link)
	}
}

// stop answers a call that is under way, without the target.
func (b *Balancer) stop(tag int32, cause traffic.Cause) {
	if !b.retries.cancel(tag) {
		b.calls[tag].stay.Leave()
		b.leave(tag)
	}
	b.abandon(tag, cause)
}

// abandon answers a call that waits for no target any more.
func (b *Balancer) abandon(tag int32, cause traffic.Cause) {
	c := b.calls[tag]
	b.network.hangUp(c)
	a, link := c.attempt, c.link
	b.unload(c.node, c.target)
	b.recycle(c)
	b.fail(a, link, cause)
}

// blank opens a call.
func (b *Balancer) blank() *call {
	c := b.free
	if c == nil {
		c = &call{tag: int32(len(b.calls))}
		b.calls = append(b.calls, c)
	}
	b.open++
	b.free = c.next
	return c
}

// recycle frees the call, and leaves its link as it is.
func (b *Balancer) recycle(c *call) {
	b.open--
	c.node, c.next, b.free = nil, b.free, c
}

// unload counts out a request that is no longer with its target.
func (b *Balancer) unload(n *node, t *target) {
	n.load[t.slot]--
	if t.stage >= draining {
		b.settle(t.slot)
	}
}

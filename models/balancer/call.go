package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A call is a request that has been sent to a target and is not answered yet.
type call struct {
	attempt *traffic.Attempt
	link    traffic.Link // of the client
	serial  uint64       // which call it is
	pair    pair
	since   engine.Time // sent to the target
	tag     int32       // its index
	depth   int32       // hops above the target
	open    bool
}

// A ticket names a call; calls come to share a tag, but never a serial.
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
	b.send(a, n, slot)
}

// send passes the request on to the target, on the idle connection used last or
// on a new one.
func (b *Balancer) send(a *traffic.Attempt, n *node, slot int32) {
	conn, open := n.reuse(slot, b.sim.Now()-b.policy.closeNotice)
	if open && conn.Conn() == nil {
		b.tally.Raced++
		b.fail(a, b.answering(n, a.Link), b.policy.answers[traffic.Reset])
		return
	}
	if !open && b.surgeQueueFull(n) {
		b.tally.Spilled++
		b.fail(a, b.answering(n, a.Link), traffic.Status503)
		return
	}
	c := b.blank() // field by field, which costs less than half of copying a whole call
	c.attempt, c.link = a, b.answering(n, a.Link)
	c.pair, c.depth, c.open = pair{n.index, slot}, int32(a.Depth()), true
	a.Hold(c.tag)
	b.retries.begin(c)
	b.dispatch(c, n, traffic.Link{Conn: conn, Keep: b.policy.keeps}, open)
}

// dispatch sends the request of a call to the target of its pair, over a link
// that is open, or that the target is to accept.
func (b *Balancer) dispatch(c *call, n *node, link traffic.Link, open bool) {
	slot, tag, a := c.pair.slot, c.tag, c.attempt
	if !open {
		b.tally.TargetConnections++
	}
	n.load[slot]++
	t := &b.targets[slot]
	mayWait := !open && !t.Connectionless
	if t.usable {
		t.targetGroup.sharedOut++
	}
	if t.requests++; t.requests == 1 && !t.Healthy {
		b.note(timeline.FirstServed, slot, "the first request is sent to it")
	}
	b.sent++
	serial := b.sent
	c.serial = serial
	if c.since = b.sim.Now(); t.watch != nil {
		t.watch.Requests++
	}
	b.silence.Enter(tag)
	a.Link = link
	a.Call(b.wayTo(n, slot), b.caller, tag)
	if ticket := (ticket{tag, serial}); mayWait && b.connecting(ticket) {
		b.await(n, ticket)
	}
}

// Answered takes a target's answer back to the client.
func (b *Balancer) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	c := &b.calls[tag]
	b.take(c, a)
	b.conclude(a, c, cause)
}

// take ends the waiting for a target that has answered, and keeps its connection
// if that is open.
func (b *Balancer) take(c *call, a *traffic.Attempt) {
	b.silence.Leave(c.tag)
	conn := a.Link.Conn
	switch {
	case conn.Conn() == nil:
	case b.targets[c.pair.slot].routed:
		b.keep(c.pair, conn)
	default:
		conn.Hangup()
	}
}

// conclude answers a call with what the target has said.
func (b *Balancer) conclude(a *traffic.Attempt, c *call, cause traffic.Cause) {
	w, since := b.targets[c.pair.slot].watch, c.since
	told := b.policy.answers[cause]
	if b.sizes != nil && !a.Probe {
		b.weighBytes(a.Route, c.pair.slot, cause)
	}
	if b.cookies != nil && a.Visitor != nil && told == cause {
		b.remember(a.Visitor, a.Route, c.pair.slot, since)
	}
	link := b.conns.part(a, b.closeCall(c))
	switch {
	case told != cause:
		b.reject(a, link, told)
		return
	case a.Gone:
		b.tally.Gone++
	default:
		b.tally.Answers[cause]++
		if w != nil {
			w.answer(cause, b.sim.Now()-since)
		}
	}
	a.Link = link
	a.Reply(cause)
}

// weighBytes counts those of a request that a target has answered, and of a good
// answer.
func (b *Balancer) weighBytes(route, slot int32, cause traffic.Cause) {
	bytes := b.sizes[route][0]
	if cause == traffic.OK {
		bytes += b.sizes[route][1]
	}
	if b.targets[slot].Function {
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
		b.silence.Leave(tag)
	}
	c := &b.calls[tag]
	b.network.hangUp(c)
	a.Link = b.closeCall(c)
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

// onSilence: the target has not answered within the idle timeout [ALB-TS,
// CLB-ERR].
func (b *Balancer) onSilence(tag int32) {
	b.leave(tag)
	b.over(tag, b.policy.silent)
}

// onConnectTimeout: the target has not accepted the connection in time [ALB-TS].
func (b *Balancer) onConnectTimeout(t ticket) {
	if b.connecting(t) {
		b.silence.Leave(t.tag)
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
	c := &b.calls[tag]
	if b.connecting(ticket{tag, c.serial}) {
		c.attempt.Withdraw(int(c.depth))
	} else {
		c.attempt = c.attempt.Cut(int(c.depth), c.link)
	}
}

// stop answers a call that is under way, without the target.
func (b *Balancer) stop(tag int32, cause traffic.Cause) {
	if !b.retries.cancel(tag) {
		b.silence.Leave(tag)
		b.leave(tag)
	}
	b.abandon(tag, cause)
}

// abandon answers a call that waits for no target any more.
func (b *Balancer) abandon(tag int32, cause traffic.Cause) {
	c := &b.calls[tag]
	b.network.hangUp(c)
	b.fail(c.attempt, b.closeCall(c), cause)
}

// blank returns a free call. It stays where it is until another one is made.
func (b *Balancer) blank() *call {
	last := len(b.free) - 1
	if last < 0 {
		b.calls = append(b.calls, call{tag: int32(len(b.calls))})
		return &b.calls[len(b.calls)-1]
	}
	c := &b.calls[b.free[last]]
	b.free = b.free[:last]
	return c
}

// closeCall frees the call and returns its client's link.
func (b *Balancer) closeCall(c *call) traffic.Link {
	c.open = false
	b.free = append(b.free, c.tag)
	b.unload(c.pair)
	return c.link
}

// unload counts out a request that is no longer with its target.
func (b *Balancer) unload(p pair) {
	b.nodes[p.node].load[p.slot]--
	if b.targets[p.slot].stage >= draining {
		b.settle(p.slot)
	}
}

package balancer

import "slices"

// connecting tells whether the call still waits for the target to establish its
// connection. A target that has passed the attempt on has done so.
func (b *Balancer) connecting(t ticket) bool {
	c := b.calls[t.tag]
	if c.node == nil || c.serial != t.serial || c.target.Connectionless {
		return false
	}
	l := &c.attempt.Link
	if l.Conn.Conn() != nil || l.Queued {
		return false
	}
	hops := c.attempt.Depth() - c.depth
	return hops == 1 || hops == 2 && c.attempt.Carried()
}

// await watches over a connection that the target has not accepted at once: an
// application balancer waits for 10 s, a classic one in its surge queue. A client
// of a network balancer makes its own connection.
func (b *Balancer) await(n *node, t ticket) {
	switch {
	case b.policy.surgeQueue > 0:
		n.surge = append(n.surge, t)
		b.queued(n)
	case b.policy.connectTimeout > 0:
		b.connect.Start(t)
	}
}

// surgeQueueFull tells whether a request that needs a new connection finds no
// waiting place at the node.
func (b *Balancer) surgeQueueFull(n *node) bool {
	if len(n.surge) < b.policy.surgeQueue {
		return false
	}
	b.prune(n)
	return len(n.surge) >= b.policy.surgeQueue
}

// queued notes that one more request waits at a node for an instance to accept
// its connection. Some of those before may have been accepted: they are counted
// out only where this could be the peak.
func (b *Balancer) queued(n *node) {
	if b.watches == nil || len(n.surge) <= b.tally.Surge {
		return
	}
	b.prune(n)
	b.tally.Surge = max(b.tally.Surge, len(n.surge))
}

// waiting is the length of the longest surge queue of a node, where a group is
// watched.
func (b *Balancer) waiting() int {
	most := 0
	for i := range b.nodes {
		if n := &b.nodes[i]; b.watches != nil && len(n.surge) > 0 {
			b.prune(n)
			most = max(most, len(n.surge))
		}
	}
	return most
}

// prune removes those from the surge queue that no longer wait.
func (b *Balancer) prune(n *node) {
	n.surge = slices.DeleteFunc(n.surge, func(t ticket) bool { return !b.connecting(t) })
}

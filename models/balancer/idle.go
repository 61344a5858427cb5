package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// idle holds a node's unused connections to one target. The one used last is used
// first, so that those that have been idle longest are in front, and leave there.
type idle struct {
	traffic.Ring[unused]
	sweep engine.Notice // closes the oldest when its time is over
	swept bool          // sweep is pending
}

type unused struct {
	conn  traffic.ConnRef
	since engine.Time
}

// pop takes the connection used last, and forgets those that the target had
// closed at the given instant. One that it has closed since seems to be open.
func (s *idle) pop(known engine.Time) (conn traffic.ConnRef, open bool) {
	for s.Len() > 0 {
		u := s.PopBack()
		if u.conn.Conn() != nil {
			return u.conn, true
		}
		if at, closed := u.conn.ClosedAt(); closed && at > known {
			return u.conn, true
		}
	}
	return traffic.ConnRef{}, false
}

// keep holds a connection for later requests, for as long as the idle timeout
// lets it.
func (b *Balancer) keep(p pair, conn traffic.ConnRef) {
	n := &b.nodes[p.node]
	s := &n.idle[p.slot]
	s.PushBack(unused{conn, b.sim.Now()})
	n.kept++
	if most := b.policy.mostIdle; most > 0 && n.kept > most {
		n.crowdOut(most)
	}
	if !s.swept {
		s.swept = true
		s.sweep = b.sweep.After(b.policy.idleTimeout, p)
	}
}

// reuse takes the connection to a target that was used last; see [idle.pop].
func (n *node) reuse(slot int32, known engine.Time) (conn traffic.ConnRef, open bool) {
	s := &n.idle[slot]
	before := s.Len()
	conn, open = s.pop(known)
	n.kept += s.Len() - before
	return conn, open
}

// letGo closes the connection to a target that has been idle longest.
func (n *node) letGo(s *idle) {
	s.PopFront().conn.Hangup()
	n.kept--
}

// crowdOut closes the connection that has been idle longest, of all targets, if
// there are more than so many [ngx_http_upstream_module: keepalive]. Those that a
// target has closed meanwhile do not count: it closes the oldest first, or all.
func (n *node) crowdOut(most int) {
	var oldest *idle
	for i := range n.idle {
		s := &n.idle[i]
		for s.Len() > 0 && s.At(0).conn.Conn() == nil {
			n.letGo(s)
		}
		if s.Len() > 0 && (oldest == nil || s.At(0).since < oldest.At(0).since) {
			oldest = s
		}
	}
	if n.kept > most {
		n.letGo(oldest)
	}
}

// onSweep closes the pair's connections that have been idle for too long. There
// is one sweep pending per pair with idle connections, at the time that is over
// first, so that keeping and using a connection schedules nothing.
func (b *Balancer) onSweep(p pair) {
	n := &b.nodes[p.node]
	s := &n.idle[p.slot]
	s.swept = false
	horizon := b.sim.Now() - b.policy.idleTimeout
	for s.Len() > 0 && s.At(0).since <= horizon {
		n.letGo(s)
	}
	if s.Len() > 0 && !s.swept {
		s.swept = true
		s.sweep = b.sweep.At(s.At(0).since+b.policy.idleTimeout, p)
	}
}

// hangUp closes all idle connections of the pair.
func (b *Balancer) hangUp(p pair) {
	n := &b.nodes[p.node]
	s := &n.idle[p.slot]
	for s.Len() > 0 {
		n.letGo(s)
	}
	if s.swept {
		s.swept = false
		b.sim.Cancel(s.sweep)
	}
}

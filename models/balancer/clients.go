package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// connections are those of clients to a balancer's nodes, where clients may come
// back on them. Without such clients there are none, nil: nobody notices when a
// connection ends that nobody uses again.
type connections struct {
	of    *Balancer
	list  []*connection // by index
	free  []int32
	idle  *engine.Watch // by index: no request for too long
	level tally.Level   // open ones

	hangup func(*traffic.Conn)
}

// A connection is a client's connection.
type connection struct {
	traffic.Conn
	node    int32 // none: it is closed
	opened  engine.Time
	idle    engine.Stay
	busy    bool // a request is in progress
	leaving bool // the client has closed its side
}

func newConnections(b *Balancer) *connections {
	s := &connections{of: b}
	s.hangup = s.hungUp
	b.clients = &s.level
	s.idle = engine.NewWatch(b.sim, "balancer/"+b.name+"/client-idle", engine.Expire, b.policy.clientIdle, s)
	return s
}

// connectTo gives the attempt a connection to a node that is there.
func (b *Balancer) connectTo(n *node, a *traffic.Attempt) {
	if b.conns == nil {
		a.Link.Conn = n.ref
		return
	}
	b.conns.admit(a, n)
}

// admit opens a connection for the attempt, to a node that is there.
func (s *connections) admit(a *traffic.Attempt, n *node) {
	c := s.blank()
	c.node, c.opened, c.busy, c.leaving = n.index, s.of.sim.Now(), true, false
	s.level.Up(c.opened)
	a.Link.Conn = c.Open()
}

func (s *connections) blank() *connection {
	if len(s.free) == 0 {
		s.grow()
	}
	last := len(s.free) - 1
	c := s.list[s.free[last]]
	s.free = s.free[:last]
	return c
}

// grow makes room for as many more connections as there are.
func (s *connections) grow() {
	block := make([]connection, max(16, len(s.list)))
	for i := range block {
		c := &block[i]
		c.Index, c.Home, c.Hangup, c.node = int32(len(s.list)), s.of, s.hangup, none
		s.list, s.free = append(s.list, c), append(s.free, c.Index)
	}
}

// resume takes a request on a connection, an idle one or one that has just been
// opened, and returns its node.
func (s *connections) resume(index int32) int32 {
	c := s.list[index]
	c.idle.Leave()
	c.busy = true
	return c.node
}

// answering is the client's link while its request is worked on.
func (b *Balancer) answering(n *node, l traffic.Link) traffic.Link {
	if b.conns != nil {
		return l
	}
	l.Conn = traffic.ConnRef{}
	if l.Keep {
		l.Conn = n.ref
	}
	return l
}

// part is the link of a client that is about to be answered.
func (s *connections) part(a *traffic.Attempt, l traffic.Link) traffic.Link {
	if s == nil {
		return l
	}
	return s.rest(a, l)
}

// rest lets a client's connection be idle, unless the client will not use it
// again, or it is older than the balancer keeps any [API-LBATTR].
func (s *connections) rest(a *traffic.Attempt, l traffic.Link) traffic.Link {
	c, b := s.list[l.Conn.Conn().Index], s.of
	if !l.Keep || c.leaving || a.Orphan() || b.sim.Now()-c.opened >= b.policy.clientKeepAlive {
		s.close(c.Index)
		l.Conn = traffic.ConnRef{}
		return l
	}
	c.busy = false
	s.idle.Enter(&c.idle)
	return l
}

// shut closes the connection of a client that has left.
func (s *connections) shut(conn traffic.ConnRef) {
	if s != nil {
		s.close(conn.Conn().Index)
	}
}

// hungUp closes an idle connection from the client's side. One with a request in
// progress is closed with the answer.
func (s *connections) hungUp(c *traffic.Conn) {
	open := s.list[c.Index]
	if open.busy {
		open.leaving = true
		return
	}
	open.idle.Leave()
	s.close(c.Index)
}

// Stay implements engine.Watched.
func (s *connections) Stay(index int32) *engine.Stay {
	if int(index) < len(s.list) {
		return &s.list[index].idle
	}
	return nil
}

// Over implements engine.Watched: there was no request for too long.
func (s *connections) Over(index int32) { s.close(index) }

// close closes a connection that is in no watch.
func (s *connections) close(index int32) {
	c, now := s.list[index], s.of.sim.Now()
	c.Close(now)
	c.node = none
	s.level.Down(now)
	s.free = append(s.free, index)
}

// lose closes the connections to a node that is lost; those with a request in
// progress with its answer, which is a reset.
func (s *connections) lose(node int32) {
	if s == nil {
		return
	}
	for _, c := range s.list {
		if c.node == node {
			s.hungUp(&c.Conn)
		}
	}
}

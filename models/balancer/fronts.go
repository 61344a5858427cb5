package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// fronts are the connections of clients to a balancer's nodes, where clients may
// come back on them. Without such clients there are none, nil: nobody notices when
// a connection ends that nobody uses again.
type fronts struct {
	of    *Balancer
	list  []*front // by index
	free  []int32
	idle  *engine.Watch // by index: no request for too long
	level tally.Level   // open ones

	hangup func(*traffic.Conn)
}

// A front is a client's connection.
type front struct {
	traffic.Conn
	node    int32 // none: it is closed
	opened  engine.Time
	busy    bool // a request is in progress
	leaving bool // the client has closed its side
}

func newFronts(b *Balancer) *fronts {
	f := &fronts{of: b}
	f.hangup = f.hungUp
	b.clients = &f.level
	f.idle = engine.NewWatch(b.sim, "balancer/"+b.name+"/client-idle", engine.Expire, b.policy.clientIdle, f.close)
	return f
}

// connectTo gives the attempt a connection to a node that is there.
func (b *Balancer) connectTo(n *node, a *traffic.Attempt) {
	if b.fronts == nil {
		a.Link.Conn = n.front
		return
	}
	b.fronts.admit(a, n)
}

// admit opens a connection for the attempt, to a node that is there.
func (f *fronts) admit(a *traffic.Attempt, n *node) {
	c := f.blank()
	c.node, c.opened, c.busy, c.leaving = n.door.Index, f.of.sim.Now(), true, false
	f.level.Up(c.opened)
	a.Link.Conn = c.Open()
}

func (f *fronts) blank() *front {
	if len(f.free) == 0 {
		f.grow()
	}
	last := len(f.free) - 1
	c := f.list[f.free[last]]
	f.free = f.free[:last]
	return c
}

// grow makes room for as many more connections as there are.
func (f *fronts) grow() {
	block := make([]front, max(16, len(f.list)))
	for i := range block {
		c := &block[i]
		c.Index, c.Home, c.Hangup, c.node = int32(len(f.list)), f.of, f.hangup, none
		f.list, f.free = append(f.list, c), append(f.free, c.Index)
	}
}

// resume takes a request on a connection, an idle one or one that has just been
// opened, and returns its node.
func (f *fronts) resume(index int32) int32 {
	c := f.list[index]
	if !c.busy {
		f.idle.Leave(index)
	}
	c.busy = true
	return c.node
}

// answering is the client's link while its request is worked on.
func (b *Balancer) answering(n *node, l traffic.Link) traffic.Link {
	if b.fronts != nil {
		return l
	}
	l.Conn = traffic.ConnRef{}
	if l.Keep {
		l.Conn = n.front
	}
	return l
}

// part is the link of a client that is about to be answered.
func (f *fronts) part(a *traffic.Attempt, l traffic.Link) traffic.Link {
	if f == nil {
		return l
	}
	return f.rest(a, l)
}

// rest lets a client's connection be idle, unless the client will not use it
// again, or it is older than the balancer keeps any [API-LBATTR].
func (f *fronts) rest(a *traffic.Attempt, l traffic.Link) traffic.Link {
	c, b := f.list[l.Conn.Conn().Index], f.of
	if !l.Keep || c.leaving || a.Orphan() || b.sim.Now()-c.opened >= b.policy.clientKeepAlive {
		f.close(c.Index)
		l.Conn = traffic.ConnRef{}
		return l
	}
	c.busy = false
	f.idle.Enter(c.Index)
	return l
}

// shut closes the connection of a client that has left.
func (f *fronts) shut(conn traffic.ConnRef) {
	if f != nil {
		f.close(conn.Conn().Index)
	}
}

// hungUp closes an idle connection from the client's side. One with a request in
// progress is closed with the answer.
func (f *fronts) hungUp(c *traffic.Conn) {
	if front := f.list[c.Index]; front.busy {
		front.leaving = true
		return
	}
	f.idle.Leave(c.Index)
	f.close(c.Index)
}

// close closes a connection that is in no watch.
func (f *fronts) close(index int32) {
	c, now := f.list[index], f.of.sim.Now()
	c.Close(now)
	c.node = none
	f.level.Down(now)
	f.free = append(f.free, index)
}

// lose closes the connections to a node that is lost; those with a request in
// progress with its answer, which is a reset.
func (f *fronts) lose(node int32) {
	if f == nil {
		return
	}
	for _, c := range f.list {
		if c.node == node {
			f.hungUp(&c.Conn)
		}
	}
}

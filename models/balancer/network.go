package balancer

import (
	"fmt"
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Flows is what Network Load Balancers alone can be told: keys of the balancer's
// own table.
type Flows struct {
	CutsIll     bool `toml:"unhealthy_connection_termination" default:"true" doc:"The connections of a target that becomes unhealthy are reset, unless all are unhealthy. Else they go on, and no new ones come." source:"API-TGATTR, NLB-HC"`
	CutsDrained bool `toml:"deregistration_connection_termination" default:"false" doc:"The connections of a deregistered target are reset after deregistration_delay." source:"API-TGATTR, NLB-TG"`
}

// network is what a Network Load Balancer does besides: it does not end clients'
// connections but passes them through, each to one target for its life
// [NLB-INTRO]. It is the caller of the targets.
type network struct {
	*Balancer
	bySource  bool    // by the source address alone
	failsOpen bool    // no node has a healthy target: all are used
	flows     []*flow // by index
	free      []*flow
	idle      struct{ oldest, latest *flow } // those without a request, by when they had the last
	on        []int                          // flows by slot of their targets
	level     tally.Level                    // flows
}

// A flow is a connection between a client and a target. Where it is idle, it
// keeps its place in the balancer's table until the target closes it.
type flow struct {
	traffic.Conn                 // as the client has it
	target       traffic.ConnRef // as the target has it
	pair         pair
	used         engine.Time // when it last had a request
	busy         bool        // it has one
	leaving      bool        // the client has closed it
	broken       bool        // RST to the client's next packet

	earlier, later *flow // among the idle ones
}

func newNetwork(b *Balancer, s *Spec) *network {
	return &network{Balancer: b, bySource: s.Stickiness.Type == "source_ip"}
}

// refresh works out whom the nodes send connections to. Only where no node has a
// healthy target in reach, all use what they have [NLB-HC].
func (w *network) refresh() {
	w.failsOpen = true
	for slot := range w.targets {
		usable, _ := w.verdicts(int32(slot))
		w.failsOpen = w.failsOpen && !(usable && w.targets[slot].routed)
	}
	for i := range w.nodes {
		w.survey(&w.nodes[i])
	}
}

// receive takes a request on a client's connection, or with a new one. A
// connection that the target has closed while idle is no failure: the client has
// seen it, and makes a new one. One that has been idle for too long is forgotten
// without a word: the client's data meet RST [NLB-LB].
func (w *network) receive(a *traffic.Attempt) {
	f := w.flowOf(a.Link.Conn)
	switch {
	case f == nil:
		w.connect(a)
	case w.forgotten(f):
		w.end(f)
		w.tally.Requests++
		w.fail(a, traffic.Link{}, traffic.Reset)
	case w.closed(f):
		w.end(f)
		w.connect(a)
	default:
		w.tally.Requests++
		w.unlist(f)
		w.pass(a, f)
	}
}

// connect takes a request with a new connection.
func (w *network) connect(a *traffic.Attempt) {
	n := w.nodeFor(a)
	if n.lost > 0 {
		a.Forward(w.void(n))
		return
	}
	w.tally.Requests++
	slot := w.hash(n, a)
	if slot == none {
		w.fail(a, traffic.Link{}, w.policy.answers[unserved])
		return
	}
	f := w.open(pair{n.door.Index, slot})
	a.Link.Conn = f.Conn.Open()
	w.pass(a, f)
}

// flowOf is the flow of a client's connection; nil for none.
func (w *network) flowOf(ref traffic.ConnRef) *flow {
	c := ref.Conn()
	if c == nil || c.Home != traffic.Receiver(w.Balancer) || int(c.Index) >= len(w.flows) || c != &w.flows[c.Index].Conn {
		return nil
	}
	return w.flows[c.Index]
}

// nodeOf is the node that an open connection to the balancer leads to.
func (w *network) nodeOf(ref traffic.ConnRef) int32 {
	if f := w.flowOf(ref); f != nil {
		return f.pair.node
	}
	return ref.Conn().Index // the door of a node that was lost
}

// hash picks the target of a new flow. Ports and sequence numbers make the hash
// as good as a draw; by source address alone it stays while the targets do.
func (w *network) hash(n *node, a *traffic.Attempt) int32 {
	use := n.rotas[0].use
	if len(use) == 0 {
		return none
	}
	luck := uint64(0)
	if w.bySource {
		luck = w.addresses.Uint64(a.User, 0)
	} else {
		luck = w.draw(n)
	}
	i, _ := bits.Mul64(luck, uint64(len(use)))
	return use[i]
}

// closed tells whether the target has closed its end.
func (w *network) closed(f *flow) bool {
	return !f.broken && f.target.Conn() == nil && !w.targets[f.pair.slot].Connectionless
}

// forgotten tells whether the client's next packet meets RST: the target has
// been given up, or the flow was idle for too long before the target closed it.
func (w *network) forgotten(f *flow) bool {
	until := w.sim.Now()
	if w.closed(f) {
		at, known := f.target.ClosedAt()
		if !known {
			return false
		}
		until = at
	}
	return f.broken || until-f.used >= w.policy.idleTimeout
}

// pass sends a request on over its flow.
func (w *network) pass(a *traffic.Attempt, f *flow) {
	tag := w.tag()
	c := &w.calls[tag]
	c.attempt, c.link = a, a.Link
	c.pair, c.depth, c.open = f.pair, int32(a.Depth()), true
	f.busy = true
	a.Hold(tag)
	link := traffic.Link{Conn: f.target, Keep: a.Link.Keep}
	w.dispatch(tag, &w.nodes[f.pair.node], link, f.target.Conn() != nil)
}

// Answered implements traffic.Caller: it takes a target's answer back to the
// client. The connection goes on if both want it.
func (w *network) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	c := &w.calls[tag]
	w.silence.Leave(tag)
	f := w.flowOf(c.link.Conn)
	f.target, f.used = a.Link.Conn, w.sim.Now()
	if a.Gone || f.leaving || !c.link.Keep || w.closed(f) {
		w.end(f)
	} else {
		w.list(f)
	}
	w.conclude(a, tag, cause)
}

// open makes a flow, after it has cleared away those at the end of their lives.
func (w *network) open(p pair) *flow {
	w.reap()
	var f *flow
	if last := len(w.free) - 1; last >= 0 {
		f = w.free[last]
		w.free = w.free[:last]
	} else {
		f = &flow{}
		f.Index, f.Home, f.Conn.Hangup = int32(len(w.flows)), w.Balancer, w.hungUp
		w.flows = append(w.flows, f)
	}
	for int(p.slot) >= len(w.on) {
		w.on = append(w.on, 0)
	}
	w.on[p.slot]++
	w.level.Add(w.sim.Now(), 1)
	f.pair = p
	return f
}

// reap forgets the flows that have been idle longest, as far as their targets
// have closed them or nothing will come on them any more.
func (w *network) reap() {
	for f := w.idle.oldest; f != nil; f = w.idle.oldest {
		over := w.sim.Now()-f.used >= w.policy.idleTimeout
		if !w.closed(f) && !(over && f.target.Conn() == nil) {
			return
		}
		w.end(f)
	}
}

// end closes a flow at both ends, and forgets it.
func (w *network) end(f *flow) {
	if !f.busy {
		w.unlist(f)
	}
	f.target.Hangup()
	f.Conn.Close(w.sim.Now())
	w.level.Add(w.sim.Now(), -1)
	slot := f.pair.slot
	f.target, f.pair = traffic.ConnRef{}, pair{none, none}
	f.busy, f.leaving, f.broken = false, false, false
	w.free = append(w.free, f)
	w.on[slot]--
	w.settle(slot)
}

// hungUp is the client's closing of its connection.
func (w *network) hungUp(c *traffic.Conn) {
	f := w.flows[c.Index]
	if f.busy {
		f.leaving = true
		return
	}
	w.end(f)
}

// reset sends RST to the idle flows that are concerned: their clients find out
// when they send the next request.
func (w *network) reset(concerned func(pair) bool) {
	for _, f := range w.flows {
		if !f.busy && concerned(f.pair) {
			f.target.Hangup()
			f.broken = true
		}
	}
}

// lose forgets all flows of a node that is gone.
func (w *network) lose(node int32) {
	for _, f := range w.flows {
		if f.pair.node == node {
			w.end(f)
		}
	}
}

// flowsTo is the number of flows to a target.
func (w *network) flowsTo(slot int32) int {
	if int(slot) >= len(w.on) {
		return 0
	}
	return w.on[slot]
}

// stillThere says what a draining target goes on with [NLB-TG].
func (w *network) stillThere(slot int32) string {
	text := "they go on for as long as both ends like"
	if w.policy.cutsDrained {
		text = fmt.Sprintf("they may go on for %s", w.policy.deregistrationDelay)
	}
	return fmt.Sprintf("connections: %d; %s", w.flowsTo(slot), text)
}

// hangUp ends the flow of a request.
func (w *network) hangUp(tag int32) { w.end(w.flowOf(w.calls[tag].link.Conn)) }

// list puts a flow among the idle ones, as the latest.
func (w *network) list(f *flow) {
	f.earlier, f.later = w.idle.latest, nil
	if w.idle.latest == nil {
		w.idle.oldest = f
	} else {
		w.idle.latest.later = f
	}
	w.idle.latest = f
	f.busy = false
}

func (w *network) unlist(f *flow) {
	if f.earlier == nil {
		w.idle.oldest = f.later
	} else {
		f.earlier.later = f.later
	}
	if f.later == nil {
		w.idle.latest = f.earlier
	} else {
		f.later.earlier = f.earlier
	}
	f.earlier, f.later = nil, nil
}

package balancer

import (
	"fmt"
	"math/bits"

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
// [NLB-INTRO]. It is the caller of the targets. Other balancers have none, nil.
type network struct {
	of       *Balancer
	bySource bool    // by the source address alone
	flows    []*flow // by index
	free     []*flow
	idle     struct{ oldest, latest *flow } // those without a request, by when they had the last
	on       []int                          // flows by slot of their targets
	level    tally.Level                    // flows
}

func newNetwork(b *Balancer, s *Spec) *network {
	w := &network{of: b, bySource: s.Stickiness.Type == "source_ip"}
	b.caller, b.clients = w, &w.level
	return w
}

// receive takes a request on a client's connection, or with a new one. A
// connection that the target has closed while idle is no failure: the client has
// seen it, and makes a new one. One that has been idle for too long is forgotten
// without a word: the client's data meet RST [NLB-LB].
func (w *network) receive(a *traffic.Attempt) {
	f := w.flowOf(a.Link.Conn)
	switch {
	case f == nil:
		w.establish(a)
	case w.forgotten(f):
		w.end(f)
		w.of.tally.Requests++
		w.of.fail(a, traffic.Link{}, traffic.Reset)
	case w.closed(f):
		w.end(f)
		w.establish(a)
	default:
		w.of.tally.Requests++
		w.unlist(f)
		w.pass(a, f)
	}
}

// establish takes a request with a new connection.
func (w *network) establish(a *traffic.Attempt) {
	n := w.of.nodeFor(a)
	if n.lost > 0 {
		a.Forward(w.of.addressOf(n))
		return
	}
	w.of.tally.Requests++
	slot := w.hash(n, a)
	if slot == none {
		w.of.fail(a, traffic.Link{}, w.of.policy.answers[unserved])
		return
	}
	f := w.open(pair{n.index, slot})
	a.Link.Conn = f.Conn.Open()
	w.pass(a, f)
}

// flowOf is the flow of a client's connection; nil for none.
func (w *network) flowOf(ref traffic.ConnRef) *flow {
	c := ref.Conn()
	if c == nil || c.Home != traffic.Receiver(w.of) || int(c.Index) >= len(w.flows) || c != &w.flows[c.Index].Conn {
		return nil
	}
	return w.flows[c.Index]
}

// nodeOf is the node that an open connection to the balancer leads to.
func (w *network) nodeOf(ref traffic.ConnRef) int32 {
	if f := w.flowOf(ref); f != nil {
		return f.pair.node
	}
	return ref.Conn().Index // that of a node that was lost
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
		luck = w.of.addresses.Uint64(a.User, 0)
	} else {
		luck = w.of.draw(n)
	}
	i, _ := bits.Mul64(luck, uint64(len(use)))
	return use[i]
}

// pass sends a request on over its flow.
func (w *network) pass(a *traffic.Attempt, f *flow) {
	c := w.of.blank()
	c.attempt, c.link, c.depth = a, a.Link, a.Hold(c.tag)
	c.node, c.target = &w.of.nodes[f.pair.node], w.of.targets[f.pair.slot]
	f.busy = true
	a.Link = traffic.Link{Conn: f.target, Keep: a.Link.Keep}
	w.of.dispatch(c, f.target.Conn() != nil)
}

// Answered implements traffic.Caller: it takes a target's answer back to the
// client. The connection goes on if both want it.
func (w *network) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	c := w.of.calls[tag]
	c.stay.Leave()
	f := w.flowOf(c.link.Conn)
	f.target, f.used = a.Link.Conn, w.of.sim.Now()
	if a.Gone || f.leaving || !c.link.Keep || w.closed(f) {
		w.end(f)
	} else {
		w.list(f)
	}
	w.of.conclude(a, c, cause)
}

// Moved implements traffic.Caller.
func (w *network) Moved(a *traffic.Attempt, tag int32) { w.of.Moved(a, tag) }

// reset sends RST to the idle flows that are concerned: their clients find out
// when they send the next request.
func (w *network) reset(concerned func(pair) bool) {
	if w == nil {
		return
	}
	for _, f := range w.flows {
		if !f.busy && concerned(f.pair) {
			f.target.Hangup()
			f.broken = true
		}
	}
}

// lose forgets all flows of a node that is gone.
func (w *network) lose(node int32) {
	if w == nil {
		return
	}
	for _, f := range w.flows {
		if f.pair.node == node {
			w.end(f)
		}
	}
}

// loss says how many flows of a pair are about to be reset.
func (w *network) loss(p pair) string {
	if w == nil {
		return ""
	}
	n := 0
	for _, f := range w.flows {
		n += int(toInt(f.pair == p && !f.broken))
	}
	return fmt.Sprintf("; connections reset: %d", n)
}

// flowsTo is the number of flows to a target.
func (w *network) flowsTo(slot int32) int {
	if w == nil || int(slot) >= len(w.on) {
		return 0
	}
	return w.on[slot]
}

// stillThere says what a draining target goes on with [NLB-TG].
func (w *network) stillThere(slot int32) string {
	text := "they go on for as long as both ends like"
	if w.of.policy.cutsDrained {
		text = fmt.Sprintf("they may go on for %s", w.of.policy.deregistrationDelay)
	}
	return fmt.Sprintf("connections: %d; %s", w.flowsTo(slot), text)
}

// hangUp ends the flow of a request.
func (w *network) hangUp(c *call) {
	if w != nil {
		w.end(w.flowOf(c.link.Conn))
	}
}

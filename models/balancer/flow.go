package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

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

// closed tells whether the target has closed its end.
func (w *network) closed(f *flow) bool {
	return !f.broken && f.target.Conn() == nil && !w.of.targets[f.pair.slot].Connectionless
}

// forgotten tells whether the client's next packet meets RST: the target has
// been given up, or the flow was idle for too long before the target closed it.
func (w *network) forgotten(f *flow) bool {
	until := w.of.sim.Now()
	if w.closed(f) {
		at, known := f.target.ClosedAt()
		if !known {
			return false
		}
		until = at
	}
	return f.broken || until-f.used >= w.of.policy.idleTimeout
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
		f.Index, f.Home, f.Conn.Hangup = int32(len(w.flows)), w.of, w.hungUp
		w.flows = append(w.flows, f)
	}
	for int(p.slot) >= len(w.on) {
		w.on = append(w.on, 0)
	}
	w.on[p.slot]++
	w.level.Up(w.of.sim.Now())
	f.pair = p
	return f
}

// reap forgets the flows that have been idle longest, as far as their targets
// have closed them or nothing will come on them any more.
func (w *network) reap() {
	for f := w.idle.oldest; f != nil; f = w.idle.oldest {
		over := w.of.sim.Now()-f.used >= w.of.policy.idleTimeout
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
	f.Conn.Close(w.of.sim.Now())
	w.level.Down(w.of.sim.Now())
	slot := f.pair.slot
	f.target, f.pair = traffic.ConnRef{}, pair{none, none}
	f.busy, f.leaving, f.broken = false, false, false
	w.free = append(w.free, f)
	w.on[slot]--
	w.of.settle(slot)
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

package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// clocked is a law that is asked at instants of its own, and not when an alarm
// says so. Its wish gets no alarm.
type clocked interface {
	law
	// next is called when the law is about to be asked, now, and tells when it is
	// to be asked again.
	next(now engine.Time) engine.Time
}

// clock asks a policy with a clocked law, for the first time at the instant
// given. An answer is taken to hold for the interval.
func (g *Group) clock(p *policy, l clocked, first, interval engine.Time) {
	p.law = l
	t := &trigger{policy: p, interval: interval}
	var tick *engine.Routine[struct{}]
	tick = engine.NewRoutine(g.sim, "policy's clock", engine.Control, func(struct{}) {
		tick.At(l.next(g.sim.Now()), struct{}{})
		g.inbox.triggers = append(g.inbox.triggers, t)
		g.decideNow()
	})
	tick.At(first, struct{}{})
}

// addForeign makes a policy that is an autoscaler from outside AWS, first asked
// one interval into the run. Cooldown and warm-up of AWS do not exist there.
func (g *Group) addForeign(name string, l clocked) {
	interval := l.next(0)
	g.clock(&policy{name: name}, l, interval, interval)
}

// keep is a wish to leave desired as it is, of a law that knows why itself.
func keep(reason timeline.Reason, by string) wish {
	return wish{verdict: stands, reason: reason, by: by}
}

// suffices is a wish to leave desired as it is, of a law whose load needs that
// capacity.
func suffices(need int) wish {
	w := keep(timeline.NoNeed, "")
	w.target = need
	return w
}

// scale is a wish for a capacity in either direction.
func scale(capacity int) wish {
	return wish{verdict: asks, capacity: capacity, target: capacity}
}

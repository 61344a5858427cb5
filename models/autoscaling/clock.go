package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// clocked is a law that is asked at fixed intervals, and not when an alarm says
// so. Its wish gets no alarm.
type clocked interface {
	law
	// interval is the time between two askings; the first is one interval into
	// the run.
	interval() engine.Time
}

// clock puts a policy with a clocked law on its clock.
func (g *Group) clock(p *policy, l clocked) {
	t := &trigger{policy: p, interval: l.interval()}
	var tick *engine.Routine[engine.Time]
	tick = engine.NewRoutine(g.sim, "policy's clock", engine.Control, func(interval engine.Time) {
		tick.After(interval, interval)
		g.inbox.triggers = append(g.inbox.triggers, t)
		g.decideNow()
	})
	tick.After(l.interval(), l.interval())
}

// timed is a law that is asked at time zero, and then at instants of its own.
type timed interface {
	law
	// next makes ready for being asked now, and tells when to ask again.
	next(now engine.Time) engine.Time
}

// clockAt puts a policy with a timed law on its clock.
func (g *Group) clockAt(p *policy, l timed) {
	t := &trigger{policy: p, interval: engine.Hour}
	var tick *engine.Routine[*trigger]
	tick = engine.NewRoutine(g.sim, "policy's hour", engine.Control, func(t *trigger) {
		tick.At(l.next(g.sim.Now()), t)
		g.inbox.triggers = append(g.inbox.triggers, t)
		g.decideNow()
	})
	tick.At(g.sim.Now(), t)
}

// addForeign makes a policy that is an autoscaler from outside AWS. Cooldown and
// warm-up of AWS do not exist there.
func (g *Group) addForeign(name string, s *PolicySpec) {
	var l clocked
	switch s.Type {
	case "hpa":
		l = g.newHPA(s)
	case "gcp":
		l = g.newGCP(s)
	default:
		l = g.newAzure(s)
	}
	g.clock(&policy{name: name, law: l}, l)
}

// keep is a wish to leave desired as it is, of a law that knows why itself.
func keep(reason timeline.Reason, by string) wish {
	return wish{verdict: stands, reason: reason, by: by}
}

// scale is a wish for a capacity in either direction.
func scale(capacity int) wish {
	return wish{verdict: asks, capacity: capacity, target: capacity}
}

package autoscaling

import "github.com/headroom-sim/headroom/engine"

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

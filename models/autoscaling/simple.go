package autoscaling

import (
	"fmt"

	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// simple is the law of simple scaling: one adjustment, and deaf while a scaling
// activity is in progress or a cooldown runs [cool, step]. The activity of a
// launch lasts until the instance has warmed up [api-act, obs-21], that of a
// termination until it is deregistered.
type simple struct {
	adjustment Adjustment
	magnitude  int
}

func (g *Group) addSimple(p *policy, s *PolicySpec) {
	p.law = &simple{s.Adjustment, s.MinAdjustmentMagnitude}
	if s.Cooldown != nil {
		p.cooldown = s.Cooldown.Time()
	}
	g.manual[p.name] = p
	g.watchAlarm(p, s)
}

func (l *simple) wish(s situation, _ *cloudwatch.Alarm) wish {
	switch {
	case s.warming != nil || s.draining != nil || s.changing:
		return wish{verdict: inProgress}
	case s.now < s.cooldown:
		return wish{verdict: cooling}
	}
	// Nothing is in progress, so all of the current capacity is warm. It is less
	// than desired where launches are prevented: to add to it then is no reason to
	// desire less.
	target := l.adjustment.Target(s.warm, l.magnitude)
	w := wish{verdict: asks, capacity: target, current: s.warm, target: target}
	if l.adjustment.Type != ExactCapacity && l.adjustment.Amount > 0 {
		w.capacity = max(s.desired, target)
	}
	return w
}

func (l *simple) explain(w wish) string {
	return fmt.Sprintf("%s with current capacity %d gives %d", l.adjustment.arithmetic(w.current, l.magnitude), w.current, w.target)
}

package scenario

import (
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
)

// A rolling is an instance refresh in a fleet, by an operation or a deployment.
type rolling struct {
	*autoscaling.RefreshSpec
	fleet  string
	alarms []string
	path   []string // of its keys
}

// rollings are all of the scenario.
func (l *lint) rollings() []rolling {
	var all []rolling
	for _, name := range sorted(l.Deployments) {
		if d := l.Deployments[name]; d.Rolling() {
			all = append(all, rolling{&d.RefreshSpec, d.Fleet, d.Alarms, []string{"deployments", name}})
		}
	}
	for _, fleet := range sorted(l.Fleets) {
		operations := l.Fleets[fleet].Operations
		for _, name := range sorted(operations) {
			if o := operations[name]; o.Call == "start_instance_refresh" {
				all = append(all, rolling{&o.RefreshSpec, fleet, o.Alarms, []string{"fleets", fleet, "operations", name}})
			}
		}
	}
	return all
}

// warmsUp finds a refresh that goes on to the next instance before the last one
// that it has launched serves: where the group's health checks are EC2's, nothing
// but the warm-up makes it wait [refresh, imp].
func (l *lint) warmsUp(r rolling) {
	f := l.Fleets[r.fleet]
	if f.HealthCheckType == "ELB" && l.elastic(r.fleet) || r.MinHealthy != nil && *r.MinHealthy == 0 {
		return
	}
	warmup, at := f.HealthCheckGracePeriod, sub(r.path, "instance_warmup")
	switch {
	case r.InstanceWarmup != nil:
		warmup = *r.InstanceWarmup
	case f.InstanceWarmup != nil:
		warmup, at = *f.InstanceWarmup, []string{"fleets", r.fleet, "instance_warmup"}
	}
	needs, checks := f.ready(), l.passes(r.fleet)
	if warmup.Time() >= needs.mean+checks {
		return
	}
	l.doubt(at, "the next instance is replaced before this one serves: a new one counts as replaced %s after InService, but is of use only after %s of boot and start-up%s. Write at least %s",
		warmup, quantity.Duration(needs.mean).Rough(), checksInWords(checks), roughly(needs.p95+checks))
}

// passes is what health checks take before any balancer may use an instance of the
// fleet that has booted and started: longer where it has failed some meanwhile.
func (l *lint) passes(fleet string) engine.Time {
	var least engine.Time
	for i, name := range l.inFront(fleet) {
		b := l.Balancers[name]
		failed := l.Fleets[fleet].ready().mean > verdictAfter(b)
		if t := b.FirstPass(failed); i == 0 || t < least {
			least = t
		}
	}
	return least
}

// bakes finds a refresh that is over before its alarms can have seen the last of
// what it has launched: a success is not rolled back [refresh].
func (l *lint) bakes(r rolling) {
	name, sees := l.soonest(r.alarms)
	if !r.AutoRollback || r.BakeTime.Time() >= sees {
		return
	}
	l.doubt(sub(r.path, "bake_time"), "the refresh may be successful before its alarms tell that the new version is bad, and is not rolled back then: %s needs datapoints of %s, the refresh waits for %s after the last replacement. Write bake_time = %q or more",
		name, quantity.Duration(sees), r.BakeTime, roughly(sees+engine.Minute))
}

// soonest is that of the alarms of [alarms.NAME] and of policies which needs the
// least time in breach; 0 where it is not known.
func (l *lint) soonest(names []string) (least string, sees engine.Time) {
	for _, name := range names {
		s := l.alarm(name)
		if s == nil {
			return "", 0
		}
		points := s.EvaluationPeriods
		if s.DatapointsToAlarm != nil {
			points = *s.DatapointsToAlarm
		}
		if t := engine.Time(points) * s.Period.Time(); least == "" || t < sees {
			least, sees = name, t
		}
	}
	return least, sees
}

// alarm is the alarm of a name, NAME or FLEET.POLICY; nil for composite ones and
// those of target tracking.
func (l *lint) alarm(name string) *cloudwatch.AlarmSpec {
	if a := l.Alarms[name]; a != nil && a.Kind() == "metric" {
		return &a.AlarmSpec
	}
	fleet, policy, _ := strings.Cut(name, ".")
	if f := l.Fleets[fleet]; f != nil && f.Policies[policy] != nil {
		return f.Policies[policy].Alarm
	}
	return nil
}

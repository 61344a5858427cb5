package scenario

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
)

// credits finds alarms on the CPU of burstable instances that cannot go off:
// without credits CPUUtilization reads the baseline at most [T-BASE].
func (l *lint) credits(name string, f *Fleet, path []string) {
	i := f.machine()
	if i == nil || !i.Burstable() || f.unlimited(i.Credits) {
		return
	}
	for _, policy := range sorted(f.Policies) {
		p := f.Policies[policy]
		level, at, ok := bound(p, sub(path, "policies", policy))
		if !ok || p.Follows() != autoscaling.CPUUtilization || !upward(p) || level <= 100*i.Credits.Baseline {
			continue
		}
		l.throttled(name, i, at, level, window(p))
	}
}

// upward reports whether a policy acts on high averages.
func upward(p *autoscaling.PolicySpec) bool {
	if p.Alarm == nil {
		return true
	}
	return p.Alarm.Comparison[0] == '>' && p.Alarm.Statistic != "Sum" && p.Alarm.Statistic != "SampleCount"
}

// window is how long the metric must be high for a policy to act.
func window(p *autoscaling.PolicySpec) engine.Time {
	if p.Alarm == nil {
		return 3 * engine.Minute
	}
	return p.Alarm.Period.Time() * engine.Time(p.Alarm.EvaluationPeriods)
}

// unlimited reports whether an instance goes on without credits, and pays.
func (f *Fleet) unlimited(c catalog.Credits) bool {
	if f.CPUCredits != "" {
		return f.CPUCredits == "unlimited"
	}
	return c.UnlimitedDefault
}

// throttled finds that a new instance lacks the credits to stand above the
// level for long enough, or that the planned load has spent them before the
// level is reached.
func (l *lint) throttled(fleet string, i *catalog.Instance, at []string, level float64, window engine.Time) {
	baseline := float64(100 * i.Credits.Baseline)
	spend := (level - baseline) / 100 * float64(i.VCPU) // credits a minute
	const remedy = "Write cpu_credits = \"unlimited\", take another type, or a threshold below the baseline"
	if i.Credits.Launch < spend*window.Seconds()/60 {
		l.doubt(at, "may never be reached: a new %s in standard mode has %s CPU credits, and without credits CPUUtilization stays at its baseline of %s %% whatever the load. %s (have %s)",
			i.Name, figure(i.Credits.Launch), figure(baseline), remedy, cloudwatch.Format(level))
		return
	}
	if spent, reached, ok := l.spends(fleet, i, level); ok {
		again := ""
		if reached {
			again = " again"
		}
		l.doubt(at, "is never reached%s: the load keeps each %s above its baseline of %s %%, its credits are spent after %s, and from then on CPUUtilization reads %s %%. %s",
			again, i.Name, figure(baseline), quantity.Duration(spent).Rough(), figure(baseline), remedy)
	}
}

// spends tells when the instances of time zero have spent their credits under
// the planned load, in a group that always has as many instances as keep the CPU
// below the level; and whether the level was reached before.
func (l *lint) spends(fleet string, i *catalog.Instance, level float64) (at engine.Time, reached, ok bool) {
	f, load := l.Fleets[fleet], l.offered(fleet)
	n := float64(f.Start())
	if !load.complete || n == 0 {
		return 0, false, false
	}
	balance := i.Credits.Launch
	for minute, work := range load.work {
		reached = reached || 100*work >= level*f.vcpus()*n
		n = max(n, min(float64(f.Max), math.Ceil(float64(100*work)/(level*f.vcpus()))))
		busy := min(1, work/(f.vcpus()*n))
		balance = min(balance+float64((i.Credits.Baseline-busy)*float64(i.VCPU)), i.Credits.Launch+i.Credits.Max)
		if balance <= 0 {
			return engine.Time(minute+1) * engine.Minute, reached, true
		}
	}
	return 0, false, false
}

package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/models/autoscaling"
)

// contrary finds settings that contradict what they are for: bounds that nothing
// can reach, adjustments that change nothing or the wrong way, processes that
// stay suspended, schedules that must fail.
func (l *lint) contrary(f *Fleet, path []string) {
	for _, name := range sorted(f.Policies) {
		p, at := f.Policies[name], sub(path, "policies", name)
		l.unreachable(p, at)
		l.wrongWay(p, at)
		if p.Type == "target_tracking" && !p.DisableScaleIn && p.LowFactor > 0.95 {
			l.doubt(sub(at, "low_factor"), "the low alarm begins at the target itself: the group scales in as soon as it has scaled out. AWS uses 0.7 (have %v)", p.LowFactor)
		}
	}
	for _, name := range sorted(f.Schedules) {
		l.contradicts(f, f.Schedules[name], sub(path, "schedules", name))
	}
	l.neverResumed(f, path)
}

// unreachable finds bounds on the average CPU utilization above 100 percent.
func (l *lint) unreachable(p *autoscaling.PolicySpec, path []string) {
	level, at, ok := bound(p, path)
	if ok && level > 100 && p.Follows() == autoscaling.CPUUtilization && upward(p) {
		l.doubt(at, "is never reached: CPU utilization is 100 %% at most (have %s)", figure(level))
	}
}

// wrongWay finds adjustments of nothing, and such as remove instances when the
// metric is high or add some when it is low.
func (l *lint) wrongWay(p *autoscaling.PolicySpec, path []string) {
	if p.Alarm == nil || p.Follows() != autoscaling.CPUUtilization {
		return
	}
	up := p.Alarm.Comparison[0] == '>'
	look := func(a autoscaling.Adjustment, key string) {
		switch {
		case a.Type == autoscaling.ExactCapacity:
		case a.Amount == 0:
			l.doubt(sub(path, key), "changes nothing (have %q)", a)
		case up != (a.Amount > 0):
			l.doubt(sub(path, key), "goes the wrong way: the alarm is on where CPU utilization is %s %s (have %q)",
				p.Alarm.Comparison, figure(p.Alarm.Threshold), a)
		}
	}
	if p.Type == "simple" {
		look(p.Adjustment, "adjustment")
	}
	for _, s := range p.Steps {
		look(s.Adjustment, "steps")
	}
}

// contradicts finds a scheduled action that fails as a whole: AWS refuses what
// the bounds then in force do not allow [sched]. Where other actions change the
// bounds too it is left alone.
func (l *lint) contradicts(f *Fleet, s *autoscaling.ScheduleSpec, path []string) {
	for _, name := range sorted(f.Schedules) {
		if other := f.Schedules[name]; other != s && (other.Min != nil || other.Max != nil) {
			return
		}
	}
	low, high := f.Min, f.Max
	if s.Min != nil {
		low = *s.Min
	}
	if s.Max != nil {
		high = *s.Max
	}
	switch {
	case low > high && s.Min != nil:
		l.doubt(sub(path, "min"), "the action fails: min %d exceeds max %d. Set max in it too", low, high)
	case low > high:
		l.doubt(sub(path, "max"), "the action fails: max %d is less than min %d. Set min in it too", high, low)
	case s.Desired != nil && (*s.Desired < low || *s.Desired > high):
		l.doubt(sub(path, "desired"), "the action fails: desired %d is outside %d to %d. Set min or max in it too", *s.Desired, low, high)
	}
}

// neverResumed finds processes without which policies cannot act, suspended from
// the start to the end.
func (l *lint) neverResumed(f *Fleet, path []string) {
	for _, name := range sorted(f.Operations) {
		if f.Operations[name].Call == "resume_processes" {
			return
		}
	}
	for _, process := range []string{"Launch", "AlarmNotification"} {
		if len(f.Policies) > 0 && slices.Contains(f.SuspendedProcesses, process) {
			l.doubt(sub(path, "suspended_processes"), "no policy can add instances in the whole run: %s is never resumed", process)
		}
	}
}

package scenario

import (
	"math"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/quantity"
)

// misfit finds what does not fit in one policy: its steps, its period, its
// target.
func (l *lint) misfit(fleet string, p *autoscaling.PolicySpec, path []string) {
	if p.Type == "step" {
		l.steps(p, path)
	}
	l.sparse(l.Fleets[fleet], p, path)
	l.perSecond(fleet, p, path)
}

// bound is the level that a policy acts on, and its key; false for kinds that
// have none.
func bound(p *autoscaling.PolicySpec, path []string) (level float64, at []string, ok bool) {
	switch {
	case p.Alarm != nil:
		return p.Alarm.Threshold, sub(path, "alarm", "threshold"), true
	case p.Type == "target_tracking":
		return p.Target, sub(path, "target"), true
	}
	return 0, nil, false
}

// share finds a bound on CPU utilization, which is in percent, that was written
// as a share.
func (l *lint) share(p *autoscaling.PolicySpec, path []string) {
	level, at, ok := bound(p, path)
	if !ok || p.Follows() != autoscaling.CPUUtilization || p.Alarm != nil && p.Alarm.Statistic == "SampleCount" {
		return
	}
	l.percent(level, at)
}

// foreignShares does the same for an autoscaler from outside AWS.
func (l *lint) foreignShares(p *autoscaling.PolicySpec, path []string) {
	for _, name := range sorted(p.Targets) {
		if t := p.Targets[name]; t.Metric == "cpu" && t.Target != nil {
			l.percent(*t.Target, sub(path, "targets", name, "target"))
		}
	}
	for _, name := range sorted(p.Rules) {
		if r := p.Rules[name]; r.Metric == "cpu" {
			l.percent(r.Threshold, sub(path, "rules", name, "threshold"))
		}
	}
}

func (l *lint) percent(level float64, at []string) {
	if 0 < level && level < 1 {
		percent := strconv.FormatFloat(math.Round(level*1e6)/1e4, 'f', -1, 64)
		l.doubt(at, "CPU utilization is in percent, not a share: write %s (have %v)", percent, level)
	}
}

// steps finds values that set off the alarm and meet no step: AWS then answers
// "No step adjustment found", and nothing happens [step, issue-step].
func (l *lint) steps(p *autoscaling.PolicySpec, path []string) {
	at, a := sub(path, "steps"), p.Alarm
	low, high := p.Steps[0].Lower.Float64(), p.Steps[len(p.Steps)-1].Upper.Float64()
	most := math.Inf(1)
	if p.Follows() == autoscaling.CPUUtilization && a.Statistic != "Sum" && a.Statistic != "SampleCount" {
		most = 100
	}
	if up := a.Comparison[0] == '>'; up {
		switch {
		case high <= 0:
			l.doubt(at, "no step is found: %s %s breaches above the threshold, where no step lies; bounds count from the threshold. Write \"0.. %s\" (have %q)",
				a.Comparison, figure(a.Threshold), p.Steps[0].Adjustment, p.Steps[len(p.Steps)-1])
		case low > 0:
			l.doubt(at, "no step is found from %s up to %s, though the alarm is on: the lowest begins %s above the threshold. Let it begin at 0 (have %q)",
				figure(a.Threshold), figure(a.Threshold+low), figure(low), p.Steps[0])
		case a.Threshold+high <= most && high < 1e12:
			l.doubt(at, "no step is found from %s upward, where the breach is worst: the highest ends there. Leave its upper bound out (have %q)",
				figure(a.Threshold+high), p.Steps[len(p.Steps)-1])
		}
		return
	}
	switch {
	case low >= 0:
		l.doubt(at, "no step is found: %s %s breaches below the threshold, where no step lies; bounds count from the threshold. Write \"..0 %s\" (have %q)",
			a.Comparison, figure(a.Threshold), p.Steps[0].Adjustment, p.Steps[0])
	case high < 0:
		l.doubt(at, "no step is found from %s down to %s, though the alarm is on: the highest ends %s below the threshold. Let it end at 0 (have %q)",
			figure(a.Threshold), figure(a.Threshold+high), figure(-high), p.Steps[len(p.Steps)-1])
	case a.Threshold+low >= 0:
		l.doubt(at, "no step is found at %s and below: the lowest ends there. Leave its lower bound out (have %q)", figure(a.Threshold+low), p.Steps[0])
	}
}

// sparse finds alarms with periods shorter than the metric's: most of their
// periods have no datapoint [mon].
func (l *lint) sparse(f *Fleet, p *autoscaling.PolicySpec, path []string) {
	if f.Monitoring != "basic" || !slices.Contains(basicMetrics, p.Follows()) {
		return
	}
	period, n, at := engine.Minute, p.HighEvaluationPeriods, sub(path, "metric")
	switch {
	case p.Alarm != nil:
		period, n, at = p.Alarm.Period.Time(), p.Alarm.EvaluationPeriods, sub(path, "alarm", "period")
	case p.Type != "target_tracking":
		return
	case p.AlarmPeriod != nil:
		period = p.AlarmPeriod.Time()
	}
	const native = 5 * engine.Minute
	if period >= native {
		return
	}
	l.doubt(at, "basic monitoring has a datapoint every 5m, the alarm looks at %d of %s: most have none and count as missing, and a single datapoint decides, minutes late. Write monitoring = \"detailed\" in the fleet%s",
		n, quantity.Duration(period), orPeriod(p))
}

// basicMetrics are those that come every five minutes unless the monitoring is
// detailed [ec2-mon].
var basicMetrics = []string{autoscaling.CPUUtilization, "NetworkIn", "NetworkOut"}

func orPeriod(p *autoscaling.PolicySpec) string {
	if p.Alarm == nil {
		return "" // three periods of five minutes would be later still
	}
	return ", or period = \"5m\""
}

// farBelow is how many times the load must exceed what a group at max takes for
// the target to be in the wrong unit.
const farBelow = 10

// perSecond finds a number of requests that was meant for a second and is taken
// for a minute.
func (l *lint) perSecond(fleet string, p *autoscaling.PolicySpec, path []string) {
	level, at, ok := bound(p, path)
	if !ok || p.Follows() != autoscaling.RequestCountPerTarget || p.Alarm != nil && (p.Alarm.Comparison[0] != '>' || p.Alarm.Period.Time() != engine.Minute) {
		return
	}
	f := l.Fleets[fleet]
	load := 60 * peak(l.offered(fleet).requests)
	if most := level * float64(f.Max); f.Max > 0 && load >= farBelow*most {
		l.doubt(at, "is in requests per target and minute: at %s the most that max = %d take is %s a minute, the load has up to %s. For %s a second write %s",
			figure(level), f.Max, figure(most), figure(load), figure(level), figure(60*level))
	}
}

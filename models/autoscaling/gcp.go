package autoscaling

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling/gcp"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// gcpLaw adapts a group to the autoscaler of a managed instance group.
type gcpLaw struct {
	scraper
	auto         gcp.Autoscaler
	initializing engine.Time
	customs      []*custom // of the signals; nil for CPU
	loads        []gcp.Load
	decision     gcp.Decision
}

// defaultUtilization is the target of CPU utilization, in percent [gcp-cpu].
const defaultUtilization = 60

func (g *Group) newGCP(s *PolicySpec) *gcpLaw {
	l := &gcpLaw{initializing: s.InitializationPeriod.Time()}
	l.scraper = scraper{group: g, resolution: s.Interval.Time(), depth: 1}
	l.auto.Settings = gcp.Settings{Stabilization: s.StabilizationPeriod.Time(), Mode: gcpModes[s.AutoscalingMode]}
	if c := s.ScaleInControl; c != nil {
		l.auto.ScaleIn = &gcp.Control{Replicas: c.MaxScaledInReplicas.Count, Window: c.TimeWindow.Time()}
		if share := c.MaxScaledInReplicas.Share; share > 0 {
			l.auto.ScaleIn.Replicas, l.auto.ScaleIn.Percent = int(math.Round(float64(float64(share)*100))), true
		}
	}
	for _, name := range sortedKeys(s.Targets) {
		l.track(name, s.Targets[name])
	}
	if len(s.Targets) == 0 {
		l.track(cpuMetric, &TargetSpec{Metric: cpuMetric})
	}
	l.loads = make([]gcp.Load, len(l.auto.Signals))
	l.start()
	return l
}

var gcpModes = map[string]gcp.Mode{"ON": gcp.On, "ONLY_SCALE_OUT": gcp.OnlyScaleOut, "OFF": gcp.Off}

// track adds a signal with its target.
func (l *gcpLaw) track(name string, t *TargetSpec) {
	target := float64(defaultUtilization)
	if t.Target != nil {
		target = *t.Target
	}
	var c *custom
	if t.Metric != cpuMetric {
		c = l.group.newCustom(t.Metric, l.resolution)
	}
	l.customs = append(l.customs, c)
	l.auto.Signals = append(l.auto.Signals, gcp.Signal{Name: name, Target: int64(cloudwatch.NewValue(target))})
}

func (l *gcpLaw) next(now engine.Time) engine.Time { return now + l.resolution }

func (l *gcpLaw) wish(s situation, _ *cloudwatch.Alarm) wish {
	for k, c := range l.customs {
		if c == nil {
			l.loads[k] = l.cpu(s.now)
			continue
		}
		sum, n, known := c.total(s.now-l.resolution, s.now)
		l.loads[k] = gcp.Load{VMs: n, Total: sum, Known: known}
	}
	g := l.group
	l.decision = l.auto.Decide(s.now, s.desired, gcp.Bounds{Min: g.Min, Max: g.Max}, l.loads)
	switch l.decision.Answer {
	case gcp.Scaled:
		return scale(l.decision.Size)
	case gcp.Settled:
		return suffices(l.decision.Needed)
	case gcp.Bounded:
		return keep(timeline.AtBound, boundName(l.decision.Bound == g.Max))
	case gcp.Blind:
		return keep(timeline.NoDatapoint, "")
	case gcp.Stabilized:
		return keep(timeline.HeldBack, "stabilization period")
	case gcp.Controlled:
		return keep(timeline.HeldBack, "scale-in control")
	default:
		return keep(timeline.HeldBack, "mode "+l.auto.Mode.String())
	}
}

func (l *gcpLaw) explain(wish) string { return l.auto.Explain(&l.decision, l.group.clockText) }

// cpu is the sum of the utilizations of the VMs that have initialized. Those of
// one capacity are added up before they are rounded, so that a load that just
// fits is not found too large.
func (l *gcpLaw) cpu(now engine.Time) gcp.Load {
	var load gcp.Load
	var whole sample
	for _, i := range l.group.Instances {
		if i.State != InService || now < i.Since+l.initializing {
			continue
		}
		u, ok := l.sample(i)
		switch {
		case !ok:
			continue
		case load.VMs == 0:
			whole = u
		case u.there == whole.there:
			whole.busy += u.busy
		default:
			load.Total += int64(u.percent())
		}
		load.VMs++
	}
	if load.Known = load.VMs > 0; load.Known {
		load.Total += int64(whole.percent())
	}
	return load
}

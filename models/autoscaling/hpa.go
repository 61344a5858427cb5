package autoscaling

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling/hpa"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// hpaLaw adapts a group to a HorizontalPodAutoscaler: what the controller and
// the metrics server see of its instances.
type hpaLaw struct {
	scraper
	auto     hpa.Autoscaler
	period   engine.Time
	request  int64     // CPU that a pod requests, in thousandths of a vCPU
	whole    bool      // that is all of an instance's vCPUs, as the latest sample has them
	customs  []*custom // of the metrics; nil for CPU
	observed []hpa.Observation
	decision hpa.Decision
}

// youngest is how old a container must be for the metrics server to take its
// start as the beginning of its first sample [metrics-server].
const youngest = 10 * engine.Second

func (g *Group) newHPA(s *PolicySpec) *hpaLaw {
	l := &hpaLaw{period: s.SyncPeriod.Time()}
	l.scraper = scraper{group: g, resolution: s.MetricResolution.Time(), depth: 1}
	if s.MetricWindow != nil {
		l.depth = int(s.MetricWindow.Time() / l.resolution)
	}
	if l.whole = s.CPURequest == nil; !l.whole {
		l.request = int64(math.Round(float64(*s.CPURequest * 1000)))
	}
	l.auto.Settings = hpa.Settings{
		Tolerance:               tolerance(s),
		CPUInitializationPeriod: s.CPUInitializationPeriod.Time(),
		InitialReadinessDelay:   s.InitialReadinessDelay.Time(),
		ScaleUp:                 hpa.Behavior{Stabilization: s.ScaleUp.StabilizationWindow.Time(), Select: selects[s.ScaleUp.SelectPolicy], Rates: s.ScaleUp.Policies},
		ScaleDown:               hpa.Behavior{Stabilization: s.ScaleDown.StabilizationWindow.Time(), Select: selects[s.ScaleDown.SelectPolicy], Rates: s.ScaleDown.Policies},
	}
	for _, name := range sortedKeys(s.Targets) {
		l.track(name, s.Targets[name])
	}
	l.observed = make([]hpa.Observation, len(l.auto.Metrics))
	l.start()
	return l
}

var selects = map[string]hpa.Select{"Max": hpa.Max, "Min": hpa.Min, "Disabled": hpa.Disabled}

// tolerance is the HPA's own where it has one: then Kubernetes is of a version
// that tests an interval [hpa-tol].
func tolerance(s *PolicySpec) hpa.Tolerance {
	t := hpa.Tolerance{Up: s.Tolerance, Down: s.Tolerance}
	if up := s.ScaleUp.Tolerance; up != nil {
		t.Up, t.Interval = *up, true
	}
	if down := s.ScaleDown.Tolerance; down != nil {
		t.Down, t.Interval = *down, true
	}
	return t
}

// track adds a metric with its target.
func (l *hpaLaw) track(name string, t *TargetSpec) {
	m := hpa.Metric{Name: name, Kind: hpa.CPU, Target: int64(*t.Target)}
	var c *custom
	if t.Metric != cpuMetric {
		c = l.group.newCustom(t.Metric, l.resolution)
		m.Kind, m.Target = hpa.Pods, int64(math.Round(float64(*t.Target*1000)))
		if c.shared {
			m.Kind = hpa.External
		}
	}
	l.auto.Metrics = append(l.auto.Metrics, m)
	l.customs = append(l.customs, c)
}

func (l *hpaLaw) next(now engine.Time) engine.Time { return now + l.period }

func (l *hpaLaw) wish(s situation, _ *cloudwatch.Alarm) wish {
	l.observe(s.now)
	g := l.group
	l.decision = l.auto.Sync(s.now, s.desired, hpa.Bounds{Min: g.Min, Max: g.Max}, l.observed)
	switch l.decision.Answer {
	case hpa.Scaled:
		return scale(l.decision.Replicas)
	case hpa.Settled:
		return l.settle(s)
	case hpa.Bounded:
		return keep(timeline.AtBound, boundName(l.decision.Bound == g.Max))
	case hpa.Blind:
		return keep(timeline.NoDatapoint, "")
	case hpa.Stabilized:
		return keep(timeline.HeldBack, "stabilization")
	case hpa.Limited:
		return keep(timeline.HeldBack, "rate policy")
	default:
		return keep(timeline.HeldBack, "no replicas")
	}
}

// settle is the wish of a load that asks for the present number, or would ask for
// more if it were not for pods that are yet to be ready.
func (l *hpaLaw) settle(s situation) wish {
	p := &l.decision.Proposals[l.decision.Metric]
	switch {
	case p.Held && s.warm == s.desired:
		return keep(timeline.Awaiting, "pods not ready")
	case p.Held || p.Finding == hpa.Counted:
		return suffices(l.decision.Proposed)
	default:
		return keep(timeline.NoNeed, "")
	}
}

// boundName is what the timeline calls a bound of the group.
func boundName(upper bool) string {
	if upper {
		return "max"
	}
	return "min"
}

func (l *hpaLaw) explain(wish) string { return l.auto.Explain(&l.decision, l.group.clockText) }

// observe looks at the pods that are not being deleted.
func (l *hpaLaw) observe(now engine.Time) {
	clear(l.observed)
	running, pending := 0, 0
	for _, i := range l.group.Instances {
		p, ok := l.pod(i)
		switch {
		case !ok:
			continue
		case p.Pending:
			pending++
		default:
			running++
		}
		for k, c := range l.customs {
			if c == nil {
				l.observed[k].Add(&p, now, &l.auto.Settings)
			}
		}
	}
	latest := now - now%l.resolution
	for k, c := range l.customs {
		if c != nil {
			l.observed[k] = c.observe(latest-l.resolution, latest, running, pending)
		}
	}
}

// observe reads the metric for an HPA. Of pods that do not run yet there is no
// value; the others count, ready or not.
func (c *custom) observe(from, until engine.Time, running, pending int) hpa.Observation {
	sum, n, known := c.total(from, until)
	o := hpa.Observation{Pods: n, Value: sum/1000 + min(sum%1000, 1), Known: known}
	if c.shared {
		o.Pods = running + pending
	} else {
		o.Missing, o.Unready = max(0, running-n), pending
	}
	return o
}

// pod is what the cluster sees of an instance. It has been acknowledged by the
// kubelet at its launch (DERIVED: that is before the image is pulled).
func (l *hpaLaw) pod(i *Instance) (p hpa.Pod, ok bool) {
	p.Name = i.ID
	switch i.State.Stage() {
	case Pending:
		p.Pending = true
	case InService:
	default:
		return p, false
	}
	p.Ready, p.Turned, p.Started = i.ready(), i.turned, i.Launched
	u, sampled := l.sample(i)
	if sampled && l.whole && (l.request == 0 || u.window >= engine.Time(l.depth)*l.resolution) {
		l.request = thousandths(u.there, u.window)
	}
	p.Request = l.request
	if !sampled || u.window < youngest {
		p.Missing = true
		return p, true
	}
	p.CPU, p.Sampled, p.Window = thousandths(u.busy, u.window), u.end, u.window
	return p, true
}

// thousandths is a CPU time over a window in thousandths of a vCPU, rounded up
// as Kubernetes does [hpa-code].
func thousandths(busy, window engine.Time) int64 {
	return int64((busy*1000 + window - 1) / window)
}

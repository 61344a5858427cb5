package hpa

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

const second = engine.Second

// defaults are those of Kubernetes [hpa].
func defaults(metrics ...Metric) Settings {
	return Settings{
		Metrics: metrics, Tolerance: Tolerance{Up: 0.1, Down: 0.1},
		CPUInitializationPeriod: 5 * engine.Minute, InitialReadinessDelay: 30 * second,
		ScaleUp:   Behavior{Rates: []Rate{{100, true, 15 * second}, {4, false, 15 * second}}},
		ScaleDown: Behavior{Stabilization: 5 * engine.Minute, Rates: []Rate{{100, true, 15 * second}}},
	}
}

func cpu(target int64) Metric { return Metric{Name: "cpu", Kind: CPU, Target: target} }

// using is an observation of pods that each request a vCPU and use so many
// percent of it.
func using(pods int, percent int64) Observation {
	return Observation{Pods: pods, Value: int64(pods) * percent * 10, Request: int64(pods) * 1000}
}

var wide = Bounds{1, 1000}

// spec 5.1 [hpa]: ceil(50 x 90 / 75).
func TestFiftyPodsAtNinety(t *testing.T) {
	s := defaults(cpu(75))
	require.Equal(t, 60, s.propose(&s.Metrics[0], using(50, 90), 50).Replicas)
}

// spec 5.1 [hpa]: 54 / 50 is within the tolerance of 0.1.
func TestWithinTolerance(t *testing.T) {
	s := defaults(cpu(50))
	p := s.propose(&s.Metrics[0], using(4, 54), 4)
	require.Equal(t, 4, p.Replicas)
	require.Equal(t, Tolerated, p.Finding)
}

// spec 5.1 [hpa].
func TestOutsideTolerance(t *testing.T) {
	s := defaults(cpu(50))
	require.Equal(t, 5, s.propose(&s.Metrics[0], using(4, 56), 4).Replicas)
}

// spec 5.1 [hpa-code]: exactly at the edge. In exact arithmetic |1 - 55/50| is
// the tolerance, and nothing would happen; in float64, in which the controller
// computes, it is 0.10000000000000009, and a pod is added.
func TestEdgeOfTolerance(t *testing.T) {
	ratio := 55.0 / 50
	require.Equal(t, 0.10000000000000009, math.Abs(1-ratio))
	s := defaults(cpu(50))
	require.Equal(t, 5, s.propose(&s.Metrics[0], using(4, 55), 4).Replicas)
	// The interval of Kubernetes 1.33 ends at 1 + 0.1, the float64 that 55 / 50
	// is too [hpa-tol].
	s.Tolerance.Interval = true
	require.Equal(t, 4, s.propose(&s.Metrics[0], using(4, 55), 4).Replicas)
}

// spec 5.1 [hpa-tol]: a tolerance for each direction.
func TestTolerancePerDirection(t *testing.T) {
	s := defaults(cpu(50))
	s.Tolerance = Tolerance{Up: 0, Down: 0.5, Interval: true}
	require.Equal(t, 5, s.propose(&s.Metrics[0], using(4, 51), 4).Replicas)
	require.Equal(t, 4, s.propose(&s.Metrics[0], using(4, 26), 4).Replicas)
	require.Equal(t, 2, s.propose(&s.Metrics[0], using(4, 24), 4).Replicas)
}

// The controller computes in whole percent [hpa-code]: 55.9 % of the request is
// 55 %, within a tolerance of 0.1 of 51 %.
func TestWholePercent(t *testing.T) {
	s := defaults(cpu(51))
	o := Observation{Pods: 4, Value: 4 * 559, Request: 4000}
	require.Equal(t, Tolerated, s.propose(&s.Metrics[0], o, 4).Finding)
}

// spec 5.1 [hpa]: with {4 pods, 10 %} per minute 80 pods become 10 in steps of
// 10 %, rounded up, until 4 pods are more.
func TestEightyToTen(t *testing.T) {
	s := defaults(cpu(50))
	s.ScaleDown = Behavior{Rates: []Rate{{4, false, engine.Minute}, {10, true, engine.Minute}}}
	a := &Autoscaler{Settings: s}
	current, steps := 80, []int{80}
	for now := 15 * second; now < 30*engine.Minute; now += 15 * second {
		// The load is that of 10 pods at the target.
		o := Observation{Pods: current, Value: 10 * 500, Request: int64(current) * 1000}
		d := a.Sync(now, current, wide, []Observation{o})
		if d.Replicas != current {
			require.Zero(t, (now-15*second)%engine.Minute, "only once a minute")
			require.Equal(t, Scaled, d.Answer)
			current = d.Replicas
			steps = append(steps, current)
		}
	}
	require.Equal(t, []int{80, 72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12}, steps[:14])
	// ceil(12 x 41 / 50) = 10: 41.67 % is 41 % to the controller.
	require.Equal(t, 10, current)
}

// pod is a pod of one vCPU that has been ready for long.
func pod(percent int64) Pod {
	return Pod{Ready: true, Request: 1000, CPU: percent * 10, Sampled: engine.Hour, Window: 15 * second}
}

func observe(s *Settings, pods ...Pod) Observation {
	var o Observation
	for i := range pods {
		o.Add(&pods[i], engine.Hour, s)
	}
	return o
}

// spec 5.1 [hpa-code]: a pod without a sample counts as using nothing on the way
// up and all of its request on the way down.
func TestMissingPods(t *testing.T) {
	s := defaults(cpu(50))
	m := &s.Metrics[0]
	missing := Pod{Ready: true, Request: 1000, Missing: true}
	up := s.propose(m, observe(&s, pod(100), pod(100), pod(100), missing), 4)
	require.Equal(t, Proposal{Finding: Counted, Replicas: 6, Value: 75, Pods: 4, Filled: 1}, bare(up), "ceil(4 x 75 / 50), not ceil(3 x 100 / 50)")
	down := s.propose(m, observe(&s, pod(10), pod(10), pod(10), missing), 4)
	require.Equal(t, Proposal{Finding: Counted, Replicas: 3, Value: 32, Pods: 4, Filled: 1}, bare(down), "(10 + 10 + 10 + 100) / 4 = 32.5")
	turned := s.propose(m, observe(&s, pod(40), pod(40), missing), 3)
	require.Equal(t, Proposal{Finding: Turned, Replicas: 3, Value: 60, Pods: 3, Filled: 1}, bare(turned), "60 % would scale up")
	// Of a target above 100 % the target is what missing pods use [hpa-code].
	s.Metrics[0].Target = 200
	high := s.propose(m, observe(&s, pod(150), missing), 2)
	require.Equal(t, int64(175), high.Value)
}

// spec 5.1 [hpa-code]: unready pods count as using nothing on the way up, and
// not at all on the way down.
func TestUnreadyPods(t *testing.T) {
	s := defaults(cpu(50))
	m := &s.Metrics[0]
	pending := Pod{Pending: true, Request: 1000}
	up := s.propose(m, observe(&s, pod(90), pod(90), pending), 3)
	require.Equal(t, Proposal{Finding: Counted, Replicas: 4, Value: 60, Pods: 3, Filled: 1}, bare(up), "180 % over 3 pods")
	within := s.propose(m, observe(&s, pod(80), pod(80), pending), 3)
	require.Equal(t, Tolerated, within.Finding, "160 % over 3 pods is 53 %")
	down := s.propose(m, observe(&s, pod(20), pod(20), pending), 3)
	require.Equal(t, Proposal{Finding: Counted, Replicas: 1, Value: 20, Pods: 2}, bare(down), "ceil(2 x 20 / 50)")
}

// spec 5.1 [hpa]: cpu-initialization-period and initial-readiness-delay.
func TestPodsSetAside(t *testing.T) {
	s := defaults(cpu(50))
	now := engine.Hour
	at := func(p Pod) (unready int) {
		p.Request, p.Window = 1000, 15*second
		var o Observation
		o.Add(&p, now, &s)
		return o.Unready
	}
	young, old := now-2*engine.Minute, now-10*engine.Minute
	require.Equal(t, 1, at(Pod{Started: young, Turned: young, Sampled: now}), "young and unready")
	require.Equal(t, 0, at(Pod{Started: young, Turned: now - 15*second, Ready: true, Sampled: now}), "young, sampled since it is ready")
	require.Equal(t, 1, at(Pod{Started: young, Turned: now - 14*second, Ready: true, Sampled: now}), "the sample began before it was ready")
	require.Equal(t, 0, at(Pod{Started: old, Turned: now - second, Ready: true, Sampled: now}), "old")
	require.Equal(t, 1, at(Pod{Started: old, Turned: old + 29*second, Sampled: now}), "old and never ready")
	require.Equal(t, 0, at(Pod{Started: old, Turned: old + 30*second, Sampled: now}), "old, and ready once")
}

// spec 5.1 [hpa-code]: for an AverageValue a missing pod counts as the target on
// the way down.
func TestMissingPodsOfAverageValue(t *testing.T) {
	s := defaults(Metric{Name: "queue", Kind: Pods, Target: 10_000})
	m := &s.Metrics[0]
	down := s.propose(m, Observation{Pods: 3, Value: 3 * 2_000, Missing: 1}, 4)
	require.Equal(t, Proposal{Finding: Counted, Replicas: 2, Value: 4_000, Pods: 4, Filled: 1}, bare(down), "(2 + 2 + 2 + 10) / 4 = 4")
	up := s.propose(m, Observation{Pods: 3, Value: 3 * 20_000, Missing: 1}, 4)
	require.Equal(t, Proposal{Finding: Counted, Replicas: 6, Value: 15_000, Pods: 4, Filled: 1}, bare(up))
	plain := s.propose(m, Observation{Pods: 4, Value: 4 * 12_000}, 4)
	require.Equal(t, Proposal{Finding: Counted, Replicas: 5, Value: 12_000, Pods: 4}, bare(plain))
}

// An AverageValue of an external metric is spread over the replicas [hpa-code].
func TestExternalMetric(t *testing.T) {
	s := defaults(Metric{Name: "backlog", Kind: External, Target: 10_000})
	m := &s.Metrics[0]
	p := s.propose(m, Observation{Pods: 4, Value: 61_000, Known: true}, 4)
	require.Equal(t, Proposal{Finding: Counted, Replicas: 7, Value: 61_000, Pods: 4}, bare(p))
	require.Equal(t, "backlog: ceil(61 / 10) = 7", m.explain(&p))
	p = s.propose(m, Observation{Pods: 4, Value: 43_000, Known: true}, 4)
	require.Equal(t, "backlog: 43 / (10 x 4) = 1.075 is within the tolerance", m.explain(&p))
	require.Equal(t, Failed, s.propose(m, Observation{Pods: 4}, 4).Finding)
}

// An HPA whose minimum is 0 comes back from there by an external metric, which
// needs no pod to be measured [hpa-code]; one with a minimum stays switched off.
func TestScaleFromZero(t *testing.T) {
	a := &Autoscaler{Settings: defaults(Metric{Name: "backlog", Kind: External, Target: 10_000})}
	none := Observation{Known: true}
	d := a.Sync(15*second, 0, Bounds{0, 10}, []Observation{none})
	require.Equal(t, Settled, d.Answer, a.Explain(&d, rough))
	d = a.Sync(30*second, 0, Bounds{0, 10}, []Observation{{}})
	require.Equal(t, Blind, d.Answer)
	some := Observation{Value: 25_000, Known: true}
	d = a.Sync(45*second, 0, Bounds{0, 10}, []Observation{some})
	require.Equal(t, 3, d.Replicas)
	require.Equal(t, "backlog: ceil(25 / 10) = 3", a.Explain(&d, rough))
	require.Equal(t, SwitchedOff, a.Sync(45*second, 0, Bounds{1, 10}, []Observation{some}).Answer)
}

// spec 5.1 [hpa]: the greatest of several metrics counts, and if one fails there
// is no scale-down.
func TestSeveralMetrics(t *testing.T) {
	s := defaults(cpu(50), Metric{Name: "queue", Kind: Pods, Target: 10_000})
	s.ScaleDown.Stabilization = 0
	queue := func(v int64) Observation { return Observation{Pods: 4, Value: 4 * v} }
	sync := func(o ...Observation) Decision {
		a := &Autoscaler{Settings: s}
		return a.Sync(15*second, 4, wide, o)
	}
	both := sync(using(4, 75), queue(20_000))
	require.Equal(t, 8, both.Replicas)
	require.Equal(t, 1, both.Metric)
	require.Equal(t, 3, sync(using(4, 20), queue(7_000)).Replicas)
	blind := sync(using(4, 20), Observation{})
	require.Equal(t, Blind, blind.Answer)
	require.Equal(t, 4, blind.Replicas)
	require.Equal(t, 6, sync(using(4, 75), Observation{}).Replicas, "up is allowed")
	require.Equal(t, Blind, sync(Observation{}, Observation{}).Answer)
}

// spec 5.1 [hpa]: on the way down the greatest recommendation of 300 s counts.
func TestScaleDownStabilization(t *testing.T) {
	a := &Autoscaler{Settings: defaults(cpu(50))}
	percent := map[engine.Time]int64{15 * second: 50, 30 * second: 40, 45 * second: 30}
	var scaled []engine.Time
	current := 10
	for now := 15 * second; now <= 10*engine.Minute; now += 15 * second {
		p, ok := percent[now]
		if !ok {
			p = 20
		}
		d := a.Sync(now, current, wide, []Observation{{Pods: 10, Value: 10 * p * 10, Request: 10_000}})
		if now == 60*second {
			require.Equal(t, Stabilized, d.Answer)
			require.Equal(t, 45*second+5*engine.Minute, d.Until, "6 of 45 s is the last above 4")
			require.Equal(t, "cpu: ceil(10 x 20 / 50) = 4, held at 10 by scale-down stabilization until 5m45s", a.Explain(&d, rough))
		}
		if d.Replicas != current {
			scaled = append(scaled, now)
			require.Equal(t, []int{8, 6, 4}[len(scaled)-1], d.Replicas)
			current = d.Replicas
		}
	}
	require.Equal(t, []engine.Time{315 * second, 330 * second, 345 * second}, scaled)
}

// spec 5.1 [hpa-code2]: on the way up the least recommendation of the window
// counts, if there is a window.
func TestScaleUpStabilization(t *testing.T) {
	s := defaults(cpu(50))
	s.ScaleUp.Stabilization = engine.Minute
	a := &Autoscaler{Settings: s}
	sync := func(at engine.Time, percent int64) Decision {
		return a.Sync(at, 4, wide, []Observation{using(4, percent)})
	}
	for _, at := range []engine.Time{15, 30, 45, 60} {
		d := sync(at*second, 80)
		require.Equal(t, Stabilized, d.Answer, "4 of the first sync is in the window")
		require.Equal(t, 75*second, d.Until)
	}
	require.Equal(t, 7, sync(75*second, 100).Replicas, "ceil(4 x 80 / 50) of the minute before")
}

// spec 5.1 [hpa]: by default 100 % or 4 pods, whichever is more, in 15 s.
func TestDefaultScaleUpRate(t *testing.T) {
	grow := func(current int) *Decision {
		a := &Autoscaler{Settings: defaults(cpu(10))}
		d := a.Sync(15*second, current, wide, []Observation{using(current, 1000)})
		if current == 1 {
			require.Equal(t, "cpu: ceil(1 x 1000 / 10) = 100, rate policy 4 pods per 15s allows 5", a.Explain(&d, rough))
		}
		return &d
	}
	require.Equal(t, 5, grow(1).Replicas)
	require.Equal(t, 8, grow(4).Replicas)
	require.Equal(t, 20, grow(10).Replicas)
}

// spec 5.1 [hpa-code2]: percent of the replicas at the period's beginning are
// rounded up on the way up, and cut on the way down.
func TestRateOfThePeriodsBeginning(t *testing.T) {
	s := defaults(cpu(50))
	s.ScaleUp.Rates = []Rate{{10, true, engine.Minute}}
	a := &Autoscaler{Settings: s}
	require.Equal(t, 4, a.Sync(15*second, 3, wide, []Observation{using(3, 100)}).Replicas, "3.3 rounds up")
	held := a.Sync(30*second, 4, wide, []Observation{using(4, 100)})
	require.Equal(t, Limited, held.Answer, "3 at the beginning of the minute")
	require.Equal(t, 4, held.Limit)
	require.Equal(t, 5, a.Sync(75*second, 4, wide, []Observation{using(4, 100)}).Replicas)
	down := Rate{Value: 33, Percent: true}
	require.Equal(t, 6, down.down(10), "6.7 is cut to 6")
}

// A scale-down within the period of a scale-up counts against it: the replicas
// of the period's beginning are those before both [hpa-code2].
func TestRateCountsBothDirections(t *testing.T) {
	s := defaults(cpu(50))
	s.ScaleDown = Behavior{Rates: []Rate{{2, false, engine.Minute}}}
	a := &Autoscaler{Settings: s}
	require.Equal(t, 8, a.Sync(15*second, 4, wide, []Observation{using(4, 100)}).Replicas)
	d := a.Sync(30*second, 8, wide, []Observation{using(8, 5)})
	require.Equal(t, 2, d.Replicas, "4 at the beginning, less 2")
	require.Equal(t, "cpu: ceil(8 x 5 / 50) = 1, rate policy 2 pods per 1m allows 2", a.Explain(&d, rough))
}

// spec 5.1 [hpa]: selectPolicy.
func TestSelectPolicy(t *testing.T) {
	s := defaults(cpu(50))
	s.ScaleUp.Select = Min
	a := &Autoscaler{Settings: s}
	require.Equal(t, 14, a.Sync(15*second, 10, wide, []Observation{using(10, 500)}).Replicas, "4 pods are less than 100 %")
	s.ScaleDown = Behavior{Select: Disabled, Rates: s.ScaleDown.Rates}
	a = &Autoscaler{Settings: s}
	d := a.Sync(15*second, 10, wide, []Observation{using(10, 5)})
	require.Equal(t, Limited, d.Answer)
	require.Equal(t, "cpu: ceil(10 x 5 / 50) = 1, scaling down is disabled", a.Explain(&d, rough))
}

// The bounds cut last, and move a number that is outside of them. spec 5.1
// [hpa-code2].
func TestBounds(t *testing.T) {
	b := Bounds{2, 6}
	sync := func(current int, percent int64) (Decision, string) {
		s := defaults(cpu(50))
		s.ScaleDown.Stabilization = 0
		a := &Autoscaler{Settings: s}
		d := a.Sync(15*second, current, b, []Observation{using(max(current, 1), percent)})
		return d, a.Explain(&d, rough)
	}
	d, words := sync(4, 200)
	require.Equal(t, 6, d.Replicas)
	require.Equal(t, "cpu: ceil(4 x 200 / 50) = 16, limited to max 6", words)
	d, _ = sync(6, 200)
	require.Equal(t, Bounded, d.Answer)
	d, words = sync(4, 1)
	require.Equal(t, 2, d.Replicas)
	require.Equal(t, "cpu: ceil(4 x 1 / 50) = 1, limited to min 2", words)
	d, _ = sync(9, 50)
	require.Equal(t, 6, d.Replicas)
	d, _ = sync(1, 50)
	require.Equal(t, 2, d.Replicas)
	d, _ = sync(0, 50)
	require.Equal(t, SwitchedOff, d.Answer)
}

// What the autoscaler remembers does not grow with time.
func TestMemory(t *testing.T) {
	a := &Autoscaler{Settings: defaults(cpu(50))}
	current := 4
	for k := range engine.Time(10_000) {
		percent := int64(10)
		if k/100%2 == 0 {
			percent = 200
		}
		current = a.Sync(k*15*second, current, Bounds{1, 50}, []Observation{using(current, percent)}).Replicas
	}
	require.LessOrEqual(t, len(a.recommended), 20)
	require.LessOrEqual(t, len(a.ups)+len(a.downs), 2)
}

func rough(t engine.Time) string { return quantity.Duration(t).Rough() }

// bare are the figures of a proposal alone.
func bare(p Proposal) Proposal {
	p.Before, p.Aside, p.Held = 0, Aside{}, false
	return p
}

// What has been left out or filled in is named, and with what.
func TestWordsOnPodsAside(t *testing.T) {
	named := func(p Pod, name string) Pod { p.Name, p.Request = name, 1000; return p }
	pending, missing := Pod{Pending: true}, Pod{Ready: true, Missing: true}
	for _, c := range []struct {
		pods []Pod
		want string
	}{
		{[]Pod{pod(33), pod(33), pod(33), named(pending, "web-4")}, "cpu: ceil(3 x 33 / 50) = 2 (web-4 not ready yet: left out)"},
		{[]Pod{pod(90), pod(90), named(pending, "web-3")}, "cpu: ceil(3 x 60 / 50) = 4 (web-3 not ready yet: taken as 0)"},
		{[]Pod{pod(80), pod(80), named(pending, "web-3")}, "cpu: 53 / 50 = 1.06 (web-3 not ready yet: taken as 0) is within the tolerance"},
		{[]Pod{pod(10), pod(10), pod(10), named(missing, "web-4")}, "cpu: ceil(4 x 32 / 50) = 3 (web-4 without a value: taken as 100)"},
		{[]Pod{pod(40), pod(40), named(missing, "web-3")}, "cpu: 40 / 50 asks for fewer, but 60 / 50 (web-3 without a value: taken as 100) does not"},
		{[]Pod{pod(60), named(pending, "web-2"), named(pending, "web-3")}, "cpu: 60 / 50 asks for more, but 20 / 50 (web-2 and web-3 not ready yet: taken as 0) does not"},
	} {
		s := defaults(cpu(50))
		p := s.propose(&s.Metrics[0], observe(&s, c.pods...), len(c.pods))
		require.Equal(t, c.want, s.Metrics[0].explain(&p))
	}
	queue := defaults(Metric{Name: "queue", Kind: Pods, Target: 10_000})
	p := queue.propose(&queue.Metrics[0], Observation{Pods: 3, Value: 3 * 20_000, Missing: 2}, 5)
	require.Equal(t, "queue: ceil(5 x 12 / 10) = 6 (2 pods without a value: taken as 0)", queue.Metrics[0].explain(&p))
}

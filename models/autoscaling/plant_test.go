package autoscaling

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// plant is a scripted data plane behind the door of a group.
type plant struct {
	t     *testing.T
	sim   *engine.Sim
	group *Group
	log   timeline.Log

	ready   engine.Time // from running until a balancer may use an instance
	drain   engine.Time // deregistration
	cpu     func(p *plant, i *Instance, minute engine.Time) float64
	usable  map[*Instance]bool
	serves  map[*Instance]bool // the server answers
	proven  map[*Instance]bool // it has once: another boot takes no time
	booting map[*Instance]engine.Notice
	calls   []string              // launch, run, register ... with the instance
	others  func(end engine.Time) // puts other metrics

	becomes   *engine.Routine[*Instance]
	registers *engine.Routine[*Instance]
	drained   *engine.Routine[*Instance]
	minutes   *engine.Routine[struct{}]
}

func span(text string) quantity.Span {
	s, err := quantity.ParseSpan(text, nil)
	if err != nil {
		panic(err)
	}
	return s
}

func duration(text string) quantity.Duration {
	d, err := quantity.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

func pointer[T any](v T) *T { return &v }

// groupSpec is a Spec with the documented defaults and detailed monitoring.
func groupSpec(min, max, desired int) *Spec {
	return &Spec{
		Zones: []string{"a"}, Min: min, Max: max, Desired: &desired,
		Provision: span("5s"), Boot: span("0s"), Startup: span("0s"),
		ReconcileDelay: duration("6s"), DefaultCooldown: duration("300s"),
		LaunchRetryDelay: duration("60s"), CapacityDistribution: "balanced-best-effort", LaunchSuspension: duration("24h"), TerminateHookAbandon: "terminate",
		HealthCheckType: "EC2", HealthCheckGracePeriod: duration("300s"), HealthCheckInterval: duration("30s"), AllUnhealthyBatch: 1,
		Monitoring: "detailed", TerminationPolicies: []string{"Default"},
		Policies: map[string]*PolicySpec{}, Schedules: map[string]*ScheduleSpec{},
	}
}

// cpuAlarm is an alarm on the average CPU over one five-minute period.
func cpuAlarm(comparison string, threshold float64) *cloudwatch.AlarmSpec {
	return &cloudwatch.AlarmSpec{
		Metric: CPUUtilization, Statistic: "Average", Period: duration("5m"), EvaluationPeriods: 1,
		Comparison: comparison, Threshold: threshold, TreatMissingData: "missing",
	}
}

// quick makes an alarm one of one-minute periods.
func quick(a *cloudwatch.AlarmSpec) *cloudwatch.AlarmSpec {
	a.Period = duration("1m")
	return a
}

func stepPolicy(a *cloudwatch.AlarmSpec, steps ...string) *PolicySpec {
	p := &PolicySpec{Type: "step", Alarm: a, MetricAggregation: "Average", MinAdjustmentMagnitude: 1}
	for _, text := range steps {
		s, err := ParseStep(text)
		if err != nil {
			panic(err)
		}
		p.Steps = append(p.Steps, s)
	}
	return p
}

func simplePolicy(a *cloudwatch.AlarmSpec, adjustment string) *PolicySpec {
	adj, err := ParseAdjustment(adjustment)
	if err != nil {
		panic(err)
	}
	return &PolicySpec{Type: "simple", Alarm: a, Adjustment: adj, MinAdjustmentMagnitude: 1}
}

func trackingPolicy(target float64) *PolicySpec {
	return &PolicySpec{
		Type: "target_tracking", Metric: "ASGAverageCPUUtilization", Target: target, LowFactor: 0.7,
		HighEvaluationPeriods: 3, LowEvaluationPeriods: 15, ScaleOutDatapoint: "latest", ScaleInDatapoint: "maximum",
	}
}

// newPlant makes a group of the Spec on a data plane with constant CPU.
func newPlant(t *testing.T, s *Spec) *plant { return newPlantWith(t, s, nil) }

// newPlantWith is newPlant with a metric of the balancer.
func newPlantWith(t *testing.T, s *Spec, requests *cloudwatch.Metric) *plant {
	p := &plant{
		t: t, sim: engine.New(engine.Limits{}), ready: 40 * engine.Second, drain: 300 * engine.Second,
		usable: map[*Instance]bool{}, serves: map[*Instance]bool{}, proven: map[*Instance]bool{}, booting: map[*Instance]engine.Notice{},
		others: func(engine.Time) {},
		cpu:    func(*plant, *Instance, engine.Time) float64 { return 0.5 },
	}
	p.becomes = engine.NewRoutine(p.sim, "usable", engine.Change, func(i *Instance) {
		p.serves[i], p.proven[i] = true, true
		p.group.Serving(i)
		p.use(i)
	})
	p.registers = engine.NewRoutine(p.sim, "registered", engine.Change, p.use)
	p.drained = engine.NewRoutine(p.sim, "drained", engine.Change, func(i *Instance) { p.group.Deregistered(i) })
	p.minutes = engine.NewRoutine(p.sim, "minute", engine.Measure, p.minute)
	p.group = New(p.sim, Config{
		Name: "web", Spec: s, Compute: p, Registry: p, Balanced: true, Log: &p.log, Alarm: p.alarm,
		Metric: func(string, engine.Time) *cloudwatch.Metric { return requests },
		Stream: func(name string) random.Stream { return random.NewStream(1, 0, name) },
		Start:  time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
	})
	for _, i := range p.group.Instances {
		p.usable[i] = true
	}
	for _, i := range slices.Concat(p.group.Instances, p.group.Pool) {
		p.serves[i], p.proven[i] = i.runs, true
	}
	p.minutes.After(p.group.Resolution(), struct{}{})
	return p
}

func (p *plant) minute(struct{}) {
	tick := p.group.Resolution()
	p.minutes.After(tick, struct{}{})
	start := p.sim.Now() - tick
	p.others(p.sim.Now())
	p.group.Measure(func(i *Instance) Usage {
		busy := p.cpu(p, i, start)
		return Usage{Busy: engine.Time(busy * float64(tick)), Capacity: tick}
	})
}

// share spreads a load in vCPUs over the usable instances of one vCPU each.
func share(load func(minute engine.Time) float64) func(*plant, *Instance, engine.Time) float64 {
	return func(p *plant, i *Instance, minute engine.Time) float64 {
		if !p.usable[i] {
			return 0
		}
		n := 0
		for _, other := range p.group.Instances {
			if p.usable[other] && other.State == InService {
				n++
			}
		}
		return min(1, load(minute)/float64(n))
	}
}

func (p *plant) note(what string, i *Instance) { p.calls = append(p.calls, what+" "+i.ID) }

func (p *plant) Launch(i *Instance) { p.note("launch", i) }
func (p *plant) Start(i *Instance)  { p.note("start", i) }
func (p *plant) Stop(i *Instance) {
	p.note("stop", i)
	delete(p.serves, i)
	p.sim.Cancel(p.booting[i])
}

// Register finds that i is not InService yet.
func (p *plant) Register(i *Instance) {
	p.note("register", i)
	p.registers.After(0, i)
}

// use makes an instance usable that serves and is in service.
func (p *plant) use(i *Instance) {
	if i.State == InService && p.serves[i] {
		p.usable[i] = true
		p.group.Usable(i)
	}
}
func (p *plant) Run(i *Instance) {
	p.note("run", i)
	ready := p.ready
	if p.proven[i] {
		ready = 0
	}
	p.booting[i] = p.becomes.After(ready, i)
}

func (p *plant) Deregister(i *Instance) {
	p.note("deregister", i)
	delete(p.usable, i)
	p.drained.After(p.drain, i)
}

func (p *plant) Terminate(i *Instance) {
	p.note("terminate", i)
	p.sim.Cancel(p.booting[i])
}

// until runs the clock to an instant given as in scenarios.
func (p *plant) until(text string) *plant {
	p.t.Helper()
	require.NoError(p.t, p.sim.Run(duration(text).Time()))
	return p
}

// times are the instants of the events of a kind, about a subject unless it is
// empty.
func (p *plant) times(kind timeline.Kind, subject string) []string {
	var all []string
	for _, e := range p.log.Events {
		if e.Kind == kind && (subject == "" || e.Subject == subject) {
			all = append(all, text(e.At))
		}
	}
	return all
}

// texts are what the events of a kind say, with their instants.
func (p *plant) texts(kind timeline.Kind) []string {
	var all []string
	for _, e := range p.log.Events {
		if e.Kind == kind {
			all = append(all, strings.TrimSpace(text(e.At)+" "+e.Subject)+": "+e.Text)
		}
	}
	return all
}

// relocate puts an instance into another zone.
func (p *plant) relocate(i *Instance, zone string) {
	i.place.count(i.State, -1)
	i.Zone, i.place = zone, p.group.zone(zone)
	i.place.count(i.State, 1)
}

func (p *plant) inService() int { return p.group.Count(InService) }

// after is a load that begins at an instant.
func after(from string, low, high float64) func(engine.Time) float64 {
	return func(minute engine.Time) float64 {
		if minute >= duration(from).Time() {
			return high
		}
		return low
	}
}

// flat gives every instance the same CPU.
func flat(value func(minute engine.Time) float64) func(*plant, *Instance, engine.Time) float64 {
	return func(_ *plant, _ *Instance, minute engine.Time) float64 { return value(minute) }
}

// alarm finds the alarm of a policy.
func (p *plant) alarm(name string) *cloudwatch.Status {
	for _, a := range p.group.Alarms {
		if a.Name == name {
			return &a.Status
		}
	}
	return nil
}

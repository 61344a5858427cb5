package autoscaling

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Compute is EC2 as a group needs it.
type Compute interface {
	// Launch begins a launch; the instance is billed from here on.
	Launch(*Instance)
	// Run says that the instance runs and begins to boot.
	Run(*Instance)
	// Stop puts an instance that runs into the warm pool, stopped or hibernated:
	// its server is gone, and it is billed no more.
	Stop(*Instance)
	// Start begins to start an instance that was stopped; it is billed again from
	// here on. Run follows, once more.
	Start(*Instance)
	// Terminate ends the instance: it is gone at once, and billed no more.
	Terminate(*Instance)
}

// Registry is the load balancing that a group is attached to, if any.
type Registry interface {
	// Register adds the instance as a target; health checks begin.
	Register(*Instance)
	// Deregister takes the target away and lets its requests in flight finish.
	// When that is over, or at once where nothing is to be waited for, the
	// registry calls [Group.Deregistered].
	Deregister(*Instance)
}

// Config is what a group is made of.
type Config struct {
	Name     string
	Spec     *Spec // checked
	Compute  Compute
	Registry Registry
	// Metric finds a metric that is not the group's own, by its name in alarms
	// ([RequestCountPerTarget]). Period 0 is the metric as CloudWatch has it,
	// with its native period and delay; another, a divisor of a minute, asks for
	// datapoints of that length, to be seen at once, as an autoscaler has them
	// that does its own measuring. It may be nil where no policy follows one.
	Metric func(name string, period engine.Time) *cloudwatch.Metric
	// Alarm finds an alarm that an instance refresh watches, by its name in
	// scenarios; it is asked when the refresh starts. It may be nil where none
	// names an alarm.
	Alarm func(name string) *cloudwatch.Status
	// Stream gives the random stream of a purpose.
	Stream func(name string) random.Stream
	// Start is the wall-clock instant of time zero in the scenario's time zone,
	// for cron.
	Start time.Time
	Log   *timeline.Log
	// Balanced tells that the registry is one of load balancers: AddToLoadBalancer
	// means something.
	Balanced bool
}

// Group is an Auto Scaling group. The exported fields are for reading.
type Group struct {
	Name              string
	Min, Max, Desired int
	// Instances are those launched and not yet terminated, in order of launch.
	Instances []*Instance
	// Pool are those in the warm pool, in the order in which they came there, and
	// Retained those kept after a terminating hook has abandoned them. Neither
	// count for anything in the group.
	Pool, Retained []*Instance
	// CPU is the group's own metric, CPUUtilization in percent.
	CPU *cloudwatch.Metric
	// Alarms are those of the policies, in order of the policies' names.
	Alarms []*cloudwatch.Alarm

	sim         *engine.Sim
	spec        *Spec
	events      *timeline.Log
	start       time.Time // of the run, on the wall clock
	suspensions [processes]suspension
	books       books

	// The rest of its state is in parts, each in the file whose business it is.
	door        // below
	placement   // zone.go
	metering    // measure.go
	activities  // lifecycle.go
	launches    // launchfail.go
	following   // reconcile.go
	maintenance // replace.go
	deciding    // decide.go
	agenda      // schedule.go
}

// door is what a group is connected to.
type door struct {
	compute  Compute
	registry Registry
	balanced bool
	find     func(name string, period engine.Time) *cloudwatch.Metric // those that are not its own
	alarm    func(name string) *cloudwatch.Status
}

// New returns a group at time zero with the desired instances InService and
// warm, in the state of having been so for ever; they are in Instances, and
// Compute and Registry hear nothing of them.
func New(sim *engine.Sim, c Config) *Group {
	g := &Group{
		Name: c.Name, Min: c.Spec.Min, Max: c.Spec.Max,
		sim: sim, spec: c.Spec, events: c.Log, start: c.Start,
		door:        door{c.Compute, c.Registry, c.Balanced, c.Metric, c.Alarm},
		placement:   placement{c.Spec.Zones, make(map[string]*zone)},
		metering:    metering{resolution: engine.Minute},
		activities:  activities{provision: c.Stream("provision/" + c.Name), wake: c.Stream("wake/" + c.Name)},
		launches:    launches{outages: make(map[string]*outage)},
		maintenance: maintenance{template: 1, expiry: c.Spec.maxLifetime()},
		deciding:    deciding{manual: make(map[string]*policy), defaultCooldown: c.Spec.DefaultCooldown.Time()},
	}
	if w := c.Spec.InstanceWarmup; w != nil {
		g.instanceWarmup = w.Time()
	}
	g.CPU = g.ownMetric(CPUUtilization)
	for _, p := range processesNamed(c.Spec.SuspendedProcesses) {
		g.suspensions[p].on = true
	}
	for _, name := range c.Spec.TerminationPolicies {
		g.termination = append(g.termination, terminationPolicies[name])
	}
	for _, name := range sortedKeys(c.Spec.Hooks) {
		g.hooks = append(g.hooks, &hook{c.Spec.Hooks[name], name, c.Stream("hook/" + c.Name + "/" + name)})
	}
	g.upkeep = &cause{text: "keeps to the desired capacity", warmup: g.instanceWarmup, cooldown: g.defaultCooldown}
	g.cause = g.upkeep
	g.bind()
	g.begin(c.Spec.Start())
	g.plan()
	return g
}

// plan puts schedules, operations and policies on the clock.
func (g *Group) plan() {
	for _, name := range sortedKeys(g.spec.Schedules) {
		g.arm(&schedule{ScheduleSpec: *g.spec.Schedules[name], name: name})
	}
	for _, name := range sortedKeys(g.spec.Operations) {
		o := g.spec.Operations[name]
		g.operated.At(o.At.Time(), &operation{OperationSpec: o, name: name})
	}
	for _, name := range sortedKeys(g.spec.Policies) {
		g.addPolicy(name, g.spec.Policies[name])
	}
}

// bind makes the kinds of events, in an order that is part of the digest.
func (g *Group) bind() {
	g.running = engine.NewRoutine(g.sim, "instance running", engine.Change, g.onRunning)
	g.warmed = engine.NewRoutine(g.sim, "instance warmed up", engine.Change, g.onWarm)
	g.scheduled = engine.NewRoutine(g.sim, "scheduled action", engine.Control, g.onSchedule)
	g.operated = engine.NewRoutine(g.sim, "operation", engine.Control, g.onOperation)
	g.undone = engine.NewRoutine(g.sim, "operation undone", engine.Control, g.onUndo)
	g.delayed = engine.NewRoutine(g.sim, "delayed action", engine.Control, g.act)
	g.decision = engine.NewRoutine(g.sim, "scaling decision", engine.Control, g.decide)
	g.reconciled = engine.NewRoutine(g.sim, "reconcile", engine.Control, g.reconcile)
	g.resumed = engine.NewRoutine(g.sim, "instance refresh goes on", engine.Control, func(struct{}) { g.maintainSoon() })
	g.hookEnded = engine.NewRoutine(g.sim, "life-cycle hook ends", engine.Control, g.onHookEnded)
	g.checked = engine.NewLane(g.sim, "group health check", engine.Control, g.spec.HealthCheckInterval.Time(), g.onHealthCheck)
	g.checked.Start(struct{}{})
}

// begin makes the instances of time zero.
func (g *Group) begin(desired int) {
	now := g.sim.Now()
	g.Desired = desired
	g.books.fleet, g.books.log = g.Name, g.events
	g.books.desired.Set(now, int64(desired))
	for range desired {
		i := g.newInstance(emptiest(g.zones, g.inZone), &cause{})
		i.Since, i.Warm, i.Protected = now, true, g.spec.ScaleInProtection
		i.registered, i.usable, i.runs, i.serving = true, true, true, true
		g.join(&g.Instances, i, InService)
		g.Used(i, true)
		g.books.bill(now, i, true)
	}
	g.beginPool()
	g.books.begin(now)
}

// newInstance makes an instance that is nowhere yet.
func (g *Group) newInstance(zone string, why *cause) *Instance {
	g.launched++
	return &Instance{
		ID:        g.Name + "-" + strconv.Itoa(g.launched),
		Ordinal:   g.launched,
		Zone:      zone,
		place:     g.zone(zone),
		Launched:  g.sim.Now(),
		condition: condition{turned: g.sim.Now()},
		cause:     why,
		Template:  g.template,
	}
}

// log adds an event about the group, and about an instance unless it is nil.
func (g *Group) log(kind timeline.Kind, subject string, i *Instance, text string) {
	if i != nil && i.Quiet {
		return
	}
	e := timeline.Event{At: g.sim.Now(), Kind: kind, Fleet: g.Name, Subject: subject, Text: text}
	if i != nil {
		e.Instance = i.ID
	}
	g.events.Add(e)
}

// clockText prints an instant for a reader: as the time of day where the
// scenario has one, with the date if it is another day than now, else as the
// time since the start of the run in hours, minutes and seconds.
func (g *Group) clockText(at engine.Time) string {
	if g.start.IsZero() {
		s := at / engine.Second
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	layout := "15:04:05"
	day, now := g.start.Add(time.Duration(at)), g.start.Add(time.Duration(g.sim.Now()))
	if day.YearDay() != now.YearDay() || day.Year() != now.Year() {
		layout = "2 Jan 15:04:05"
	}
	return day.Format(layout)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// text prints a span of the run for a reader: "32m30s".
func text(t engine.Time) string { return quantity.Duration(t).Rough() }

package deployment

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// rig is a site that notes what is done to it.
type rig struct {
	sim    *engine.Sim
	clock  *Clock
	log    timeline.Log
	fleets map[string]*fleet
	alarm  cloudwatch.Status
	calls  []string
}

// fleet is one whose instances are healthy after some time.
type fleet struct {
	*rig
	name    string
	is      Capacity
	health  Health
	readyIn engine.Time
	busy    bool // with another instance refresh
}

func newRig() *rig {
	r := &rig{sim: engine.New(engine.Limits{}), fleets: make(map[string]*fleet), alarm: cloudwatch.Status{Name: "hot"}}
	r.clock = NewClock(r.sim, r, &r.log)
	for name, c := range map[string]Capacity{"blue": {2, 3, 8}, "green": {0, 0, 8}, "small": {0, 0, 2}} {
		r.fleets[name] = &fleet{rig: r, name: name, is: c, readyIn: engine.Minute}
	}
	return r
}

func (r *rig) Deployable(name string) Fleet    { return r.fleets[name] }
func (r *rig) Weighted(string) Balancer        { return r }
func (r *rig) Alarm(string) *cloudwatch.Status { return &r.alarm }
func (r *rig) Shift(from, to string, percent int) {
	r.note("%s %d %s %d", from, 100-percent, to, percent)
}

func (r *rig) note(format string, args ...any) {
	r.calls = append(r.calls, quantity.Duration(r.sim.Now()).String()+" "+fmt.Sprintf(format, args...))
}

func (f *fleet) Capacity() Capacity { return f.is }
func (f *fleet) Health() Health     { return f.health }

func (f *fleet) Resize(_ string, c Capacity) {
	f.note("%s %d %d", f.name, c.Min, c.Desired)
	f.is.Min, f.is.Desired = c.Min, c.Desired
	f.rig.at(f.sim.Now()+f.readyIn, func() {
		f.health = Health{Healthy: c.Desired, Proven: c.Desired}
		f.clock.Heed(f.name)
	})
}

func (f *fleet) Refresh(string, *autoscaling.RefreshSpec, []string) (int, bool) { return 2, !f.busy }
func (f *fleet) Refreshing() bool                                               { return f.busy }

func (f *fleet) Install(version int, worse incident.Effects) {
	f.note("%s version %d: %d effects", f.name, version, len(worse))
}

func (r *rig) at(t engine.Time, fn func()) {
	engine.NewRoutine(r.sim, "test", engine.Change, func(struct{}) { fn() }).At(t, struct{}{})
}

func (r *rig) run(t *testing.T, specs map[string]*Spec) {
	for _, name := range []string{"a", "b"} {
		if specs[name] != nil {
			r.clock.Add(name, specs[name])
		}
	}
	require.NoError(t, r.sim.Run(3*engine.Hour))
}

func (r *rig) texts() (list []string) {
	for _, e := range r.log.Events {
		list = append(list, quantity.Duration(e.At).String()+" "+e.Text)
	}
	return list
}

func minutes(n int) quantity.Duration { return quantity.Duration(engine.Time(n) * engine.Minute) }

func blueGreen() *Spec {
	return &Spec{Strategy: "blue_green", At: minutes(10), From: "blue", To: "green", ReadyWithin: minutes(30), Overlap: minutes(10), Failing: 0.5}
}

func canary() *Spec {
	s := blueGreen()
	s.Strategy, s.Balancer, s.Alarms = "canary", "lb", []string{"hot"}
	s.Steps = Steps{{10, minutes(5)}, {50, minutes(10)}}
	return s
}

// Without weights green takes blue's capacity, and blue goes after the overlap,
// come what may.
func TestBlueGreenInOneTargetGroup(t *testing.T) {
	r := newRig()
	r.run(t, map[string]*Spec{"a": blueGreen()})
	require.Equal(t, []string{"10m green version 0: 0 effects", "10m green 2 3", "20m blue 0 0"}, r.calls)
	require.Equal(t, []string{
		"10m blue_green begins: green takes min 2 and desired 3 of blue; both take requests for 10m",
		"20m ends after 10m, 3 of 3 instances of green healthy: blue gets min 0 and desired 0",
	}, r.texts())
}

// Green takes as much as its max lets it.
func TestBlueGreenWithinMax(t *testing.T) {
	r, s := newRig(), blueGreen()
	s.To = "small"
	r.run(t, map[string]*Spec{"a": s})
	require.Contains(t, r.calls, "10m small 2 2")
	require.Equal(t, "10m blue_green begins: small takes min 2 and desired 2 of blue (which has 3: more than max 2); both take requests for 10m", r.texts()[0])
}

// By weights no request comes to green before its instances are healthy: to an
// empty group they would fail [U7].
func TestBlueGreenByWeights(t *testing.T) {
	r, s := newRig(), blueGreen()
	s.Balancer = "lb"
	r.run(t, map[string]*Spec{"a": s})
	require.Equal(t, []string{"10m green version 0: 0 effects", "10m green 2 3", "11m blue 0 green 100", "21m blue 0 0"}, r.calls)
}

func TestCanaryGoesOverInSteps(t *testing.T) {
	r := newRig()
	r.run(t, map[string]*Spec{"a": canary()})
	require.Equal(t, []string{
		"10m green version 0: 0 effects", "10m green 2 3", "11m blue 90 green 10", "16m blue 50 green 50", "26m blue 0 green 100", "36m blue 0 0",
	}, r.calls)
	require.Equal(t, []string{
		"10m canary begins: green takes min 2 and desired 3 of blue; requests go there when they are healthy, within 30m",
		"11m 3 of 3 instances of green healthy after 1m: 10% of the requests go to green for 5m",
		"16m 3 of 3 instances of green healthy after 6m: 50% of the requests go to green for 10m",
		"26m 3 of 3 instances of green healthy after 16m: all requests go to green; blue stays for 10m",
		"36m ends after 26m, 3 of 3 instances of green healthy: blue gets min 0 and desired 0",
	}, r.texts())
}

// An alarm rolls a deployment back until its overlap is over, and not afterwards.
func TestAlarmRollsBack(t *testing.T) {
	for at, want := range map[int][]string{
		12: {"11m blue 90 green 10", "12m blue 100 green 0", "12m green 0 0"},
		30: {"26m blue 0 green 100", "30m blue 100 green 0", "30m green 0 0"},
		40: {"26m blue 0 green 100", "36m blue 0 0"},
	} {
		r := newRig()
		r.at(engine.Time(at)*engine.Minute, func() {
			r.alarm.State = cloudwatch.InAlarm
			r.clock.Heed("green")
		})
		r.run(t, map[string]*Spec{"a": canary()})
		require.Equal(t, want, r.calls[len(r.calls)-len(want):], "at %d", at)
		require.Empty(t, r.clock.active)
	}
}

// Green that is not healthy in time is taken back, without a request.
func TestNeverReady(t *testing.T) {
	r := newRig()
	r.fleets["green"].readyIn = engine.Hour
	r.run(t, map[string]*Spec{"a": canary()})
	require.Equal(t, []string{"10m green 2 3", "40m green 0 0"}, r.calls[1:])
	require.Equal(t, "40m rolled back after 30m: only 0 of 3 instances of green healthy after 30m; all requests go to blue, green gets min 0 and desired 0 again", r.texts()[1])
}

// Instances that fail their checks roll a deployment back: more than the share
// that is allowed, of those that have been healthy.
func TestUnhealthyInstancesRollBack(t *testing.T) {
	for failing, ends := range map[int]string{1: "36m blue 0 0", 2: "13m green 0 0"} {
		r := newRig()
		r.at(13*engine.Minute, func() {
			r.fleets["green"].health = Health{Healthy: 3 - failing, Failing: failing, Proven: 3}
			r.clock.Heed("blue")
			r.clock.Heed("green")
		})
		r.run(t, map[string]*Spec{"a": canary()})
		require.Equal(t, ends, r.calls[len(r.calls)-1])
		if failing == 2 {
			require.Contains(t, r.texts()[2], "2 of 3 instances of green that were healthy are unhealthy, more than 50%")
		}
	}
}

// A deployment does not begin while one of its alarms is in ALARM.
func TestAlarmForbidsADeployment(t *testing.T) {
	r := newRig()
	r.alarm.State = cloudwatch.InAlarm
	r.run(t, map[string]*Spec{"a": canary()})
	require.Empty(t, r.calls)
	require.Equal(t, []string{"10m refused: alarm hot is in ALARM"}, r.texts())
}

// A fleet is in one deployment at a time.
func TestOneDeploymentAtATime(t *testing.T) {
	r, second := newRig(), blueGreen()
	second.At, second.To = minutes(15), "small"
	r.run(t, map[string]*Spec{"a": blueGreen(), "b": second})
	require.Equal(t, "15m refused: fleet blue is in deployment a", r.texts()[1])
	second.At = minutes(20)
	r = newRig()
	r.run(t, map[string]*Spec{"a": blueGreen(), "b": second})
	require.Contains(t, r.texts()[2], "blue_green begins", "the first one was over at this instant")
}

// Nor while an instance refresh replaces the instances of one of the fleets.
func TestNoDeploymentDuringAnInstanceRefresh(t *testing.T) {
	for _, name := range []string{"blue", "green"} {
		r := newRig()
		r.fleets[name].busy = true
		r.run(t, map[string]*Spec{"a": blueGreen(), "b": canary()})
		require.Empty(t, r.calls)
		refused := "10m refused: fleet " + name + " is in an instance refresh"
		require.Equal(t, []string{refused, refused}, r.texts())
	}
}

// Rolling is an instance refresh; what the new version does worse is on its
// instances alone.
func TestRolling(t *testing.T) {
	s := &Spec{Strategy: "rolling", At: minutes(10), Fleet: "blue", Regression: Regression{Errors: 0.1, Slow: 2, Latency: minutes(1)}}
	r := newRig()
	r.run(t, map[string]*Spec{"a": s})
	require.Equal(t, []string{"10m blue version 2: 3 effects"}, r.calls)
	require.Equal(t, []string{"10m rolling: an instance refresh of blue to version 2 begins"}, r.texts())

	r = newRig()
	r.fleets["blue"].busy = true
	r.run(t, map[string]*Spec{"a": s})
	require.Empty(t, r.calls)
	require.Equal(t, []string{"10m refused: fleet blue is in an instance refresh"}, r.texts())
}

func TestParseStep(t *testing.T) {
	step, err := ParseStep("10% for 5m")
	require.NoError(t, err)
	require.Equal(t, Step{10, minutes(5)}, step)
	text, err := step.MarshalText()
	require.NoError(t, err)
	require.Equal(t, "10% for 5m", string(text))
	spaced, err := ParseStep("10 % for 5 m")
	require.NoError(t, err)
	require.Equal(t, step, spaced)
	for _, wrong := range []string{"", "10%", "10 for 5m", "10% for 5", "0% for 5m", "100% for 5m", "1.5% for 5m", "-1% for 5m"} {
		_, err := ParseStep(wrong)
		require.Error(t, err, wrong)
	}
}

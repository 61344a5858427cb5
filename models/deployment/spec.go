package deployment

import (
	"slices"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Spec describes a deployment, a [deployments.<name>] table.
type Spec struct {
	Strategy string            `toml:"kind" required:"true" oneof:"blue_green canary rolling" doc:"blue_green: at its time the fleet to takes the min and desired of the fleet from, as far as its own max lets it; after the overlap from gets min = desired = 0 and drains. Without balancer both are in one target group and take turns meanwhile; with it all requests go over at once when the instances of to are healthy. canary: the same, but the requests go over in steps. rolling: an instance refresh of one fleet. A fleet is in one deployment at a time, and none begins while an instance refresh replaces its instances; others are refused."`
	At       quantity.Duration `toml:"at" required:"true" doc:"When it begins."`

	From        string            `toml:"from" for:"blue_green canary" required:"true" doc:"The fleet that has the present version, blue."`
	To          string            `toml:"to" for:"blue_green canary" required:"true" doc:"The fleet that has the new version, green."`
	Balancer    string            `toml:"balancer" for:"blue_green canary" doc:"The balancer whose weights shift: its target groups are the two fleets, weights = { BLUE = 100, GREEN = 0 }. Required for canary. Left out: both fleets are targets in one target group."`
	Steps       Steps             `toml:"steps" for:"canary" required:"true" doc:"Ascending parts of the requests, in whole percent, that go to the new version, each for a time, such as [\"10% for 10m\", \"50% for 10m\"]; after the last step all do."`
	ReadyWithin quantity.Duration `toml:"ready_within" for:"blue_green canary" default:"1h" range:"1s..7d" doc:"With balancer: how long the desired instances of to may take to become healthy, before any request goes there; else the deployment is rolled back." source:"UNSOURCED: a plain choice; that requests sent to a group before it has targets fail with 503: U7"`
	Overlap     quantity.Duration `toml:"overlap" for:"blue_green canary" default:"10m" range:"0s..30d" doc:"How long both fleets are there: without balancer from the beginning, with it from the instant at which all requests go to the new version (bake time)." source:"UNSOURCED: how long one looks at the new version"`
	Failing     quantity.Share    `toml:"max_unhealthy" for:"blue_green canary" default:"50%" range:"0..1" doc:"Rolled back as soon as a larger part of the instances of to that were healthy once is unhealthy for the load balancer; 100% turns it off." source:"UNSOURCED: a plain choice"`
	Alarms      []string          `toml:"alarms" doc:"Alarms that fail the deployment as soon as one of them is in ALARM (it is refused if one is when it would begin), at most 10: names of tables [alarms.NAME], or FLEET.POLICY for the alarm of a policy. blue_green and canary are rolled back then, until their overlap is over: the weights go back, and to gets the min and desired that it had; rolling only with auto_rollback. Left out: none." source:"api-refresh; DERIVED for the others: the same"`

	Fleet string `toml:"fleet" for:"rolling" required:"true" doc:"The fleet whose instances are replaced. Left out launch_template_version, it is the next one."`

	Regression Regression `toml:"regression" doc:"What the new version does worse, so that there is something to find: on every instance of it, from the deployment on. Beside it, the fleets of blue_green and canary have demand of their own in routes."`

	autoscaling.RefreshSpec `for:"rolling"`
}

// Regression is what a new version does worse; the zero value is nothing.
type Regression struct {
	Errors  quantity.Share    `toml:"errors" range:"0..1" doc:"Part of the requests, health checks among them, drawn by chance, that is answered with 500 at once. Left out: none."`
	Slow    float64           `toml:"slow" default:"1" range:"1..1000000" doc:"How many times as long CPU work (service times, latencies) takes." source:"DERIVED: no regression"`
	Latency quantity.Duration `toml:"latency" range:"0s.." doc:"Time that each request takes longer before work on it begins. Left out: none."`
}

// mostAlarms is the number of alarms that a deployment can watch, as an instance
// refresh can [refresh].
const mostAlarms = 10

// Kind decides the keys that apply.
func (s *Spec) Kind() string { return s.Strategy }

// Rolling tells whether it replaces the instances of one fleet; else one fleet
// takes over from another.
func (s *Spec) Rolling() bool { return s.Strategy == "rolling" }

// Check reports what no single key shows.
func (s *Spec) Check(report quantity.Report) {
	if len(s.Alarms) > mostAlarms {
		report("alarms", "a deployment watches at most %d alarms (have %d)", mostAlarms, len(s.Alarms))
	}
	switch {
	case s.Rolling():
		s.RefreshSpec.Check(report)
	case s.From == s.To:
		report("to", "must be another fleet than from (have %q)", s.To)
	}
	if s.Strategy == "canary" && s.Balancer == "" {
		report("balancer", "is required where kind = \"canary\": its weights shift in steps")
	}
}

// Fleets are the fleets that the deployment changes.
func (s *Spec) Fleets() []string {
	if s.Rolling() {
		return []string{s.Fleet}
	}
	return []string{s.From, s.To}
}

// Lasts is how long a deployment takes at least from when it begins: its steps and
// its overlap; not known of an instance refresh, 0.
func (s *Spec) Lasts() quantity.Duration {
	if s.Rolling() {
		return 0
	}
	sum := s.Overlap
	for _, step := range s.Steps {
		sum += step.For
	}
	return sum
}

// watches reports whether the deployment waits for the health of a fleet.
func (s *Spec) watches(fleet string) bool { return !s.Rolling() && s.To == fleet }

// effects are what the new version does worse, as faults on its instances.
func (r *Regression) effects() incident.Effects {
	var list incident.Effects
	if r.Errors > 0 {
		list.Add(incident.Effect{Kind: incident.Errors, Share: float64(r.Errors)})
	}
	if r.Slow > 1 {
		list.Add(incident.Effect{Kind: incident.Slow, Factor: r.Slow})
	}
	if r.Latency > 0 {
		list.Add(incident.Effect{Kind: incident.Latency, Add: r.Latency.Time()})
	}
	return slices.Clip(list)
}

package deployment

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Fleet is a fleet as deployments need it.
type Fleet interface {
	Scalable
	Versioned
}

// Scalable is a fleet whose capacity can be set.
type Scalable interface {
	// Capacity is the group's min, desired and max at present.
	Capacity() Capacity
	// Resize sets min and desired, in the name of a deployment.
	Resize(deployment string, c Capacity)
	// Health counts instances as load balancers see them.
	Health() Health
}

// Versioned is a fleet whose software can be replaced.
type Versioned interface {
	// Refresh begins an instance refresh to the version that the spec names, or
	// the next one. It is false if the group refuses.
	Refresh(deployment string, s *autoscaling.RefreshSpec, alarms []string) (version int, started bool)
	// Refreshing tells whether an instance refresh is in progress.
	Refreshing() bool
	// Install puts effects on all instances of a version, also those launched
	// later, in the place of those that the version had; version 0 is all.
	Install(version int, worse incident.Effects)
}

// Balancer is a balancer with weights.
type Balancer interface {
	// Shift gives the target groups from and to the weights 100 - percent and
	// percent.
	Shift(from, to string, percent int)
}

// Capacity is how many instances a group wants.
type Capacity struct{ Min, Desired, Max int }

// Health is how many instances are healthy for all load balancers, and how many
// of those that were Proven, that is healthy before, are unhealthy now (Failing).
type Health struct{ Healthy, Failing, Proven int }

// Site finds what deployments act upon, by its name in the scenario.
type Site interface {
	Deployable(fleet string) Fleet
	Weighted(balancer string) Balancer
	Alarm(name string) *cloudwatch.Status
}

// Clock carries out deployments.
type Clock struct {
	sim    *engine.Sim
	site   Site
	log    *timeline.Log
	active []*rollout // in the order in which they began
	begun  *engine.Routine[*rollout]
	woken  *engine.Routine[*rollout]
}

// NewClock returns a Clock without deployments.
func NewClock(sim *engine.Sim, s Site, log *timeline.Log) *Clock {
	c := &Clock{sim: sim, site: s, log: log}
	c.begun = engine.NewRoutine(sim, "deployment begins", engine.Control, c.onBegin)
	c.woken = engine.NewRoutine(sim, "deployment goes on", engine.Control, c.advance)
	return c
}

// Add puts a deployment, which has been checked, on the clock under its name in
// the scenario.
func (c *Clock) Add(name string, s *Spec) {
	c.begun.At(s.At.Time(), &rollout{Spec: s, name: name})
}

// Heed hears that a load balancer's verdict on an instance of a fleet may have
// changed. On nil it does nothing.
func (c *Clock) Heed(fleet string) {
	if c == nil {
		return
	}
	for _, r := range c.active {
		if r.watches(fleet) {
			c.wake(r)
		}
	}
}

// wake looks at a deployment at this instant, after what happens now.
func (c *Clock) wake(r *rollout) { c.woken.After(0, r) }

func (c *Clock) tell(r *rollout, format string, args ...any) {
	c.log.Add(timeline.Event{At: c.sim.Now(), Kind: timeline.Deployment, Fleet: r.Fleets()[len(r.Fleets())-1], Subject: r.name, Text: fmt.Sprintf(format, args...)})
}

// onBegin begins a deployment, after what others do at this instant.
func (c *Clock) onBegin(r *rollout) {
	for _, other := range slices.Clone(c.active) {
		c.advance(other)
	}
	for _, other := range c.active {
		for _, fleet := range other.Fleets() {
			if slices.Contains(r.Fleets(), fleet) {
				c.tell(r, "refused: fleet %s is in deployment %s", fleet, other.name)
				return
			}
		}
	}
	if r.Rolling() {
		c.roll(r)
		return
	}
	c.raise(r)
}

// roll begins an instance refresh, which the group carries out.
func (c *Clock) roll(r *rollout) {
	fleet := c.site.Deployable(r.Fleet)
	version, started := fleet.Refresh(r.name, &r.RefreshSpec, r.Alarms)
	if !started {
		c.tell(r, "refused: fleet %s is in an instance refresh", r.Fleet)
		return
	}
	c.tell(r, "rolling: an instance refresh of %s to version %d begins", r.Fleet, version)
	fleet.Install(version, r.Regression.effects())
}

package deployment

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
)

// rollout is a deployment on its clock. One that puts a fleet in the place of
// another goes through stages: in each a part of the requests goes to the new
// version for a time. The last stage is the overlap, with all of them.
type rollout struct {
	*Spec
	name     string
	from, to Fleet
	former   Capacity // of to
	began    engine.Time
	stage    int         // that comes next
	due      engine.Time // when the present stage is over, or to must be ready
	ready    bool        // the first stage has begun
	over     bool
	watched  []*cloudwatch.Status
}

// raise begins a deployment from one fleet to another: the new one takes the
// capacity of the present one. Without weights requests come as soon as its
// instances are registered and healthy.
func (c *Clock) raise(r *rollout) {
	c.follow(r)
	if why := c.obstacle(r); why != "" {
		c.tell(r, "refused: %s", why)
		r.over = true
		return
	}
	c.active = append(c.active, r)
	r.began = c.sim.Now()
	r.from, r.to = c.site.Deployable(r.From), c.site.Deployable(r.To)
	r.former = r.to.Capacity()
	r.to.Install(0, r.Regression.effects())
	wanted := r.from.Capacity()
	given := Capacity{Min: min(wanted.Min, r.former.Max), Desired: min(wanted.Desired, r.former.Max), Max: r.former.Max}
	c.tell(r, "%s begins: %s takes min %d and desired %d of %s%s; %s", r.Strategy, r.To, given.Min, given.Desired, r.From, shortOf(wanted, given), r.plan())
	r.to.Resize(r.name, given)
	if r.Balancer == "" {
		r.ready = true
		c.next(r)
		return
	}
	c.waitFor(r, r.ReadyWithin.Time())
}

// follow watches the alarms of a deployment until it is over.
func (c *Clock) follow(r *rollout) {
	for _, name := range r.Alarms {
		status := c.site.Alarm(name)
		status.Follow(func() {
			if !r.over {
				c.wake(r)
			}
		})
		r.watched = append(r.watched, status)
	}
}

// obstacle is why a deployment from one fleet to another cannot begin; "" if it
// can.
func (c *Clock) obstacle(r *rollout) string {
	for _, fleet := range r.Fleets() {
		if c.site.Deployable(fleet).Refreshing() {
			return "fleet " + fleet + " is in an instance refresh"
		}
	}
	return r.alarm()
}

func shortOf(wanted, given Capacity) string {
	if given.Desired == wanted.Desired {
		return ""
	}
	return fmt.Sprintf(" (which has %d: more than max %d)", wanted.Desired, given.Max)
}

// plan says how the requests go over.
func (r *rollout) plan() string {
	if r.Balancer == "" {
		return "both take requests for " + r.Overlap.String()
	}
	return "requests go there when they are healthy, within " + r.ReadyWithin.String()
}

func (c *Clock) waitFor(r *rollout, span engine.Time) {
	r.due = c.sim.Now() + span
	c.woken.At(r.due, r)
}

// advance goes on with a deployment, as far as it can at this instant.
func (c *Clock) advance(r *rollout) {
	if r.over {
		return
	}
	h, now := r.to.Health(), c.sim.Now()
	switch why := r.trouble(h); {
	case why != "":
		c.rollBack(r, why)
	case r.ready && now < r.due:
	case r.ready:
		c.next(r)
	case h.Healthy >= r.to.Capacity().Desired:
		r.ready = true
		c.next(r)
	case now >= r.due:
		c.rollBack(r, fmt.Sprintf("only %s after %s", r.soundness(h), r.ReadyWithin))
	}
}

// trouble is why the deployment cannot go on; "" if it can.
func (r *rollout) trouble(h Health) string {
	if why := r.alarm(); why != "" {
		return why
	}
	if float64(h.Failing) > float64(float64(r.Failing)*float64(h.Proven)) {
		return fmt.Sprintf("%d of %d instances of %s that were healthy are unhealthy, more than %.4g%%", h.Failing, h.Proven, r.To, 100*float64(r.Failing))
	}
	return ""
}

// alarm is the alarm that forbids the deployment, in words; "" if there is none.
func (r *rollout) alarm() string {
	for _, status := range r.watched {
		if status.State == cloudwatch.InAlarm {
			return "alarm " + status.Name + " is in ALARM"
		}
	}
	return ""
}

func (r *rollout) soundness(h Health) string {
	return fmt.Sprintf("%d of %d instances of %s healthy", h.Healthy, r.to.Capacity().Desired, r.To)
}

// next begins the stage that comes next, or ends the deployment after the last.
func (c *Clock) next(r *rollout) {
	k := r.stage
	r.stage++
	switch {
	case k < len(r.Steps):
		step := r.Steps[k]
		c.tell(r, "%s after %s: %d%% of the requests go to %s for %s", r.soundness(r.to.Health()), c.elapsed(r), step.Percent, r.To, step.For)
		c.shift(r, step.Percent)
		c.waitFor(r, step.For.Time())
	case k == len(r.Steps):
		if r.Balancer != "" {
			c.tell(r, "%s after %s: all requests go to %s; %s stays for %s", r.soundness(r.to.Health()), c.elapsed(r), r.To, r.From, r.Overlap)
			c.shift(r, 100)
		}
		c.waitFor(r, r.Overlap.Time())
	default:
		c.tell(r, "ends after %s, %s: %s gets min 0 and desired 0", c.elapsed(r), r.soundness(r.to.Health()), r.From)
		r.from.Resize(r.name, Capacity{})
		c.end(r)
	}
}

func (c *Clock) shift(r *rollout, percent int) {
	c.site.Weighted(r.Balancer).Shift(r.From, r.To, percent)
}

func (c *Clock) elapsed(r *rollout) string {
	return quantity.Duration(c.sim.Now() - r.began).Rough()
}

// rollBack takes the new version out of service.
func (c *Clock) rollBack(r *rollout, why string) {
	back := ""
	if r.Balancer != "" {
		back = "all requests go to " + r.From + ", "
	}
	c.tell(r, "rolled back after %s: %s; %s%s gets min %d and desired %d again", c.elapsed(r), why, back, r.To, r.former.Min, r.former.Desired)
	if r.Balancer != "" && r.ready {
		c.shift(r, 0)
	}
	r.to.Resize(r.name, r.former)
	c.end(r)
}

func (c *Clock) end(r *rollout) {
	r.over = true
	c.active = slices.DeleteFunc(c.active, func(other *rollout) bool { return other == r })
}

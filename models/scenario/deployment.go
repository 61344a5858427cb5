package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/deployment"
)

func (c *crossChecker) checkDeployment(name string) {
	d, path := c.Deployments[name], []string{"deployments", name}
	for _, k := range []struct{ key, fleet string }{{"from", d.From}, {"to", d.To}, {"fleet", d.Fleet}} {
		if k.fleet != "" {
			c.lookUp(sub(path, k.key), "fleet", k.fleet, c.fleets)
		}
	}
	c.checkNamedAlarms(d.Alarms, sub(path, "alarms"))
	if at := d.At; c.sound(path...) && c.sound("duration") && at >= c.Duration {
		c.report(sub(path, "at"), "must be within the run (at %s, duration %s)", at, c.Duration)
	}
	if !d.Rolling() && c.Fleets[d.From] != nil && c.Fleets[d.To] != nil && d.From != d.To {
		c.checkHandOver(d, path)
	}
}

// checkHandOver checks that requests can go over from one fleet to the other.
func (c *crossChecker) checkHandOver(d *deployment.Spec, path []string) {
	both := func(b *balancer.Spec) bool {
		return slices.Contains(b.Places(), d.From) && slices.Contains(b.Places(), d.To)
	}
	b, at := c.Balancers[d.Balancer], sub(path, "balancer")
	switch {
	case d.Balancer != "" && b == nil:
		c.lookUp(at, "balancer", d.Balancer, c.balancers)
	case !c.sound("balancers"):
	case b != nil && (!b.Grouped() || len(b.Weights) != 2 || !both(b)):
		c.report(at, "needs the two fleets as its target groups: write kind = \"application\" and weights = { %s = 100, %s = 0 } in [balancers.%s]", d.From, d.To, d.Balancer)
	case b != nil || d.Strategy == "canary":
	case some(c.Balancers, func(b *balancer.Spec) bool { return both(b) && b.Grouped() }):
		c.report(at, "is required where the fleets are target groups with weights: the deployment shifts them")
	case !some(c.Balancers, both):
		c.report(sub(path, "to"), "no balancer has both %q and %q among its targets", d.From, d.To)
	}
}

// doubtDeployment finds a deployment whose end the run does not see.
func (l *lint) doubtDeployment(name string) {
	d, path := l.Deployments[name], []string{"deployments", name}
	if over := d.At + d.Lasts(); over > l.Duration && !l.shortened(sub(path, "at")) {
		l.doubt(sub(path, "at"), "the deployment cannot be over before %s, after the end of the run: nothing shows what its end does (duration %s)", over, l.Duration)
	}
}

// deployed tells whether a deployment changes min of a fleet.
func (l *lint) deployed(fleet string) bool {
	return some(l.Deployments, func(d *deployment.Spec) bool { return !d.Rolling() && slices.Contains(d.Fleets(), fleet) })
}

// rolled tells whether a deployment has the grace period of a fleet as its
// warm-up.
func (l *lint) rolled(fleet string) bool {
	return some(l.Deployments, func(d *deployment.Spec) bool {
		return d.Fleet == fleet && d.InstanceWarmup == nil && l.Fleets[fleet].InstanceWarmup == nil
	})
}

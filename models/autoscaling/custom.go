package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// custom is a metric of the fleet's own as an autoscaler from outside AWS reads
// it: over periods of its own, without CloudWatch's delay.
type custom struct {
	*cloudwatch.Metric
	group   *Group
	shared  bool // one value for the whole group, not one from each instance
	divided bool // by the instances in service
}

// newCustom makes the metric of a name that has been checked.
func (g *Group) newCustom(name string, period engine.Time) *custom {
	s := g.spec.Metrics[name]
	return &custom{g.find(name, period), g, s.Of != "" && s.Of != g.Name, s.PerInstance}
}

// total is the sum of the values of the periods from one instant up to another,
// in millionths of the unit, and of how many instances: each that gave one, or
// all in service where the value is shared. That is 0 without a value.
func (c *custom) total(from, until engine.Time) (sum int64, instances int) {
	set := c.Between(from, until, until)
	sum, instances = int64(set.Sum.Low), int(set.SampleCount)
	if instances == 0 || !c.shared {
		return sum, instances
	}
	instances = c.group.inService()
	if c.divided {
		sum *= int64(instances)
	}
	return sum, instances
}

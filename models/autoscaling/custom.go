package autoscaling

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
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
// all in service where the value is shared, which may be none. Without a value it
// is not known.
func (c *custom) total(from, until engine.Time) (sum int64, instances int, known bool) {
	set := c.Between(from, until, until)
	if set.SampleCount == 0 {
		return 0, 0, false
	}
	sum, instances = saturated(set.Sum), int(set.SampleCount)
	if c.shared {
		instances = c.group.Count(InService)
	}
	if c.shared && c.divided {
		sum = min(sum, math.MaxInt64/int64(max(instances, 1))) * int64(instances)
	}
	return sum, instances, true
}

// saturated is a sum that is not negative, or the greatest int64.
func saturated(sum tally.Int128) int64 {
	if sum.High > 0 || sum.Low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(sum.Low)
}

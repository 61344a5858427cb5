package autoscaling

import "github.com/headroom-sim/headroom/engine"

// expectation is what a predictive policy expects to need, and until when.
type expectation struct {
	policy   string
	capacity int
	until    engine.Time
}

// expected is what the group's predictive policy, if it scales, expects of the
// present hour.
func (g *Group) expected(engine.Time) expectation { return expectation{} }

package azure

import (
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
)

// Rule is one of a profile's rules, of which there are at most ten.
type Rule struct {
	Name      string
	Operator  Operator
	Threshold uint64 // in millionths of the metric's unit
	Out       bool   // scales out (Increase), or in (Decrease)
	Action    Action
	Cooldown  engine.Time
	// Total says that the value does not depend on the number of instances, such
	// as the length of a shared queue. Else it is per instance, and inversely
	// proportional to their number.
	Total bool
}

// Operator stands between a metric's value and the threshold.
type Operator uint8

// The operators.
const (
	GreaterThan Operator = iota
	GreaterThanOrEqual
	LessThan
	LessThanOrEqual
)

// Action is by how much, or to how many, a rule scales.
type Action struct {
	Type   ActionType
	Amount int // instances, percent or the capacity; not negative
}

// ActionType says how an action becomes a capacity.
type ActionType uint8

// The types of action.
const (
	ChangeCount ActionType = iota
	PercentChangeCount
	ExactCount
)

// Reading is a metric's value over the time window: a sum in millionths over a
// count.
type Reading struct {
	Sum, Count uint64
	Known      bool
}

// fires reports whether a rule's condition holds for a value that so many
// instances have, on as many others.
func (r *Rule) fires(v Reading, instances, on int) bool {
	if !v.Known {
		return false
	}
	if r.Total {
		instances, on = 1, 1
	}
	// sum / count x instances / on, against the threshold: both sides exact.
	order := compare(v.Sum, uint64(instances), r.Threshold, v.Count*uint64(on))
	switch r.Operator {
	case GreaterThan:
		return order > 0
	case GreaterThanOrEqual:
		return order >= 0
	case LessThan:
		return order < 0
	default:
		return order <= 0
	}
}

// compare orders a x b against c x d.
func compare(a, b, c, d uint64) int {
	high, low := bits.Mul64(a, b)
	otherHigh, otherLow := bits.Mul64(c, d)
	low, borrow := bits.Sub64(low, otherLow, 0)
	high, borrow = bits.Sub64(high, otherHigh, borrow)
	switch {
	case borrow > 0:
		return -1
	case high|low > 0:
		return 1
	default:
		return 0
	}
}

// capacity is what the rule makes of a capacity. A change in percent is cut to
// whole instances, but at least one (UNSOURCED).
func (r *Rule) capacity(current int) int {
	change := r.Action.Amount
	switch {
	case r.Action.Type == ExactCount && r.Out:
		return max(current, r.Action.Amount)
	case r.Action.Type == ExactCount:
		return min(current, r.Action.Amount)
	case r.Action.Type == PercentChangeCount:
		change = max(1, current*r.Action.Amount/100)
	}
	if r.Out {
		return current + change
	}
	return current - change
}

package scenario

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/models/autoscaling"
)

// A reaction is one side of a scaling policy: beyond a level of a metric that is
// an average over instances, it changes their number.
type reaction struct {
	policy  string
	metric  string
	path    []string // of the level
	up      bool
	level   float64
	sharp   bool    // the level itself does not count
	exact   bool    // the policy sets a number, whatever there is
	factor  float64 // the level as a part of the key's value
	becomes func(n int, metric float64) int
}

// perInstance are the metrics that fall when instances share the load.
var perInstance = []string{autoscaling.CPUUtilization, autoscaling.RequestCountPerTarget, "NetworkIn", "NetworkOut"}

// reactions are those of a policy, none where its metric is another.
func reactions(name string, p *autoscaling.PolicySpec, path []string) []reaction {
	if level, _, ok := bound(p, path); !ok || level < 1 || !slices.Contains(perInstance, p.Follows()) {
		return nil // below 1 the unit is wrong already
	}
	switch p.Type {
	case "target_tracking":
		return trackingReactions(name, p, path)
	case "simple", "step":
	default:
		return nil
	}
	adjustment, found := p.Nearest()
	if !found || p.Alarm.Statistic == "SampleCount" || p.Alarm.Statistic == "Sum" && p.Follows() != autoscaling.RequestCountPerTarget {
		return nil
	}
	c := p.Alarm.Comparison
	return []reaction{{
		policy: name, metric: p.Follows(), path: sub(path, "alarm", "threshold"), up: c[0] == '>', level: p.Alarm.Threshold, sharp: len(c) == 1,
		exact: adjustment.Type == autoscaling.ExactCapacity, factor: 1,
		becomes: func(n int, _ float64) int { return adjustment.Target(n, p.MinAdjustmentMagnitude) },
	}}
}

// trackingReactions are those of the alarms that AWS makes for a target tracking
// policy.
func trackingReactions(name string, p *autoscaling.PolicySpec, path []string) []reaction {
	proportion := func(n int, metric float64) int { return int(math.Ceil(float64(n)*metric/p.Target - 1e-9)) }
	high := reaction{policy: name, metric: p.Follows(), path: sub(path, "target"), up: true, level: p.Target, sharp: true, factor: 1}
	high.becomes = func(n int, _ float64) int { return n + 1 }
	low := high
	low.up, low.level, low.factor, low.becomes = false, float64(p.LowFactor*p.Target), p.LowFactor, proportion
	if p.DisableScaleIn {
		return []reaction{high}
	}
	return []reaction{high, low}
}

// flapping finds a scale-in that undoes the scale-out before it: where the load
// that sets off the one, shared by the instances that it adds, sets off the
// other.
func (l *lint) flapping(f *Fleet, path []string) {
	var all []reaction
	for _, name := range sorted(f.Policies) {
		all = append(all, reactions(name, f.Policies[name], sub(path, "policies", name))...)
	}
	for _, out := range all {
		for _, in := range all {
			if out.up && !in.up && out.metric == in.metric && out.policy != in.policy {
				l.flaps(f, out, in)
			}
		}
	}
}

func (l *lint) flaps(f *Fleet, out, in reaction) {
	first, last := 0, 0
	for n := max(f.Min, 1); n < f.Max; n++ {
		if m, level := out.leaves(n, f.Max); m > n && in.undoes(m, level, f.Min) {
			if first == 0 {
				first = n
			}
			last = n
		}
	}
	if first == 0 {
		return
	}
	m, level := out.leaves(first, f.Max)
	also := ""
	if last > first {
		also = fmt.Sprintf(", and likewise with up to %d", last)
	}
	keep := "less than"
	if in.sharp {
		keep = "at most"
	}
	l.doubt(in.path, "flapping: %s takes back what %s has just added: %s at %s %s %d at %s%s. Write %s %s (have %s)",
		in.policy, out.policy, instances(first), out.figure(out.worst()), become(first), m, out.figure(level), also, keep, figure(level/in.factor), figure(in.level/in.factor))
}

// worst is the level at which a reaction is judged: where it sets in. One that
// sets a number of instances jumps on purpose; it is blamed only for what flaps
// at any load, full CPU included.
func (r reaction) worst() float64 {
	if r.exact && r.metric == autoscaling.CPUUtilization {
		return 100
	}
	return r.level
}

// leaves is what a scale-out makes of n instances, and the metric that they
// have then.
func (r reaction) leaves(n, most int) (int, float64) {
	m := min(r.becomes(n, r.level), most)
	return m, r.worst() * float64(n) / float64(max(m, 1))
}

// undoes reports whether a scale-in takes instances away at a level.
func (r reaction) undoes(m int, level float64, least int) bool {
	return (level < r.level || level == r.level && !r.sharp) && max(r.becomes(m, level), least) < m
}

// instances counts them for a reader.
func instances(n int) string {
	if n == 1 {
		return "1 instance"
	}
	return strconv.Itoa(n) + " instances"
}

func become(n int) string {
	if n == 1 {
		return "becomes"
	}
	return "become"
}

// figure writes a value of the reaction's metric.
func (r reaction) figure(x float64) string {
	if r.metric == autoscaling.CPUUtilization {
		return figure(x) + " %"
	}
	return figure(x)
}

// figure writes a level for a reader, with at most one decimal.
func figure(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

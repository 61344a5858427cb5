package autoscaling

import "github.com/headroom-sim/headroom/models/quantity"

// MaintenanceSpec is an instance maintenance policy, the [fleets.<f>.maintenance]
// table: how far the capacity in use may go from desired while the group
// replaces instances, whatever for. It does not bind scaling [imp].
//
// The modes of AWS's console: launch before terminating is a minimum of 100 with
// a maximum above it, terminate and launch a maximum of 100 with a minimum below
// it.
type MaintenanceSpec struct {
	MinHealthy int `toml:"min_healthy_percentage" required:"true" range:"0..100" doc:"Least part of desired, in percent and rounded up, to keep in service, healthy and warmed up." source:"api-imp"`
	MaxHealthy int `toml:"max_healthy_percentage" required:"true" range:"100..200" doc:"Largest part of desired, in percent and rounded down, that may be in service or pending. Min and max of the group do not bound it." source:"api-imp; UNSOURCED: the rounding, and that it may exceed max"`
}

// Check reports what no single key shows.
func (s *MaintenanceSpec) Check(report quantity.Report) {
	checkSpread(s.MinHealthy, s.MaxHealthy, report)
}

// widest is the largest difference between the two percentages [api-imp].
const widest = 100

func checkSpread(low, high int, report quantity.Report) {
	if high-low > widest {
		report("max_healthy_percentage", "must not exceed min_healthy_percentage by more than %d (min %d, max %d)", widest, low, high)
	}
}

// bounds are how far the capacity may go from desired while instances are
// replaced, in percent of desired.
type bounds struct {
	min, max int
	// firm: where nothing can be replaced within the bounds, the group launches
	// before it terminates; else it terminates and launches, one at a time
	// [api-refresh].
	firm bool
}

// The bounds of a group without a maintenance policy: it terminates and launches,
// 10 % at a time, and at least one [hc, refdef].
const (
	defaultMinHealthy = 90
	defaultMaxHealthy = 100
)

// bounds are those of the maintenance policy, or what holds without one.
func (g *Group) bounds() bounds {
	if m := g.spec.Maintenance; m != nil {
		return bounds{m.MinHealthy, m.MaxHealthy, true}
	}
	return bounds{defaultMinHealthy, defaultMaxHealthy, false}
}

// of gives the bounds in instances: the lower one rounded up [refresh], the
// upper one down (UNSOURCED).
func (b bounds) of(desired int) (lowest, highest int) {
	return (desired*b.min + 99) / 100, desired * b.max / 100
}

// within gives the bounds that hold: where they leave no room at all, one instance
// more comes, or one goes, all the same [api-refresh].
func (b bounds) within(desired int) (lowest, highest int) {
	lowest, highest = b.of(desired)
	switch {
	case lowest < desired || desired < highest || desired == 0:
	case b.firm:
		highest++
	default:
		lowest--
	}
	return lowest, highest
}

// room is how many replacements more may begin.
type room struct {
	terminate int // that terminate the old instance first
	launch    int // that launch the new instance first
	// spare is how many instances that are ready for use may be terminated
	// without a substitute.
	spare int
}

// room is what the bounds leave beside the replacements in progress that count.
func (g *Group) room(b bounds, counts func(*replacement) bool) room {
	lowest, highest := b.within(g.Desired)
	r := room{terminate: g.Desired - lowest, launch: highest - g.Desired, spare: g.fitCount() - lowest}
	for _, p := range g.replacements {
		switch {
		case !counts(p):
		case p.launchFirst:
			r.launch--
		default:
			r.terminate--
		}
	}
	return r
}

// take takes the room for one replacement, and reports whether it launches
// first; ok is false if there is no room. An instance that is ready for use
// needs a spare one.
func (r *room) take(ready bool) (launchFirst, ok bool) {
	switch {
	case r.launch > 0:
		r.launch--
		return true, true
	case r.terminate > 0 && (!ready || r.spare > 0):
		r.terminate--
		if ready {
			r.spare--
		}
		return false, true
	default:
		return false, false
	}
}

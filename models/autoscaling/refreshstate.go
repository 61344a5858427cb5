package autoscaling

import "fmt"

// concerns reports whether an instance is to be replaced, when it can be.
func (r *refresh) concerns(i *Instance) bool {
	switch {
	case !r.stale(i), r.ProtectedInstances == "Ignore" && i.Protected && !r.rollback:
		return false
	case i.State == Standby:
		return r.StandbyInstances != "Ignore" && !r.rollback
	default:
		return i.present() && !i.makesWay()
	}
}

// stale reports whether an instance was launched before the refresh, and from a
// version that is to go; a rollback goes by the version alone.
func (r *refresh) stale(i *Instance) bool {
	matches := i.Template == r.version
	if r.rollback {
		return !matches
	}
	return i.Ordinal <= r.last && !(matches && r.SkipMatching)
}

// remaining is the number of instances yet to be replaced, without those that
// are being replaced.
func (r *refresh) remaining() int {
	n := 0
	for _, i := range r.group.Instances {
		if r.concerns(i) {
			n++
		}
	}
	return n
}

// inProgress is the number of those that are being replaced.
func (r *refresh) inProgress() int { return r.group.replacing(ofRefresh) }

// percent is how much of the refresh is complete: what has been replaced and is
// ready for use, of what there was and is to do.
func (r *refresh) percent() int {
	all := r.replaced + r.inProgress() + r.remaining()
	if all == 0 {
		return 100
	}
	return 100 * r.replaced / all
}

// candidates are the instances that can be replaced now, those of other versions
// first [refresh].
func (r *refresh) candidates() []*Instance {
	var others, same []*Instance
	for _, i := range r.group.Instances {
		switch {
		case !r.concerns(i) || !r.open(i):
		case i.Template != r.version:
			others = append(others, i)
		default:
			same = append(same, i)
		}
	}
	return append(others, same...)
}

// open reports whether nothing keeps an instance from being replaced now.
func (r *refresh) open(i *Instance) bool {
	if i.State == Standby {
		return r.StandbyInstances == "Terminate"
	}
	spared := i.Protected && r.ProtectedInstances != "Refresh" && !r.rollback
	return i.State == InService && i.replacement == nil && !spared
}

// beforeCheckpoint is how many replacements may begin before the next checkpoint.
func (r *refresh) beforeCheckpoint() int {
	all := r.replaced + r.inProgress() + r.remaining()
	for _, p := range r.CheckpointPercentages {
		if p > r.reached && !r.rollback {
			return (all*p+99)/100 - r.replaced - r.inProgress()
		}
	}
	return all
}

// stuck reports whether the refresh has made no progress for an hour, beside the
// time that an instance takes to warm up (DERIVED: a warm-up is not a problem).
func (r *refresh) stuck() bool { return r.group.sim.Now()-r.progress >= patience+r.warmup }

// why is what a refresh waits for.
func (r *refresh) why() string {
	protected, standby := 0, 0
	for _, i := range r.group.Instances {
		switch {
		case !r.concerns(i):
		case i.State == Standby:
			standby++
		case i.Protected:
			protected++
		}
	}
	switch n := r.inProgress(); {
	case r.suspended():
		return "processes that it needs are suspended"
	case n > 0:
		return fmt.Sprintf("%d new instances have not become ready for use", n)
	case protected+standby > 0:
		return fmt.Sprintf("%d instances protected from scale-in and %d in standby remain", protected, standby)
	default:
		return fmt.Sprintf("only %d of %d desired are ready for use", r.group.fitCount(), r.group.Desired)
	}
}

// suspended reports whether a process is that the refresh needs.
func (r *refresh) suspended() bool {
	g := r.group
	return g.suspended(InstanceRefresh) || g.suspended(Launch) || g.suspended(Terminate)
}

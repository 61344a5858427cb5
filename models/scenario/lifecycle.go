package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
)

// launchZones are the zones that instances of the fleet may ever be launched in.
func (f *Fleet) launchZones() []string {
	zones := slices.Clone(f.Zones)
	for _, name := range sorted(f.Operations) {
		zones = append(zones, f.Operations[name].Zones...)
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

// hooked reports whether the fleet has a hook of a transition.
func (f *Fleet) hooked(transition string) bool {
	return some(f.Hooks, func(h *autoscaling.HookSpec) bool { return h.Transition == transition })
}

// lifeCycle lists keys about hooks, failed launches and the warm pool that have
// no effect.
func (l *lint) lifeCycle(name string, f *Fleet, path []string) {
	for _, name := range sorted(f.Hooks) {
		h, at := f.Hooks[name], sub(path, "hooks", name)
		if h.Completes.Distribution == nil {
			l.idle(sub(at, "result"), "has no effect without completes")
		}
		if h.Heartbeat > 0 && h.Heartbeat >= h.HeartbeatTimeout {
			l.idle(sub(at, "heartbeat"), "has no effect: comes no sooner than heartbeat_timeout (%s)", h.HeartbeatTimeout)
		}
		if f.WarmPool == nil {
			l.idle(sub(at, "completes_from_pool"), "has no effect without warm_pool")
		}
	}
	if !f.hooked("terminating") {
		l.idle(sub(path, "terminate_hook_abandon"), "has no effect without a terminating hook")
	}
	if len(f.launchZones()) < 2 {
		l.idle(sub(path, "capacity_distribution"), "has no effect with one zone")
	}
	if !f.hooked("launching") && !l.launchesFail(name) {
		for _, k := range []string{"launch_retry_delay", "launch_suspension"} {
			l.idle(sub(path, k), "has no effect where no launch fails: there is neither a launching hook nor a launch_failure, nor is a zone lost")
		}
	}
}

// launchesFail tells whether a fault makes launches of the fleet fail.
func (l *lint) launchesFail(fleet string) bool {
	return some(l.Faults, func(f *incident.Fault) bool {
		here := f.Fleet == fleet || f.Fleet == "" && slices.Contains(l.Fleets[fleet].launchZones(), f.Zone)
		return here && f.FailsLaunches()
	})
}

// launchWait is how long launching hooks keep an instance that runs, on average;
// Forever if they keep it until it answers, however long that takes.
func (f *Fleet) launchWait() engine.Time {
	var longest engine.Time
	for _, h := range f.Hooks {
		switch {
		case h.Transition != "launching":
		case h.After == "serving":
			return engine.Forever
		default:
			longest = max(longest, min(f.completion(h), h.Timeout()))
		}
	}
	return longest
}

// completion is how long it takes on average until a launching hook is
// completed; Forever if it never is.
func (f *Fleet) completion(h *autoscaling.HookSpec) engine.Time {
	if h.Completes.Distribution == nil {
		return engine.Forever
	}
	mean := h.Completes.Mean()
	if h.After == "serving" {
		mean += f.Boot.Mean() + f.Startup.Mean()
	}
	return engine.Time(min(mean, float64(engine.Forever)/2))
}

// doubtLifeCycle finds hooks that always time out, and warm pools whose
// instances are stopped before they are of use.
func (l *lint) doubtLifeCycle(f *Fleet, path []string) {
	for _, name := range sorted(f.Hooks) {
		h, at := f.Hooks[name], sub(path, "hooks", name)
		timeout := quantity.Duration(h.Timeout())
		switch {
		case h.Transition != "launching" || f.completion(h) <= h.Timeout():
		case h.DefaultResult == "ABANDON":
			l.doubt(at, "endless replacement: it is not completed within %s, so that every instance launched is terminated and replaced. Write completes, a longer heartbeat_timeout, or heartbeat", timeout)
		default:
			l.doubt(at, "every launch waits for %s: the hook is not completed before it times out", timeout)
		}
	}
	boots := f.Boot.Mean()+f.Startup.Mean() > 0
	if p := f.WarmPool; p != nil && p.PoolState != "Running" && boots && !f.hooked("launching") {
		l.doubt(sub(path, "warm_pool"), "new instances are put away as soon as they run, before they have booted and started: that is left for when they are needed. Add a hook with transition = \"launching\", after = \"serving\", completes = \"0s\"")
	}
}

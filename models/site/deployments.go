package site

import (
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/deployment"
	"github.com/headroom-sim/headroom/models/incident"
)

// releases are what the versions of a fleet's software do worse; those without an
// entry do what 0 says.
type releases map[int]incident.Effects

// buildDeployments puts the scenario's deployments on the clock.
func (s *System) buildDeployments() {
	if len(s.spec.Deployments) == 0 {
		return
	}
	s.deployments = deployment.NewClock(s.sim, s, s.log)
	for _, name := range slices.Sorted(maps.Keys(s.spec.Deployments)) {
		s.deployments.Add(name, s.spec.Deployments[name])
	}
}

// Deployable implements deployment.Site.
func (s *System) Deployable(name string) deployment.Fleet { return s.fleet(name) }

// Weighted implements deployment.Site.
func (s *System) Weighted(name string) deployment.Balancer { return s.places[name].(*balancerPlace) }

// Alarm implements deployment.Site.
func (s *System) Alarm(name string) *cloudwatch.Status { return s.statuses[name] }

// Shift implements deployment.Balancer.
func (b *balancerPlace) Shift(from, to string, percent int) {
	weights := make([]int, len(b.targets))
	for i, name := range b.spec.Places() {
		switch name {
		case from:
			weights[i] = 100 - percent
		case to:
			weights[i] = percent
		}
	}
	b.SetWeights(weights)
}

// Capacity implements deployment.Scalable.
func (f *fleet) Capacity() deployment.Capacity {
	return deployment.Capacity{Min: f.group.Min, Desired: f.group.Desired, Max: f.group.Max}
}

// Resize implements deployment.Scalable.
func (f *fleet) Resize(name string, c deployment.Capacity) { f.group.Resize(name, c.Min, c.Desired) }

// Health implements deployment.Scalable.
func (f *fleet) Health() (sum deployment.Health) {
	for _, h := range f.hosts {
		if !h.registered {
			continue
		}
		if f.everywhere(h) {
			sum.Healthy++
		}
		if h.proven {
			sum.Proven++
		}
		if h.proven && f.unhealthy(h) {
			sum.Failing++
		}
	}
	return sum
}

// everywhere reports whether an instance may be used by all who send requests to
// the fleet.
func (f *fleet) everywhere(h *host) bool {
	if len(f.balancers) == 0 {
		return slices.Contains(f.up, h)
	}
	return !slices.ContainsFunc(f.balancers, func(b *balancerPlace) bool { return !b.Usable(b.target(h)) })
}

// unhealthy reports whether an instance is unhealthy for any balancer.
func (f *fleet) unhealthy(h *host) bool {
	return slices.ContainsFunc(f.balancers, func(b *balancerPlace) bool { return b.Unhealthy(b.target(h)) })
}

// Refresh implements deployment.Versioned.
func (f *fleet) Refresh(name string, s *autoscaling.RefreshSpec, alarms []string) (version int, started bool) {
	return f.group.Refresh(name, s, alarms)
}

// Refreshing implements deployment.Versioned.
func (f *fleet) Refreshing() bool { return f.group.Refreshing() }

// Install implements deployment.Versioned.
func (f *fleet) Install(version int, worse incident.Effects) {
	for _, h := range slices.Concat(f.hosts, f.asleep) {
		for _, e := range f.releases.of(h.instance) {
			h.effects.Remove(e)
		}
	}
	f.releases.install(version, worse)
	for _, h := range slices.Concat(f.hosts, f.asleep) {
		h.effects = append(h.effects, f.releases.of(h.instance)...)
		h.Impair(h.effects.Impairment())
	}
}

// install notes what a version does worse, or all versions if it is 0.
func (r releases) install(version int, worse incident.Effects) {
	if version == 0 {
		clear(r)
	}
	r[version] = worse
}

// of is what an instance does worse.
func (r releases) of(i *autoscaling.Instance) incident.Effects {
	if worse, ok := r[i.Template]; ok {
		return worse
	}
	return r[0]
}

package autoscaling

// Resize sets min and desired in the name of a deployment, whatever cooldowns
// run. Min and desired must not exceed [Group.Max].
func (g *Group) Resize(deployment string, low, desired int) {
	g.Min = low
	text := "deployment " + deployment
	g.setDesired(desired, &cause{
		name: deployment, text: text, actor: text, warmup: g.instanceWarmup, cooldown: g.defaultCooldown,
	})
}

// Refresh begins an instance refresh in the name of a deployment, to the version
// that the spec names or else the next one, watched by alarms. It is false if one
// is in progress.
func (g *Group) Refresh(deployment string, s *RefreshSpec, alarms []string) (version int, started bool) {
	o := &operation{name: deployment, calling: "start_instance_refresh", OperationSpec: &OperationSpec{RefreshSpec: *s, Alarms: alarms}}
	if s.LaunchTemplateVersion == nil {
		next := g.template + 1
		o.LaunchTemplateVersion = &next
	}
	return *o.LaunchTemplateVersion, g.startInstanceRefresh(o)
}

// Refreshing tells whether an instance refresh is in progress.
func (g *Group) Refreshing() bool { return g.refresh != nil }

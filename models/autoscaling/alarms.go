package autoscaling

// Alarms are the names of the alarms that a policy of a group has: its own name,
// or those of the two that target tracking makes.
func (p *PolicySpec) Alarms(group, policy string) []string {
	switch {
	case p.Alarm != nil:
		return []string{policy}
	case p.Type != "target_tracking":
		return nil
	case p.DisableScaleIn:
		return []string{trackingAlarm(group, "High", policy)}
	}
	return []string{trackingAlarm(group, "High", policy), trackingAlarm(group, "Low", policy)}
}

// trackingAlarm is the name of an alarm that a target tracking policy makes.
func trackingAlarm(group, side, policy string) string {
	return "TargetTracking-" + group + "-Alarm" + side + "-" + policy
}

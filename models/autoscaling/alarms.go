package autoscaling

import "strings"

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

// BriefAlarm is the name of an alarm for narrow places: of one that AWS makes
// for a target tracking policy, TargetTracking-web-AlarmHigh-cpu, the policy
// and the side, "cpu (high)"; of any other the name itself.
func BriefAlarm(name string) string {
	if rest, made := strings.CutPrefix(name, "TargetTracking-"); made {
		if _, policy, high := strings.Cut(rest, "-AlarmHigh-"); high {
			return policy + " (high)"
		}
		if _, policy, low := strings.Cut(rest, "-AlarmLow-"); low {
			return policy + " (low)"
		}
	}
	return name
}

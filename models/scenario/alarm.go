package scenario

import "github.com/headroom-sim/headroom/models/cloudwatch"

// checkAlarm compares an alarm with its metric.
func (c *crossChecker) checkAlarm(a *cloudwatch.AlarmSpec, path []string) {
	if c.sound(path...) && a.HighResolution() {
		c.report(sub(path, "period"), `must be a multiple of 60s: %s comes once a minute at best (have "%s")`, a.Metric, a.Period)
	}
}

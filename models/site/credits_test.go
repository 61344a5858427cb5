package site

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/timeline"
)

// resting has one of two burstable instances stopped in the warm pool from 5 h to
// 6 h, or crashed.
const resting = `
	duration = "6h30m"
	[clients.nobody]
	target = "web"
	rate = "0/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	instance = "INSTANCE"
	cpu_credits = "standard"
	zones = ["a"]
	min = 1
	max = 2
	desired = 2
	suspended_processes = ["ReplaceUnhealthy"]
`

// spec 5 [T-BASE, T-STD]: an instance that is stopped and started again, here by
// way of a warm pool or of a crash, has its balance of 5 h if it is a T3, and its
// launch credits alone if it is a T2.
func TestStoppedInstancesKeepTheirCreditsOrNot(t *testing.T) {
	pool := `
	[fleets.web.warm_pool]
	min_size = 0
	reuse_on_scale_in = true
	[fleets.web.schedules.in]
	at = "5h"
	desired = 1
	[fleets.web.schedules.out]
	at = "6h"
	desired = 2`
	crash := `
	[faults.crash]
	at = "5h"
	for = "1h"
	fleet = "web"
	instances = 1
	effect = "crash"`
	for _, c := range []struct {
		instance string
		least    float64
	}{{"t3.micro", 60}, {"t2.micro", 30}} {
		for name, happens := range map[string]string{"warm pool": pool, "crash": crash} {
			credits := simulate(t, strings.Replace(resting, "INSTANCE", c.instance, 1)+happens).Series.Column("fleets.web.credits.min")
			require.InDelta(t, c.least+2, credits[370], 2, "%s, %s", c.instance, name)
		}
	}
}

// The threads of a cpu fault use nothing, and no credits, as long as the machine that
// they are on is stopped; after it they go on.
func TestAStoppedInstanceRunsNoThreads(t *testing.T) {
	const faults = `
	[faults.busy]
	at = "4h"
	fleet = "web"
	effect = "cpu"
	[faults.crash]
	at = "5h"
	for = "1h"
	fleet = "web"
	effect = "crash"`
	for _, instance := range []string{"t3.micro", "m5.large"} {
		o := simulate(t, strings.Replace(strings.Replace(resting, "INSTANCE", instance, 1), `cpu_credits = "standard"`, "", 1)+faults)
		require.InDelta(t, 1.5/6.5/2, o.Windows[0].Metrics["fleets.web.cpu.mean"], 1e-4, instance)
	}
}

// spec 5, the trap in scaling in (INFERRED from T-UNL): a T3 in unlimited mode
// that is terminated pays its whole surplus at once; one that goes on owes nothing
// while it is less than a day's earnings.
func TestTerminatedInstancesPayTheirSurplus(t *testing.T) {
	m := simulate(t, `
	duration = "2h"
	[clients.nobody]
	target = "web"
	rate = "0/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	instance = "t3.micro"
	zones = ["a"]
	min = 1
	max = 2
	desired = 2
	[fleets.web.schedules.in]
	at = "1h"
	desired = 1
	[faults.hog]
	at = "0s"
	fleet = "web"
	effect = "cpu"
	load = 2`).Windows[0].Metrics
	hours := m["fleets.web.instances.hours"]
	require.InDelta(t, 3, hours, 0.01)
	surplus := 2*(hours-2) - 12.0/60*(hours-2) // vCPU-hours: two vCPUs, and 12 credits earned
	require.InDelta(t, 0.0104*hours+0.05*surplus, m["cost.fleets.web"], 1e-4)
}

// spec 5 [T-BASE]: a throttled instance reads its baseline, so that an alarm on
// more than that never goes off, however long users wait; in unlimited mode it
// does.
func TestAThrottledInstanceNeverAlarms(t *testing.T) {
	for mode, actions := range map[string]float64{"standard": 0, "unlimited": 1} {
		m := simulate(t, strings.Replace(`
	duration = "30m"
	[clients.nobody]
	target = "web"
	rate = "0/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	instance = "t3.micro"
	cpu_credits = "MODE"
	zones = ["a"]
	min = 1
	max = 2
	boot = "1h"
	[fleets.web.policies.up]
	kind = "simple"
	alarm = { metric = "CPUUtilization", period = "5m", comparison = ">", threshold = 70 }
	adjustment = "+1"
	[faults.hog]
	at = "0s"
	fleet = "web"
	instances = 1
	effect = "cpu"
	load = 2`, "MODE", mode, 1)).Windows[0].Metrics
		require.Equal(t, actions, m["scaling.actions"], mode)
		if mode == "standard" {
			require.InDelta(t, 0.1, m["fleets.web.cpu.mean"], 1e-6)
		}
	}
}

// A machine that starts without credits has none for its first requests. Only one
// that is held down for minutes is told of, once, and warned of.
func TestCreditsThatRunOut(t *testing.T) {
	for rate, held := range map[string]bool{"15/s": false, "40/s": true} {
		o := simulate(t, fmt.Sprintf(`
			duration = "30m"
			[clients.c]
			target = "web"
			rate = "%s"
			timeout = "1s"
			[routes.page]
			demand.web = "20ms"
			[fleets.web]
			instance = "t3.small"
			cpu_credits = "standard"
			zones = ["a"]
			min = 1
			max = 1`, rate))
		require.Zero(t, o.Windows[0].Metrics["fleets.web.credits.min"])
		told := events(o, timeline.Credits)
		if !held {
			require.Empty(t, told)
			require.Empty(t, o.Warnings)
			continue
		}
		require.Equal(t, []string{"the CPU credits have run out: it is held down to its baseline"}, told.texts())
		require.Contains(t, o.Warnings[len(o.Warnings)-1].Text, "the CPU credits of an instance ran out")
	}
}

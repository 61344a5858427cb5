package site

import "testing"

// idleWeek is a group of a thousand instances with detailed monitoring and a
// policy, for a simulated week without requests.
const idleWeek = `
	duration = "7d"
	[clients.nobody]
	target = "web"
	rate = "0/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 2
	zones = ["a", "b"]
	min = 1000
	max = 1000
	monitoring = "detailed"
	[fleets.web.policies.cpu]
	kind = "target_tracking"
	metric = "ASGAverageCPUUtilization"
	target = 50
`

// BenchmarkIdleWeek is the cost of the control plane and of the statistics of
// idle instances.
func BenchmarkIdleWeek(b *testing.B) {
	for b.Loop() {
		simulate(b, idleWeek)
	}
}

package site

import (
	"fmt"
	"strings"
	"testing"
)

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

// toAThousand is a group that grows from one instance to a thousand and shrinks
// again, twenty times a day, behind a balancer if that is its clients' target.
const toAThousand = `
	duration = "24h"
	[clients.nobody]
	rate = "0/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 2
	zones = ["a", "b"]
	min = 1
	max = 1000
	monitoring = "detailed"
	[fleets.web.policies.cpu]
	kind = "target_tracking"
	metric = "ASGAverageCPUUtilization"
	target = 50
	disable_scale_in = true
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	health_check.interval = "300s"
`

func BenchmarkToAThousandAndBack(b *testing.B) {
	for _, target := range []string{"web", "lb"} {
		b.Run(target, func(b *testing.B) {
			for b.Loop() {
				simulate(b, thousandBy(target))
			}
		})
	}
}

func thousandBy(target string) string {
	text := strings.Replace(toAThousand, "[clients.nobody]", "[clients.nobody]\n\ttarget = \""+target+"\"", 1)
	if target != "lb" {
		text, _, _ = strings.Cut(text, "[balancers.lb]")
	}
	for i := range 20 {
		text += fmt.Sprintf("[fleets.web.schedules.out%d]\nat = \"%dm\"\ndesired = 1000\n", i, 10+60*i)
		text += fmt.Sprintf("[fleets.web.schedules.in%d]\nat = \"%dm\"\ndesired = 1\n", i, 40+60*i)
	}
	return text
}

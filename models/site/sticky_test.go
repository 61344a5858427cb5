package site

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// crowd is 40 users on two servers, each of whom signs in now and then, and
// tries again when something fails.
const crowd = `
	duration = "60m"
	[clients.shoppers]
	target = "lb"
	users = 40
	requests = 100000
	think = "exponential(4s)"
	routes = { browse = 0.9, signin = 0.1 }
	retry = { attempts = 50, wait = "2s" }
	[routes.browse]
	demand.web = "1ms"
	session = "read"
	[routes.signin]
	demand.web = "1ms"
	session = "write"
	[balancers.lb]
	kind = "%s"
	targets = ["web"]
	algorithm = "round_robin"
	stickiness = { kind = "%s" }
	deregistration_delay = "30s"
	health_check = { interval = "5s", timeout = "2s", healthy_threshold = 2, unhealthy_threshold = 2 }
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 2
	desired = 2
`

// A sign-in is lost with its server, at that instant, by all who are at it: those
// who learn it as they come back (they try until they are answered) and those
// whose next request fails and ends the session.
func TestSignInsDieWithTheirServer(t *testing.T) {
	const dies = `
	[faults.crash]
	at = "20m"
	fleet = "web"
	instances = 1
	effect = "crash"`
	at := Span{20 * engine.Minute, 20*engine.Minute + engine.Millisecond}
	for _, attempts := range []string{"50", "0"} {
		text := strings.Replace(crowd, "attempts = 50", "attempts = "+attempts, 1)
		w := simulate(t, fmt.Sprintf(text, "application", "lb_cookie")+dies, at, Span{at.To, 60 * engine.Minute}).Windows
		require.InDelta(t, 20, w[1].Metrics["sessions.lost"], 11) // 3.29 sqrt(40/4)
		require.Zero(t, w[2].Metrics["sessions.lost"], "it counts once")
	}
}

// What becomes of signed-in users when something happens to one of the two
// servers that hold their sessions at 20 min, and when it is over at 40 min: 1.3
// [CLB-STICKY, CLB-REG], 2.5 [ALB-STICKY]. With either cookie on either kind
// nobody loses anything before, about half of the users do then, and nobody
// after, since all stay where they have gone.
func TestStickySessionsAndTheirTarget(t *testing.T) {
	happenings := map[string]string{
		"unhealthy and back": `
	[faults.stop]
	at = "20m"
	for = "20m"
	fleet = "web"
	instances = 1
	effect = "refuse"`,
		"drains": `
	[fleets.web.schedules.in]
	at = "20m"
	desired = 1
	[fleets.web.schedules.out]
	at = "40m"
	desired = 2`,
		"disappears and is replaced": `
	[faults.crash]
	at = "20m"
	fleet = "web"
	instances = 1
	effect = "crash"`,
	}
	windows := []Span{{10 * engine.Minute, 20 * engine.Minute}, {20 * engine.Minute, 40 * engine.Minute}, {40 * engine.Minute, 60 * engine.Minute}}
	for what, happens := range happenings {
		for _, kind := range []string{"application", "classic"} {
			for _, cookie := range []string{"lb_cookie", "app_cookie"} {
				name := what + ", " + kind + ", " + cookie
				w := simulate(t, fmt.Sprintf(crowd, kind, cookie)+happens, windows...).Windows
				require.InDelta(t, 1, w[0].Metrics["availability"], 0, name)
				require.Zero(t, w[1].Metrics["sessions.lost"], name)
				require.Zero(t, w[1].Metrics["sessions.moved"], name)
				lost := w[2].Metrics["sessions.lost"]
				require.InDelta(t, 20, lost, 11, name) // 3.29 sqrt(40/4)
				if moved := w[2].Metrics["sessions.moved"]; what == "unhealthy and back" {
					require.GreaterOrEqual(t, moved, lost, name)
				} else {
					require.LessOrEqual(t, moved, lost, "%s: what dies with its server is lost at once, and moves nobody", name)
				}
				require.Zero(t, w[3].Metrics["sessions.lost"], name)
			}
		}
	}
}

// Without stickiness users lose their sessions all the time.
func TestLocalSessionsWithoutStickiness(t *testing.T) {
	w := simulate(t, fmt.Sprintf(crowd, "application", "none"), Span{40 * engine.Minute, 60 * engine.Minute}).Windows
	require.Greater(t, w[1].Metrics["sessions.lost"], 1000.0)
}

// scaleOut doubles two servers at 20 min under sessions of five minutes on
// average.
const scaleOut = `
	duration = "50m"
	[clients.shoppers]
	target = "lb"
	rate = "2/s"
	requests = "geometric(60)"
	think = "exponential(5s)"
	[routes.browse]
	demand.web = "1ms"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	%s
	health_check = { interval = "5s", timeout = "2s" }
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 2
	max = 4
	[fleets.web.schedules.campaign]
	at = "20m"
	desired = 4
`

// 2.5 [ALB-STICKY, U8]: after a scale-out stickiness leaves the load uneven. The
// new servers get new sessions only: with sessions that end at random, T on
// average, their share t after they came is 1 - exp(-t/T) of the fair one, so
// that half of it takes T log 2, 208 s.
func TestStickinessSlowsAScaleOutDown(t *testing.T) {
	from := Span{20 * engine.Minute, 50 * engine.Minute}
	sticky := simulate(t, fmt.Sprintf(scaleOut, `stickiness = { kind = "lb_cookie" }`), from).Windows[1].Metrics
	free := simulate(t, fmt.Sprintf(scaleOut, ""), from).Windows[1].Metrics
	require.Less(t, free["balancers.lb.share_lag.mean"], 2.0)
	require.InDelta(t, 300*math.Ln2, sticky["balancers.lb.share_lag.mean"], 40)
	require.Greater(t, sticky["balancers.lb.imbalance"], 10*free["balancers.lb.imbalance"])
	require.Greater(t, sticky["balancers.lb.imbalance"], 0.1)
}

// 2.4 [ALB-TG]: in a slow start of 200 s, with x of it over, each of two new
// targets beside two old ones gets x / (2 + 2x) of the requests: half of a fair
// fourth at x = 1/3.
func TestSlowStartShowsInTheShareLag(t *testing.T) {
	m := simulate(t, fmt.Sprintf(scaleOut, `slow_start = "200s"`)).Windows[0].Metrics
	require.InDelta(t, 200.0/3, m["balancers.lb.share_lag.mean"], 7)
}

// race is one user on one connection to a pool that closes it after some time of
// silence; a node knows after half a second.
const race = `
	duration = "100h"
	[clients.user]
	target = "lb"
	users = 1
	think = "exponential(5s)"
	[routes.page]
	demand.web = "1ms"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	close_notice = "500ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	[fleets.web.server]
	software = "pool"
	keepalive_requests = 1000000
	keepalive_timeout = "%s"
`

// 2.10 [ALB-LB, U5]: servers that close idle connections before the balancer does
// make requests fail with 502: those that come in the moment after, with
// p = exp(-K/T) - exp(-(K+d)/T) on a connection that has been used before. Those
// that keep them for longer do not.
func TestKeepAliveShorterThanTheIdleTimeout(t *testing.T) {
	m := simulate(t, fmt.Sprintf(race, "5s")).Windows[0].Metrics
	p := math.Exp(-1) - math.Exp(-1.1)
	share := p / (1 + p) // after a failure there is no connection to fail on
	n := m["requests.completed"] + m["requests.failed"]
	require.InDelta(t, share*n, m["errors.502"], 3.29*math.Sqrt(n*share*(1-share)))
	require.InDelta(t, m["requests.failed"], m["errors.502"], 0)

	m = simulate(t, fmt.Sprintf(race, "75s")).Windows[0].Metrics
	require.Zero(t, m["requests.failed"])
}

// Weighted target groups in a site: nine of ten requests go to the fleet blue.
func TestWeightsInTheSite(t *testing.T) {
	m := simulate(t, `
	duration = "20m"
	[clients.visitors]
	target = "lb"
	rate = "20/s"
	[routes.page]
	demand = { blue = "1ms", green = "1ms" }
	[balancers.lb]
	kind = "application"
	weights = { green = 10, blue = 90 }
	[fleets.blue]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	[fleets.green]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	`).Windows[0].Metrics
	n := m["requests.completed"]
	blue := m["fleets.blue.cpu.mean"] * 1200 / 0.001
	require.InDelta(t, 0.9*n, blue, 3.29*math.Sqrt(n*0.09))
}

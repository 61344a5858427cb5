package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/scenario"
)

// sound is a site without doubts. The tests put one trap after the other into
// it, by overriding keys as the command line does.
const sound = `duration = "2h"
[clients.c]
target = "lb"
rate = "40/s"
timeout = "10s"
[routes.page]
demand.web = "10ms"
[balancers.lb]
kind = "application"
targets = ["web"]
[fleets.web]
instance = "c6i.large"
zones = ["a"]
min = 1
max = 8
boot = "30s"
startup = "10s"
monitoring = "detailed"
[fleets.web.policies.high]
kind = "step"
alarm = { metric = "CPUUtilization", period = "1m", evaluation_periods = 3, comparison = ">", threshold = 70 }
steps = ["0.. +1"]
[fleets.web.policies.low]
kind = "step"
alarm = { metric = "CPUUtilization", period = "5m", comparison = "<", threshold = 30 }
steps = ["..0 -1"]
`

// flaws puts overrides into the sound site and gives its doubts, without the
// place where they were found.
func flaws(t *testing.T, src string, sets ...string) []string {
	t.Helper()
	f, problems := scenario.Parse("site.toml", []byte(src), nil)
	require.NoError(t, problems.Err())
	_, problems = f.Spec("", sets)
	require.NoError(t, problems.Err())
	var list []string
	for _, d := range f.Doubts("", sets) {
		list = append(list, d.Key+": "+d.Text)
	}
	return list
}

// high overrides keys of the policy that scales out, low of the other one, web
// of the fleet.
func high(key string) string { return "fleets.web.policies.high." + key }
func low(key string) string  { return "fleets.web.policies.low." + key }
func web(key string) string  { return "fleets.web." + key }

var alarmOf = map[string]string{
	"requests": high(`alarm={ metric = "RequestCountPerTarget", statistic = "Sum", period = "1m", comparison = ">", threshold = 50 }`),
	"below":    high(`alarm={ metric = "CPUUtilization", period = "1m", comparison = "<", threshold = 70 }`),
}

// tracked overrides the policy that scales out by one that tracks a target.
const tracked = `duration = "2h"
[clients.c]
target = "lb"
rate = "40/s"
[routes.page]
demand.web = "10ms"
[balancers.lb]
kind = "application"
targets = ["web"]
[fleets.web]
instance = "c6i.large"
zones = ["a"]
min = 1
max = 8
monitoring = "detailed"
[fleets.web.policies.track]
kind = "target_tracking"
metric = "ALBRequestCountPerTarget"
target = 1200
`

// hook gives the fleet a launching hook with so many of its keys.
func hook(keys string) string { return web("hooks.ready={ transition = \"launching\", " + keys + " }") }

// TestTrapsOfTheLifeCycle: hooks that always time out, and a warm pool of
// instances that are put away before they are of use; with the remedies.
func TestTrapsOfTheLifeCycle(t *testing.T) {
	const never = `fleets.web.hooks.ready: endless replacement: it is not completed within %s, so that every instance launched is terminated and replaced. Write completes, a longer heartbeat_timeout, or heartbeat`
	const unready = `fleets.web.warm_pool: new instances are put away as soon as they run, before they have booted and started: that is left for when they are needed. Add a hook with transition = "launching", after = "serving", completes = "0s"`
	const answers = `after = "serving", completes = "0s"`
	for name, c := range map[string]struct {
		sets []string
		want string
	}{
		"never completed":               {[]string{hook(`default_result = "ABANDON"`)}, fmt.Sprintf(never, "1h")},
		"never completed, but CONTINUE": {[]string{hook(`default_result = "CONTINUE"`)}, "fleets.web.hooks.ready: every launch waits for 1h: the hook is not completed before it times out"},
		"completed too late":            {[]string{hook(`completes = "2m", heartbeat_timeout = "60s"`)}, fmt.Sprintf(never, "1m")},
		"boots for too long":            {[]string{hook(answers + `, heartbeat_timeout = "30s"`)}, fmt.Sprintf(never, "30s")},
		"with heartbeats":               {[]string{hook(`completes = "2m", heartbeat_timeout = "60s", heartbeat = "30s"`)}, ""},
		"completed in time":             {[]string{hook(answers)}, ""},
		"pool without hook":             {[]string{web("warm_pool={}")}, unready},
		"pool with hook":                {[]string{web("warm_pool={}"), hook(answers)}, ""},
		"running pool":                  {[]string{web(`warm_pool={ pool_state = "Running" }`)}, ""},
		"pool without boot":             {[]string{web("warm_pool={}"), web("boot=0s"), web("startup=0s")}, ""},
	} {
		got := flaws(t, sound, c.sets...)
		if c.want == "" {
			require.Empty(t, got, name)
			continue
		}
		require.Equal(t, []string{c.want}, got, name)
	}
}

// TestALaunchHookIsARemedy: with one that waits for the server no grace period
// and no warm-up is too short for the boot [hook2].
func TestALaunchHookIsARemedy(t *testing.T) {
	slow := []string{web("boot=10m"), web("health_check_type=ELB"), web("health_check_grace_period=60s")}
	require.NotEmpty(t, flaws(t, sound, slow...))
	require.Empty(t, flaws(t, sound, append(slow, hook(`after = "serving", completes = "0s"`))...))
	require.Empty(t, flaws(t, sound, append(slow, hook(`completes = "11m"`))...))
}

func TestASoundSiteHasNoDoubts(t *testing.T) {
	require.Empty(t, flaws(t, sound))
	require.Empty(t, flaws(t, tracked))
}

// Every trap with the words that name it, and beside it the nearest setting
// that is none.
func TestTraps(t *testing.T) {
	for _, c := range []struct {
		name string
		src  string
		sets []string
		want string // "" is none
	}{
		{"thresholds closer than one instance's step", sound, []string{low("alarm.threshold=40")},
			"fleets.web.policies.low.alarm.threshold: flapping: low takes back what high has just added: 1 instance at 70 % becomes 2 at 35 %. Write at most 35 (have 40)"},
		{"thresholds just one step apart", sound, []string{low("alarm.threshold=35")}, ""},
		{"and the comparison includes the level", sound, []string{low("alarm.threshold=35"), low(`alarm.comparison="<="`)},
			"1 instance at 70 % becomes 2 at 35 %. Write less than 35 (have 35)"},
		{"close thresholds in a range of sizes", sound, []string{low("alarm.threshold=60"), web("min=2")},
			"2 instances at 70 % become 3 at 46.7 %, and likewise with up to 5. Write at most 46.7 (have 60)"},
		{"close thresholds that no size of the group meets", sound, []string{low("alarm.threshold=60"), web("min=7")}, ""},
		{"close thresholds of different metrics", sound, []string{low("alarm.threshold=60"), alarmOf["requests"], high("alarm.threshold=2000")}, ""},
		{"an exact capacity flaps at some loads, on purpose", sound, []string{high(`steps=["0.. =3"]`)}, ""},
		{"an exact capacity that flaps at any load", sound, []string{high(`steps=["0.. =4"]`)}, "1 instance at 100 % becomes 4 at 25 %"},

		{"`>` with steps below the threshold", sound, []string{high(`steps=["..0 +1"]`)},
			`fleets.web.policies.high.steps: no step is found: > 70 breaches above the threshold, where no step lies; bounds count from the threshold. Write "0.. +1" (have "..0 +1")`},
		{"`<` with steps above the threshold", sound, []string{low(`steps=["0.. -1"]`)},
			`no step is found: < 30 breaches below the threshold, where no step lies; bounds count from the threshold. Write "..0 -1" (have "0.. -1")`},
		{"steps that begin too high", sound, []string{high(`steps=["10.. +1"]`)}, "no step is found from 70 up to 80"},
		{"steps that end too soon", sound, []string{high(`steps=["0..10 +1"]`)}, "no step is found from 80 upward, where the breach is worst"},
		{"steps that end where the metric does", sound, []string{high(`steps=["0..40 +1"]`)}, ""},
		{"low steps that begin too low", sound, []string{low(`steps=["..-10 -1"]`)}, "no step is found from 30 down to 20"},
		{"low steps that end too soon", sound, []string{low(`steps=["-10..0 -1"]`)}, "no step is found at 20 and below"},
		{"low steps that reach below zero", sound, []string{low(`steps=["-31..0 -1"]`)}, ""},

		{"a threshold beyond 100 %", sound, []string{high("alarm.threshold=160")}, "fleets.web.policies.high.alarm.threshold: is never reached: CPU utilization is 100 % at most (have 160)"},
		{"steps the wrong way", sound, []string{high(`steps=["0.. -1"]`)}, `fleets.web.policies.high.steps: goes the wrong way: the alarm is on where CPU utilization is > 70 (have "-1")`},
		{"steps of nothing", sound, []string{high(`steps=["0.. +0"]`)}, `changes nothing (have "+0")`},
		{"a low alarm at the target", tracked, []string{"fleets.web.policies.track.low_factor=1"}, "fleets.web.policies.track.low_factor: the low alarm begins at the target itself"},
		{"a schedule beyond max", sound, []string{web("schedules.s.at=\"10m\""), web("schedules.s.min=30")}, "fleets.web.schedules.s.min: the action fails: min 30 exceeds max 8. Set max in it too"},
		{"a schedule that raises max too", sound, []string{web("schedules.s.at=\"10m\""), web("schedules.s.min=30"), web("schedules.s.max=40")}, ""},
		{"a schedule that asks for too much", sound, []string{web("schedules.s.at=\"10m\""), web("schedules.s.desired=30")}, "fleets.web.schedules.s.desired: the action fails: desired 30 is outside 1 to 8"},
		{"Launch suspended for good", sound, []string{web(`suspended_processes=["Launch"]`)}, "fleets.web.suspended_processes: no policy can add instances in the whole run: Launch is never resumed"},

		{"grace shorter than boot and checks", sound, []string{web(`health_check_type="ELB"`), web(`health_check_grace_period="60s"`)},
			"fleets.web.health_check_grace_period: endless replacement: a new instance answers 40s after InService and is healthy at lb 2m after that at the earliest, but the group replaces it as unhealthy after 1m; so with the next. Write at least 3m10s"},
		{"grace that covers them", sound, []string{web(`health_check_type="ELB"`), web(`health_check_grace_period="190s"`)}, ""},
		{"grace that covers the mean alone", sound, []string{web(`health_check_type="ELB"`), web(`boot="lognormal(30s, p95=90s)"`), web(`health_check_grace_period="200s"`)},
			"slow instances are replaced before they serve: one in twenty needs 3m40s or more"},
		{"instances that answer before they can fail", sound, []string{web(`health_check_type="ELB"`), web(`health_check_grace_period="0s"`), web(`boot="5s"`)}, ""},
		{"grace and EC2 checks", sound, []string{web(`health_check_grace_period="0s"`)}, ""},

		{"a warm-up shorter than the start", sound, []string{web(`boot="200s"`), web(`instance_warmup="60s"`)},
			"fleets.web.instance_warmup: double scaling: instances count as warm 1m after InService, but answer only after 3m30s of boot and start-up: high then launches more for the same load. Write at least 3m30s, and as much more as the alarm takes to see the effect"},
		{"a warm-up as long as the start", sound, []string{web(`boot="200s"`), web(`instance_warmup="210s"`)}, ""},

		{"a burstable type that begins without credits", sound, []string{web(`instance="t3.small"`), web(`cpu_credits="standard"`)},
			"fleets.web.policies.high.alarm.threshold: may never be reached: a new t3.small in standard mode has 0 CPU credits, and without credits CPUUtilization stays at its baseline of 20 %"},
		{"which are not asked for in unlimited mode", sound, []string{web(`instance="t3.small"`)}, ""},
		{"launch credits that the planned load spends", sound, []string{web(`instance="t2.micro"`)},
			"is never reached: the load keeps each t2.micro above its baseline of 10 %, its credits are spent after 1h40m, and from then on CPUUtilization reads 10 %"},
		{"launch credits that a group at max spends", sound, []string{web(`instance="t2.micro"`), `clients.c.rate="1000/s"`, web("max=3")},
			"is never reached again: the load keeps each t2.micro above its baseline of 10 %, its credits are spent after 34m"},
		{"launch credits that last", sound, []string{web(`instance="t2.micro"`), `clients.c.rate=["0m 5/s", "30m 200/s"]`, `duration="1h"`}, ""},
		{"a threshold below the baseline", sound, []string{web(`instance="t3.2xlarge"`), web(`cpu_credits="standard"`), high("alarm.threshold=35"), low("alarm.threshold=10")}, ""},

		{"an idle timeout above the keep-alive", sound, []string{web(`server.keepalive_timeout="15s"`)},
			"fleets.web.server.keepalive_timeout: the servers of web close an idle connection after 15s, while lb would still use it (idle_timeout 1m): a request sent at that instant fails with 502. Keep keepalive_timeout above idle_timeout, by 15s or more"},
		{"one raised by the balancer", sound, []string{`balancers.lb.idle_timeout="75s"`}, "balancers.lb.idle_timeout: the servers of web close an idle connection after 1m15s"},
		{"a keep-alive that is longer", sound, []string{web(`server.keepalive_timeout="65s"`)}, ""},
		{"no keep-alive at all", sound, []string{web(`server.keepalive_timeout="0s"`)}, ""},

		{"checks that take too long", sound, []string{`balancers.lb.health_check.demand="6s"`},
			"balancers.lb.health_check.timeout: every check fails: an idle server of web needs 6s for it (demand 6s), the balancer waits for 5s"},
		{"checks that take less", sound, []string{`balancers.lb.health_check.demand="4s"`}, ""},
		{"ELB checks of an overloaded fleet", sound, []string{web(`health_check_type="ELB"`), `clients.c.rate="2000/s"`},
			"cascade: the load asks for up to 20 vCPUs, max = 8 has 16; a server of web with its 2048 slots full answers a check after 10.2s, the balancer waits for 5s"},
		{"EC2 checks of an overloaded fleet", sound, []string{`clients.c.rate="2000/s"`}, ""},
		{"ELB checks with room", sound, []string{web(`health_check_type="ELB"`), `clients.c.rate="1500/s"`}, ""},

		{"a target for a second", tracked, []string{"fleets.web.policies.track.target=20"},
			"fleets.web.policies.track.target: is in requests per target and minute: at 20 the most that max = 8 take is 160 a minute, the load has up to 2400. For 20 a second write 1200"},
		{"a small target for a small load", tracked, []string{"fleets.web.policies.track.target=20", `clients.c.rate="20/s"`}, ""},
		{"an alarm for a second", sound, []string{alarmOf["requests"], high("alarm.threshold=20")}, "For 20 a second write 1200"},

		{"periods of a minute on basic monitoring", sound, []string{web(`monitoring="basic"`)},
			`fleets.web.policies.high.alarm.period: basic monitoring has a datapoint every 5m, the alarm looks at 3 of 1m: most have none and count as missing, and a single datapoint decides, minutes late. Write monitoring = "detailed" in the fleet, or period = "5m"`},
		{"periods of five minutes on basic monitoring", sound, []string{web(`monitoring="basic"`), high(`alarm.period="5m"`)}, ""},
		{"a balancer's metric on basic monitoring", tracked, []string{web(`monitoring="basic"`)}, ""},

		{"in a group without room none of this matters", sound, []string{web("max=1"), low("alarm.threshold=60"), high(`steps=["..0 +1"]`)},
			"fleets.web.policies: have no effect where min = max"},
	} {
		got := flaws(t, c.src, c.sets...)
		if c.want == "" {
			require.Empty(t, got, c.name)
			continue
		}
		require.Len(t, got, 1, c.name)
		require.True(t, strings.Contains(got[0], c.want), "%s:\n%s", c.name, got[0])
	}
}

// A simple policy that adds instances is deaf for its cooldown alone.
func TestDoubleScalingBySimplePolicies(t *testing.T) {
	simple := strings.NewReplacer(`kind = "step"`, `kind = "simple"`, `steps = ["0.. +1"]`, `adjustment = "+1"`, `steps = ["..0 -1"]`, `adjustment = "-1"`).Replace(sound)
	require.Empty(t, flaws(t, simple))
	require.Equal(t, []string{"fleets.web.policies.high.cooldown: double scaling: the policy may act again 30s after InService, but an instance is of use only after 40s of boot and start-up. Write at least 40s, and as much more as the alarm takes to see the effect"},
		flaws(t, simple, high(`cooldown="30s"`)))
	require.Equal(t, []string{"fleets.web.default_cooldown: double scaling: the policy may act again 2m after InService, but an instance is of use only after 40s of boot and start-up and 4m30s of health checks. Write at least 5m10s, and as much more as the alarm takes to see the effect"},
		flaws(t, simple, web(`default_cooldown="2m"`), `balancers.lb.kind="classic"`))
	require.Empty(t, flaws(t, simple, high(`cooldown="30s"`), web(`instance_warmup="40s"`)), "the activity lasts as long as the warm-up")
	require.Empty(t, flaws(t, simple, high(`cooldown="30s"`), high(`adjustment="=3"`)), "asked again, it changes nothing")
}

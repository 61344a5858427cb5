package scenario_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rolled is a site whose fleet is replaced once, by an operation.
const rolled = `duration = "2h"
[clients.c]
target = "lb"
rate = "40/s"
requests = "geometric(5)"
[routes.page]
demand.web = "10ms"
session = "read"
[routes.login]
demand.web = "10ms"
session = "write"
[clients.c.routes]
page = 0.9
login = 0.1
[balancers.lb]
kind = "application"
targets = ["web"]
stickiness.kind = "lb_cookie"
[fleets.web]
instance = "c6i.large"
zones = ["a"]
min = 4
max = 4
boot = "90s"
startup = "15s"
monitoring = "detailed"
[fleets.web.operations.ship]
at = "10m"
kind = "start_instance_refresh"
launch_template_version = 2
[alarms.bad]
metric = "CPUUtilization"
fleet = "web"
period = "60s"
evaluation_periods = 3
datapoints_to_alarm = 2
comparison = ">"
threshold = 95
`

func ship(key string) string { return web("operations.ship." + key) }

// TestTrapsOfARefresh: the next instance goes before the last new one serves
// [refresh, imp], or the end comes before the alarms see it [refresh]; beside
// each the nearest setting that is no trap.
func TestTrapsOfARefresh(t *testing.T) {
	const early = "the next instance is replaced before this one serves: a new one counts as replaced "
	const after = " after InService, but is of use only after 1m45s of boot and start-up and 2m of health checks. Write at least 3m50s"
	const baked = "fleets.web.operations.ship.bake_time: the refresh may be successful before its alarms tell that the new version is bad, and is not rolled back then: bad needs datapoints of 2m, the refresh waits for "
	watch := []string{ship(`alarms=["bad"]`), ship("auto_rollback=true")}
	for name, c := range map[string]struct {
		sets []string
		want string
	}{
		"the grace period is the warm-up": {nil, ""},
		"no grace period":                 {[]string{web("health_check_grace_period=0s")}, "fleets.web.operations.ship.instance_warmup: " + early + "0s" + after},
		"short warm-up":                   {[]string{ship("instance_warmup=20s")}, "fleets.web.operations.ship.instance_warmup: " + early + "20s" + after},
		"short warm-up of the fleet":      {[]string{web("instance_warmup=20s")}, "fleets.web.instance_warmup: " + early + "20s" + after},
		"just long enough":                {[]string{ship("instance_warmup=225s")}, ""},
		"the group asks the balancer":     {[]string{ship("instance_warmup=20s"), web("health_check_type=ELB")}, ""},
		"all at once, on purpose":         {[]string{ship("instance_warmup=20s"), ship("min_healthy_percentage=0")}, ""},
		"a hook waits for the server":     {[]string{ship("instance_warmup=20s"), hook(`after = "serving", completes = "0s"`)}, ""},

		"no time to see":            {watch, baked + `0s after the last replacement. Write bake_time = "3m" or more`},
		"too little time to see":    {append(watch, ship("bake_time=90s")), baked + `1m30s after the last replacement. Write bake_time = "3m" or more`},
		"time to see":               {append(watch, ship("bake_time=2m")), ""},
		"nothing is rolled back":    {watch[:1], ""},
		"no alarm is watched":       {watch[1:], ""},
		"only composites are known": {[]string{ship(`alarms=["all"]`), ship("auto_rollback=true"), `alarms.all.rule="ALARM(bad)"`}, ""},
	} {
		got := flaws(t, rolled, c.sets...)
		if c.want == "" {
			require.Empty(t, got, name)
			continue
		}
		require.Equal(t, []string{c.want}, got, name)
	}
	classic := `balancers.lb={ kind = "classic", targets = ["web"] }`
	require.Equal(t, []string{"fleets.web.operations.ship.instance_warmup: " + early + "5m after InService, but is of use only after 1m45s of boot and start-up and 4m30s of health checks. Write at least 6m20s"}, flaws(t, rolled, classic))
	const deployment = "[deployments.ship]\nkind = \"rolling\"\nat = \"40m\"\nfleet = \"web\"\ninstance_warmup = \"20s\"\n"
	require.Equal(t, []string{"deployments.ship.instance_warmup: " + early + "20s" + after}, flaws(t, rolled+deployment))
}

// TestScatteredSignIns: state in the memory of one of several servers, with
// nothing that leads a visitor back there.
func TestScatteredSignIns(t *testing.T) {
	const lost = `balancers.lb.stickiness: users lose their sign-ins: each is in the memory of one of up to 4 instances of web, and lb sends the next request to any of them. Write stickiness = { kind = "lb_cookie" }, or sessions = { store = "shared", in = SERVICE }`
	bare := `balancers.lb={ kind = "classic", targets = ["web"] }`
	site := strings.Replace(rolled, "stickiness.kind = \"lb_cookie\"\n", "", 1)
	require.Equal(t, []string{lost}, flaws(t, site))
	require.Equal(t, []string{lost}, flaws(t, site, bare, ship("instance_warmup=10m")))
	for name, sets := range map[string][]string{
		"said so":           {"balancers.lb.stickiness.kind=none"},
		"one server":        {web("min=1"), web("max=1")},
		"one request each":  {"clients.c.requests=1"},
		"nobody comes back": {"routes.page.session=none"},
		"shared":            {`sessions={ store = "shared", in = "redis" }`, `services.redis.kind="cache"`},
		"by the address":    {`balancers.lb={ kind = "nginx", algorithm = "ip_hash" }`},
		"by the connection": {`balancers.lb={ kind = "network" }`},
	} {
		require.Empty(t, flaws(t, site, append(sets, ship("instance_warmup=10m"))...), name)
	}
}

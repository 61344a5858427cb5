package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What the kinds of balancers leave idle.
func TestIdleKeysOfBalancers(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "net"
rate = "5/s"
[routes.page]
demand.web = "1ms"
idempotent = false
[balancers.net]
kind = "network"
targets = ["proxy"]
cross_zone = true
[balancers.net.health_check]
path = "/up"
demand = "1ms"
[balancers.proxy]
kind = "haproxy"
targets = ["web"]
retries = 0
redispatch = true
retry_on = ["500"]
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
health_check_type = "ELB"
[variants.nginx.balancers.net]
kind = "nginx"
idle_timeout = "10s"
max_fails = 0
fail_timeout = "5s"
zone = true
worker_processes = 4
`
	f := parse(t, src)
	require.Equal(t, `site.toml:7: routes.page.idempotent: has no effect without a balancer of kind "nginx"
site.toml:11: balancers.net.cross_zone: has no effect where all targets are in one zone
site.toml:13: balancers.net.health_check.path: has no effect on checks that only connect (protocol = "TCP")
site.toml:14: balancers.net.health_check.demand: has no effect on checks that only connect (protocol = "TCP")
site.toml:19: balancers.proxy.redispatch: has no effect with retries = 0
site.toml:20: balancers.proxy.retry_on: has no effect with retries = 0
site.toml:26: fleets.web.health_check_type: has no effect without a balancer of AWS's in front`, f.Idle("", nil).Error())
	require.Equal(t, `site.toml:19: balancers.proxy.redispatch: has no effect with retries = 0
site.toml:20: balancers.proxy.retry_on: has no effect with retries = 0
site.toml:26: fleets.web.health_check_type: has no effect without a balancer of AWS's in front
site.toml:29: variants.nginx.balancers.net.idle_timeout: has no effect without upstream_keepalive
site.toml:31: variants.nginx.balancers.net.fail_timeout: has no effect with max_fails = 0
site.toml:33: variants.nginx.balancers.net.worker_processes: has no effect with zone = true: the workers know the same`, f.Idle("nginx", nil).Error())
}

// Doubts about servers that close idle connections, and about checks, are for
// balancers that keep connections, and that ask for answers.
func TestDoubtsFollowTheKindOfBalancer(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "lb"
rate = "5/s"
[routes.page]
demand.web = "1ms"
[balancers.lb]
kind = "application"
targets = ["web"]
health_check = { demand = "7s" }
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
server = { keepalive_timeout = "10s" }
[variants.network.balancers.lb]
kind = "network"
[variants.http.balancers.lb]
kind = "network"
health_check = { protocol = "HTTP" }
[variants.haproxy.balancers.lb]
kind = "haproxy"
[variants.nginx.balancers.lb]
kind = "nginx"
`
	f := parse(t, src)
	require.Contains(t, f.Doubts("", nil).Error(), "the servers of web close an idle connection after 10s")
	require.Contains(t, f.Doubts("", nil).Error(), "every check fails: an idle server of web needs 7s for it (demand 7s), the balancer waits for 5s")
	require.Empty(t, f.Doubts("network", nil))
	require.Contains(t, f.Doubts("http", nil).Error(), "the balancer waits for 6s")
	require.Contains(t, f.Doubts("haproxy", nil).Error(), "the balancer waits for 2s")
	require.Empty(t, f.Doubts("nginx", nil))
}

// A variant of another kind leaves behind what that kind cannot use: keys, words
// and figures.
func TestBalancerVariantsOfAnotherKind(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "lb"
rate = "5/s"
[routes.page]
demand.web = "1ms"
[balancers.lb]
kind = "application"
targets = ["web"]
algorithm = "least_outstanding_requests"
idle_timeout = "30s"
slow_start = "0s"
health_check = { interval = "10s", timeout = "4s", healthy_threshold = 3 }
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
[variants.network.balancers.lb]
kind = "network"
[variants.haproxy.balancers.lb]
kind = "haproxy"
[variants.nginx.balancers.lb]
kind = "nginx"
`
	f := parse(t, src)
	spec, problems := f.Spec("network", nil)
	require.NoError(t, problems.Err())
	require.Equal(t, "flow_hash", spec.Balancers["lb"].Algorithm)
	require.Equal(t, "5m50s", spec.Balancers["lb"].IdleTimeout.String())
	require.Equal(t, 3, spec.Balancers["lb"].HealthCheck.HealthyThreshold)
	for _, kind := range []string{"haproxy", "nginx"} {
		spec, problems = f.Spec(kind, nil)
		require.NoError(t, problems.Err())
		require.Equal(t, "least_outstanding_requests", spec.Balancers["lb"].Algorithm)
		require.Equal(t, "30s", spec.Balancers["lb"].IdleTimeout.String())
	}
	_, problems = parse(t, src+"[variants.wrong.balancers.lb]\nkind = \"network\"\nalgorithm = \"random\"\n").Spec("wrong", nil)
	require.ErrorContains(t, problems.Err(), `site.toml:27: variants.wrong.balancers.lb.algorithm: must be flow_hash where kind = "network" (have "random")`)
}

// A variant may compare kinds of stickiness: what the other kind has no use for
// falls away with another kind of balancer, and is idle with the same.
func TestStickinessOfVariants(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "lb"
rate = "5/s"
[routes.page]
demand.web = "1ms"
[balancers.lb]
kind = "application"
targets = ["web"]
stickiness = { kind = "app_cookie", duration = "1h", set_by = ["page"] }
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
[variants.network.balancers.lb]
kind = "network"
[variants.address.balancers.lb]
kind = "network"
stickiness.kind = "source_ip"
[variants.haproxy.balancers.lb]
kind = "haproxy"
stickiness.kind = "lb_cookie"
[variants.own.balancers.lb]
stickiness.kind = "lb_cookie"
[variants.off.balancers.lb]
stickiness.kind = "none"
`
	f := parse(t, src)
	for variant, want := range map[string]string{"network": "none", "address": "source_ip", "haproxy": "lb_cookie", "own": "lb_cookie", "off": "none"} {
		spec, problems := f.Spec(variant, nil)
		require.NoError(t, problems.Err())
		k := spec.Balancers["lb"].Stickiness
		require.Equal(t, want, k.Type)
		require.Equal(t, variant != "network" && variant != "address", k.Duration != nil, variant)
	}
	require.Empty(t, f.Idle("address", nil))
	require.Equal(t, `site.toml:10: balancers.lb.stickiness.set_by: has no effect with kind = "lb_cookie": it is for the application's cookie`, f.Idle("own", nil).Error())
	require.Equal(t, `site.toml:10: balancers.lb.stickiness.duration: has no effect with kind = "none": there is no cookie
site.toml:10: balancers.lb.stickiness.set_by: has no effect with kind = "none": it is for the application's cookie`, f.Idle("off", nil).Error())
}

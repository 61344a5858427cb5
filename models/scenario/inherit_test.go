package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/scenario"
)

const kinds = `duration = "1h"
[clients.users]
target = "web"
users = 2000
think = "5s"
[clients.trace]
target = "web"
trace = "trace.csv"
scale = 2
[routes.page]
demand.web = "4ms"
[balancers.lb]
kind = "classic"
targets = ["web"]
surge_queue = 5
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 3
server = { software = "pool", threads = 50, keepalive_requests = 7 }
[fleets.web.policies.cpu]
kind = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 50
estimated_instance_warmup = "2m"
[faults.busy]
at = "10m"
fleet = "web"
effect = "cpu"
load = 2
[variants.step.fleets.web.policies.cpu]
kind = "step"
alarm = { metric = "CPUUtilization", comparison = ">", threshold = 60 }
steps = ["0.. +1"]
[variants.poisson.clients.users]
arrivals = "poisson"
rate = "50/s"
[variants.users.clients.trace]
users = 20
[variants.trace.clients.users]
trace = "trace.csv"
[variants.rest]
balancers.lb.kind = "application"
fleets.web.server.software = "nginx"
faults.busy.effect = "refuse"
`

func kindsFile(t *testing.T, more string) *scenario.File {
	f, problems := scenario.Parse("site.toml", []byte(kinds+more), func(string) ([]byte, error) { return []byte("0,5\n60,5\n"), nil })
	require.NoError(t, problems.Err())
	return f
}

func kindsSpec(t *testing.T, variant string, sets ...string) *scenario.Spec {
	spec, problems := kindsFile(t, "").Spec(variant, sets)
	require.NoError(t, problems.Err())
	return spec
}

// TestWhatAChangedKindCannotUseFallsAway: the keys of an older text only.
func TestWhatAChangedKindCannotUseFallsAway(t *testing.T) {
	cpu := kindsSpec(t, "step").Fleets["web"].Policies["cpu"]
	require.Equal(t, "step", cpu.Kind())
	require.Empty(t, cpu.Metric)
	require.Zero(t, cpu.Target)
	require.Equal(t, "2m", cpu.EstimatedInstanceWarmup.String(), "both kinds have it")

	base := kindsSpec(t, "").Fleets["web"].Policies["cpu"]
	require.Equal(t, 50.0, base.Target, "of the base")

	users := kindsSpec(t, "poisson").Clients["users"]
	require.Equal(t, "poisson", users.Kind())
	require.Zero(t, users.Users)
	require.Equal(t, "50/s", users.Rate.String())

	rest := kindsSpec(t, "rest")
	require.Zero(t, rest.Balancers["lb"].SurgeQueue)
	require.Zero(t, rest.Fleets["web"].Server.Threads)
	require.Equal(t, 7, rest.Fleets["web"].Server.KeepaliveRequests)
	require.Equal(t, 1024, rest.Fleets["web"].Server.WorkerConnections)
	require.Zero(t, rest.Faults["busy"].Load)
}

// TestKindsFollowTheNewestKey: where no key says the kind, the newest that
// implies one does.
func TestKindsFollowTheNewestKey(t *testing.T) {
	closed := kindsSpec(t, "users").Clients["trace"]
	require.Equal(t, "closed", closed.Kind())
	require.Empty(t, closed.Trace.Name)
	require.Zero(t, closed.Scale)
	traced := kindsSpec(t, "trace").Clients["users"]
	require.Equal(t, "trace", traced.Kind())
	require.Zero(t, traced.Users)
}

func TestFlagsChangeKinds(t *testing.T) {
	users := kindsSpec(t, "", "clients.users.rate=5/s", "clients.users.arrivals=even").Clients["users"]
	require.Equal(t, "even", users.Kind())
	require.Zero(t, users.Users)
	back := kindsSpec(t, "step", "fleets.web.policies.cpu.kind=target_tracking").Fleets["web"].Policies["cpu"]
	require.Nil(t, back.Alarm)
	require.Equal(t, 50.0, back.Target, "of the base, which the variant cannot use")
}

// TestAlternativesReplaceEachOther: a newer text may say with another key what an
// older one says.
func TestAlternativesReplaceEachOther(t *testing.T) {
	const bound = "[expectations.fast]\nmetric = \"latency.p99\"\nat_most = \"1s\"\n" +
		"[variants.span.expectations.fast]\nbetween = [\"1ms\", \"2s\"]\n"
	f := kindsFile(t, bound)
	spec, problems := f.Spec("span", []string{"fleets.web.instance=t3.small"})
	require.NoError(t, problems.Err())
	require.Nil(t, spec.Fleets["web"].VCPUs)
	require.Equal(t, "t3.small", spec.Fleets["web"].Instance)
	relation, _, _ := spec.Expectations["fast"].Bound()
	require.Equal(t, scenario.Between, relation)
	_, problems = f.Spec("", []string{"fleets.web.instance=t3.small", "fleets.web.vcpus=2"})
	require.Equal(t, "--set fleets.web.vcpus=2: fleets.web.vcpus: cannot be used together with instance", problems.Error())
}

func TestAFaultMovesElsewhere(t *testing.T) {
	const cache = "[services.cache]\nkind = \"cache\"\n[faults.zone]\nat = \"10m\"\nzone = \"a\"\neffect = \"crash\"\n"
	spec, problems := kindsFile(t, cache).Spec("", []string{"faults.busy.service=cache", "faults.zone.service=cache"})
	require.NoError(t, problems.Err())
	require.Empty(t, spec.Faults["busy"].Fleet)
	require.Empty(t, spec.Faults["zone"].Zone)
	spec, problems = kindsFile(t, cache).Spec("", []string{"faults.busy.zone=a", "faults.zone.fleet=web"})
	require.NoError(t, problems.Err())
	require.Equal(t, "web", spec.Faults["busy"].Fleet, "a zone of the fleet")
	require.Equal(t, "a", spec.Faults["zone"].Zone)
	_, problems = kindsFile(t, cache).Spec("", []string{"faults.busy.service=cache", "faults.busy.fleet=web"})
	require.Equal(t, "--set faults.busy.service=cache: faults.busy.service: cannot be used together with fleet: a fault hits one of them", problems.Error())
}

// TestKeysBesideANewKindAreRefused: what is written with the kind, or over it,
// was meant.
func TestKeysBesideANewKindAreRefused(t *testing.T) {
	_, problems := kindsFile(t, `[variants.wrong.fleets.web.policies.cpu]
kind = "step"
alarm = { metric = "CPUUtilization", comparison = ">", threshold = 60 }
steps = ["0.. +1"]
target = 60
[variants.late.clients.users]
rate = "5/s"
`).Spec("step", []string{"fleets.web.policies.cpu.target=40", "clients.users.users=5", "clients.users.arrivals=poisson", "clients.users.rate=1/s"})
	require.Equal(t, `site.toml:51: variants.wrong.fleets.web.policies.cpu.target: cannot be used with kind = "step" (only with target_tracking, predictive)
site.toml:53: variants.late.clients.users.rate: cannot be used with users, which makes arrivals = "closed" (only with poisson, even, bursty)
--set fleets.web.policies.cpu.target=40: fleets.web.policies.cpu.target: cannot be used with kind = "step" (only with target_tracking, predictive)
--set clients.users.users=5: clients.users.users: cannot be used with arrivals = "poisson" (only with closed)`, problems.Error())
}

// TestWhatFellAwayIsNotIdle.
func TestWhatFellAwayIsNotIdle(t *testing.T) {
	const src = valid + "[clients.p]\ntarget = \"s\"\nrate = \"5/s\"\nshape = \"step\"\n[variants.v.clients.p]\nusers = 3\n"
	f := parse(t, src)
	require.Equal(t, "site.toml:12: clients.p.shape: has no effect on a rate without points", f.Idle("", nil).Error())
	require.Empty(t, f.Idle("v", nil))
}

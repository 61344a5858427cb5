package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/scenario"
)

const doubtful = `duration = "1h"
start = "2026-03-02T08:00:00Z"
[clients.c]
target = "web"
rate = ["0m 5/s", "60m 9/s", "61m 5/s", "62m 5/s"]
[clients.early]
target = "web"
trace = "early.csv"
[clients.late]
target = "web"
trace = "late.csv"
[clients.right]
target = "web"
trace = "right.csv"
[routes.page]
demand.web = "4ms"
[fleets.web]
vcpus = 1
zones = ["a"]
monitoring = "detailed"
min = 3
max = 3
[fleets.web.policies.cpu]
kind = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 0.55
[fleets.web.policies.out]
kind = "simple"
adjustment = "+1"
alarm = { metric = "CPUUtilization", comparison = ">", threshold = 0.7 }
[fleets.web.policies.idle]
kind = "simple"
adjustment = "-1"
alarm = { metric = "CPUUtilization", comparison = "<=", threshold = 0 }
[fleets.app]
vcpus = 1
monitoring = "detailed"
zones = ["a"]
min = 1
max = 3
[fleets.app.policies.cpu]
kind = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 1
[fleets.app.schedules.end]
at = "1h"
min = 2
[fleets.app.schedules.february]
cron = "0 0 30 2 *"
min = 2
[fleets.app.schedules.over]
cron = "30 8 * * *"
until = "2026-03-01T00:00:00Z"
min = 2
[fleets.app.schedules.evening]
cron = "0 18 * * *"
timezone = "Europe/Berlin"
min = 2
[fleets.app.schedules.morning]
cron = "30 9 * * *"
timezone = "Europe/Berlin"
min = 2
[fleets.app.schedules.in-time]
at = "59m"
min = 2
[variants.longer]
duration = "2h"
[variants.pinned.fleets.app]
min = 2
max = 2
[variants.slip]
routes.pgae.size = "9KiB"
clients.c.routes.page = 1
clients.early.routes.page = 1
clients.late.routes.page = 1
clients.right.routes.page = 1
`

func doubts(t *testing.T, variant string, sets ...string) string {
	traces := map[string]string{
		"early.csv": "2026-03-02 06:00:00,5\n2026-03-02 07:00:00,5\n", "late.csv": "2026-03-02 09:00:00,5\n2026-03-02 10:00:00,5\n",
		"right.csv": "2026-03-02 07:30:00,5\n2026-03-02 08:30:00,5\n",
	}
	f, problems := scenario.Parse("site.toml", []byte(doubtful), func(name string) ([]byte, error) { return []byte(traces[name]), nil })
	require.NoError(t, problems.Err())
	_, problems = f.Spec(variant, sets)
	require.NoError(t, problems.Err())
	return f.Doubts(variant, sets).Error()
}

const (
	doubtOfRate  = "site.toml:5: clients.c.rate: has a point after the end of the run (point at 1h1m, duration 1h)\n"
	doubtOfEarly = "site.toml:8: clients.early.trace: ends before the run begins: nothing arrives (see start)\n"
	doubtOfLate  = "site.toml:11: clients.late.trace: begins after the end of the run: nothing arrives (see start and duration)\n"
	doubtOfRight = "site.toml:14: clients.right.trace: 5 of 10 requests of the trace are played: it goes from -30m to 1h30m of the run, and the run from 0s to 1h (see start and duration)\n"
	doubtsOfWeb  = "site.toml:23: fleets.web.policies: have no effect where min = max\n" +
		"site.toml:26: fleets.web.policies.cpu.target: CPU utilization is in percent, not a share: write 55 (have 0.55)\n" +
		"site.toml:30: fleets.web.policies.out.alarm.threshold: CPU utilization is in percent, not a share: write 70 (have 0.7)\n"
	doubtOfEnd   = "site.toml:46: fleets.app.schedules.end.at: comes after the end of the run (duration 1h)\n"
	doubtsOfCron = "site.toml:49: fleets.app.schedules.february.cron: never fires: no such instant is to come\n" +
		"site.toml:52: fleets.app.schedules.over.cron: never fires: no such instant is to come before until"
	doubtOfEvening = "\nsite.toml:56: fleets.app.schedules.evening.cron: fires first after the end of the run, at 2026-03-02T18:00:00+01:00 (duration 1h)"
)

func TestDoubts(t *testing.T) {
	require.Equal(t, doubtOfRate+doubtOfEarly+doubtOfLate+doubtOfRight+doubtsOfWeb+doubtOfEnd+doubtsOfCron+doubtOfEvening, doubts(t, ""))
	require.Equal(t, doubtOfEarly+doubtsOfWeb+doubtsOfCron, doubts(t, "longer"))
	require.Contains(t, doubts(t, "slip"), `site.toml:72: variants.slip.routes.pgae: is not in the base, and no client asks for it (did you mean "page"?)`)
}

// TestWhatANewerTextMakesOfAnOlderIsMeant: a shorter run, a fleet without
// scaling.
func TestWhatANewerTextMakesOfAnOlderIsMeant(t *testing.T) {
	require.Equal(t, doubts(t, ""), doubts(t, "pinned"))
	short := doubts(t, "", "duration=10m")
	require.NotContains(t, short, "clients.c.rate")
	require.NotContains(t, short, "schedules.e")
	require.NotContains(t, doubts(t, "", "fleets.web.policies.cpu.target=55", "fleets.web.max=4"), "policies.cpu")
	require.Contains(t, doubts(t, "", "fleets.app.policies.cpu.target=0.5"),
		"--set fleets.app.policies.cpu.target=0.5: fleets.app.policies.cpu.target: CPU utilization is in percent, not a share: write 50 (have 0.5)")
}

// TestDoubtsOfForeignAutoscalers: they too have CPU utilization in percent.
func TestDoubtsOfForeignAutoscalers(t *testing.T) {
	doubt := func(policy string) string {
		return parse(t, site+"[fleets.web.policies.auto]\n"+policy).Doubts("", nil).Error()
	}
	require.Contains(t, doubt("kind = \"gcp\"\ntargets.cpu = { target = 0.6 }"), "targets.cpu.target: CPU utilization is in percent, not a share: write 60 (have 0.6)")
	require.Contains(t, doubt("kind = \"azure\"\nrules.out = { operator = \">\", threshold = 0.7, action = \"+1\" }"), "rules.out.threshold: CPU utilization is in percent, not a share: write 70 (have 0.7)")
	require.Empty(t, doubt("kind = \"hpa\"\ntargets.cpu = { target = 60 }"))
}

func TestProblemsLeaveNoDoubts(t *testing.T) {
	f := parse(t, valid)
	require.Empty(t, f.Doubts("", nil))
	require.Empty(t, f.Doubts("nobody", []string{"clients.c.rate=[\"0m 5/s\", \"2h 5/s\"]", "seed"}))
	require.NotEmpty(t, f.Doubts("", []string{"clients.c.rate=[\"0m 5/s\", \"2h 5/s\"]"}))
}

// But for those that show a trap on purpose, and say so in their first line.
func TestTheGalleryIsBeyondDoubt(t *testing.T) {
	paths, err := filepath.Glob(gallery + "scenarios/*.toml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		src, err := os.ReadFile(path)
		require.NoError(t, err)
		if strings.HasPrefix(string(src), "# Classic trap: ") {
			continue
		}
		f, problems := scenario.Parse(path, src, func(name string) ([]byte, error) { return os.ReadFile(gallery + "traces/" + name) })
		require.NoError(t, problems.Err())
		for _, variant := range append(f.Variants(), "") {
			require.Empty(t, f.Doubts(variant, nil))
		}
	}
}

// TestDoubtsAboutForecasts: none ever comes in a day without a file.
func TestDoubtsAboutForecasts(t *testing.T) {
	const policy = "[fleets.web.policies.ahead]\nkind = \"predictive\"\nmetric = \"ASGCPUUtilization\"\ntarget = 50\n"
	f := parse(t, "start = \"2026-03-02T00:00:00Z\"\n"+site+policy)
	require.Contains(t, f.Doubts("", nil).Error(), "fleets.web.policies.ahead.kind: never has a forecast: it takes 24 h of history, in a file (history) or from the run (duration 1h)")
	require.Empty(t, f.Doubts("", []string{"duration=3d"}))
}

// A run that would take days says so, by the key that asks for it.
func TestDoubtsAboutTheSizeOfARun(t *testing.T) {
	f := parse(t, valid)
	require.Equal(t, `--set clients.c.rate=100000000/s: clients.c.rate: asks for about 3.6e+11 requests in 1h: at a million simulated in a second, that takes 4.2 days`,
		f.Doubts("", []string{"clients.c.rate=100000000/s"}).Error())
	require.Empty(t, f.Doubts("", []string{"clients.c.rate=1000000/s"}), "an hour is not too much")
	users := []string{"clients.c.arrivals=closed", "clients.c.users=4000000", "clients.c.think=10ms"}
	require.Contains(t, f.Doubts("", users).Error(), "clients.c.users: asks for about 1.4e+12 requests in 1h")
	require.Empty(t, f.Doubts("", []string{"clients.c.arrivals=closed", "clients.c.users=4000000"}), "as many as are answered")
	bursts := []string{"clients.c.arrivals=bursty", "clients.c.burst_rate=1000000000/s", "clients.c.burst_duration=1s", "clients.c.calm_duration=1s"}
	require.Contains(t, f.Doubts("", bursts).Error(), "clients.c.burst_rate: asks for about 1.8e+12 requests in 1h")
	require.Contains(t, f.Doubts("", []string{"clients.c.rate=1000000/s", "clients.c.requests=1000"}).Error(), "clients.c.rate: asks for about 3.6e+12 requests")
}

// Every instance has a pool of its own: together they can want more connections
// than the database takes.
func TestDoubtsAboutConnectionPools(t *testing.T) {
	text := `duration = "1h"
[clients.c]
target = "app"
rate = "5/s"
[routes.page]
demand = { app = "1ms", db = "1ms" }
[fleets.app]
vcpus = 1
zones = ["a"]
min = 1
max = 16
calls = ["db"]
[services.db]
kind = "database"
pool = 10
`
	require.Equal(t, `site.toml:15: services.db.pool: is too much for max_connections: 10 connections of each of 16 instances (16 of app) are 160, and calls beyond 151 are refused`,
		parse(t, text).Doubts("", nil).Error())
	require.Empty(t, parse(t, strings.Replace(text, "max = 16", "max = 15", 1)).Doubts("", nil))
}

// A fault that is to hit more instances, or nodes, than there can be says how many
// there are; what a schedule may add counts.
func TestDoubtfulFaults(t *testing.T) {
	const text = `duration = "1h"
[clients.c]
target = "web"
rate = "1/s"
[routes.page]
demand = { web = "4ms", mc = "1ms" }
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 2
calls = ["mc"]
[services.mc]
kind = "cache"
hit_ratio = 0.5
nodes = 3
[faults.many]
at = "1m"
fleet = "web"
effect = "crash"
instances = 9
[faults.few]
at = "1m"
fleet = "web"
effect = "crash"
instances = 2
[faults.half]
at = "1m"
fleet = "web"
effect = "crash"
instances = "50%"
[faults.nodes]
at = "1m"
service = "mc"
effect = "crash"
instances = 4
`
	doubts := func(more string) string {
		f, problems := scenario.Parse("s.toml", []byte(text+more), nil)
		require.Empty(t, problems)
		_, problems = f.Spec("", nil)
		require.Empty(t, problems)
		var lines []string
		for _, p := range f.Doubts("", nil) {
			if strings.HasPrefix(p.Key, "faults.") {
				lines = append(lines, p.Error())
			}
		}
		return strings.Join(lines, "\n")
	}
	const nodes = "s.toml:36: faults.nodes.instances: hits all that there are: cache mc never has as many (instances 4, at most 3)"
	require.Equal(t, "s.toml:21: faults.many.instances: hits all that there are: fleet web never has as many (instances 9, at most 2)\n"+nodes, doubts(""))
	require.Equal(t, nodes, doubts("[fleets.web.schedules.more]\nat = \"30m\"\nmax = 9\n"))
}

// A trace that the run plays in part, or that fills a part of the run, is told in one
// line; a hundredth of the requests and a twentieth of the run do not matter.
func TestTraceAndRunOfUnlikeLength(t *testing.T) {
	const rows = "2026-03-02 08:00:00,600\n2026-03-02 08:10:00,600\n"
	const log = `h - - [02/Mar/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5` + "\n" + `h - - [02/Mar/2026:08:19:59 +0000] "GET / HTTP/1.1" 200 5` + "\n"
	for name, test := range map[string]struct{ duration, start, trace, want string }{
		"the same":     {"20m", "08:00:00", rows, ""},
		"nearly":       {"20m30s", "08:00:05", rows, ""},
		"a short run":  {"5m", "08:00:00", rows, "300 of 1200 requests of the trace are played: it goes from 0s to 20m of the run, and the run from 0s to 5m (see start and duration)"},
		"a late start": {"15m", "08:05:00", rows, "900 of 1200 requests of the trace are played: it goes from -5m to 15m of the run, and the run from 0s to 15m (see start and duration)"},
		"a long run":   {"24h", "08:00:00", rows, "1200 of 1200 requests of the trace are played: it goes from 0s to 20m of the run, and the run from 0s to 1d (see start and duration)"},
		"half a line":  {"20m", "08:00:00", log + "h - - [02/Ma", "the last line of the log is not finished, and left out"},
	} {
		t.Run(name, func(t *testing.T) {
			text := "duration = \"" + test.duration + "\"\nstart = \"2026-03-02T" + test.start + "Z\"\n" +
				"[clients.c]\ntarget = \"web\"\ntrace = \"load\"\n[services.web]\nkind = \"station\"\nservers = 1\n[routes.page]\ndemand.web = \"4ms\"\n"
			f, problems := scenario.Parse("site.toml", []byte(text), func(string) ([]byte, error) { return []byte(test.trace), nil })
			require.NoError(t, problems.Err())
			var want []string
			if test.want != "" {
				want = []string{"site.toml:5: clients.c.trace: " + test.want}
			}
			var have []string
			for _, d := range f.Doubts("", nil) {
				have = append(have, d.Error())
			}
			require.Equal(t, want, have)
		})
	}
}

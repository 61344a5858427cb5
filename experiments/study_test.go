package experiments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/scenario"
)

// clockwork is a scenario without chance, whose figures follow by hand: 119
// requests, one a second from 1 s to 119 s, of 250 ms each.
const clockwork = `
title    = "Clockwork"
duration = "2m"
[clients.clock]
target   = "desk"
arrivals = "even"
rate     = "1/s"
[routes.tick]
demand.desk = "250ms"
[services.desk]
kind = "station"
`

// lively is a scenario in which chance has a part.
const lively = `
duration     = "6m"
replications = 4
[clients.visitors]
target  = "lb"
rate    = "40/s"
timeout = "500ms"
[routes.page]
demand.web = "lognormal(20ms, scv=3)"
[balancers.lb]
kind    = "application"
targets = ["web"]
[fleets.web]
instance = "t2.micro"
zones = ["a", "b"]
min = 1
max = 3
boot = "exponential(20s)"
monitoring = "detailed"
[fleets.web.policies.cpu]
kind   = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 50
estimated_instance_warmup = "60s"
[expectations.fast]
metric  = "latency.p95"
at_most = "200ms"
[expectations.later]
metric   = "availability"
at_least = "99%"
during   = "90s..5m30s"
`

func result(t testing.TB, s *Study, jobs int) *Result {
	t.Helper()
	r, err := (&Runner{Jobs: jobs}).Run(context.Background(), s)
	require.NoError(t, err)
	return r
}

// bytesOf is all that reports can be made of.
func bytesOf(t *testing.T, r *Result) string {
	t.Helper()
	object, err := json.Marshal(r)
	require.NoError(t, err)
	h := r.Detail.Latency
	return string(object) + fmt.Sprint(r.Detail.Series, r.Detail.Events, r.Detail.Limits, r.Detail.Alarms, h.Count(), h.Mean(), h.SD(), h.Quantile(0.3))
}

func TestSameBytes(t *testing.T) {
	want := bytesOf(t, result(t, study(t, lively), 1))
	for _, c := range []struct{ jobs, processors int }{{1, 1}, {2, 1}, {1, 2}, {2, 2}, {7, 2}} {
		t.Run(fmt.Sprintf("%d jobs on %d processors", c.jobs, c.processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.processors))
			got := bytesOf(t, result(t, study(t, lively), c.jobs))
			require.True(t, want == got, "%d bytes, and others than the %d of one job", len(got), len(want))
		})
	}
	t.Run("another seed", func(t *testing.T) {
		other := result(t, study(t, lively, "seed=2"), 1)
		require.NotEqual(t, result(t, study(t, lively), 1).Digest, other.Digest)
	})
	t.Run("fewer replications", func(t *testing.T) {
		fewer := result(t, study(t, lively, "replications=3"), 1)
		require.NotEqual(t, result(t, study(t, lively), 1).Digest, fewer.Digest)
		require.Equal(t, result(t, study(t, lively), 1).Detail.Events, fewer.Detail.Events, "the first replication is the same")
	})
}

func TestInterrupted(t *testing.T) {
	errEnough := errors.New("enough")
	for _, jobs := range []int{1, 2} {
		ctx, cancel := context.WithCancelCause(context.Background())
		s := study(t, lively)
		runner := &Runner{Jobs: jobs, Progress: func(done float64) {
			if done > 0.8 {
				cancel(errEnough)
			}
		}}
		r, err := runner.Run(ctx, s)
		require.ErrorIs(t, err, errEnough)
		if jobs > 1 && r == nil {
			continue // the machine gave the first replication's goroutine no time: nothing before it is finished
		}
		require.NotNil(t, r)
		require.Less(t, r.Replications, 4)
		require.Contains(t, r.Warnings[len(r.Warnings)-1], fmt.Sprintf("interrupted: %d of 4 replications", r.Replications))
		fewer := result(t, study(t, lively, fmt.Sprint("replications=", r.Replications)), 1)
		require.Equal(t, fewer.Digest, r.Digest)
		require.Equal(t, fmt.Sprint(fewer.Metrics), fmt.Sprint(r.Metrics))
	}
	t.Run("before anything is finished", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r, err := (&Runner{Jobs: 2}).Run(ctx, study(t, lively))
		require.ErrorIs(t, err, context.Canceled)
		require.Nil(t, r)
	})
}

// An error of a replication is one of the whole.
func TestErrors(t *testing.T) {
	s := study(t, strings.Replace(clockwork, "arrivals = \"even\"\nrate     = \"1/s\"", "users = 3", 1))
	delete(s.Spec.Routes["tick"].Demand, "desk")
	r, err := (&Runner{Jobs: 2}).Run(context.Background(), s)
	require.Nil(t, r)
	require.ErrorContains(t, err, "replication 1: time stands still")
}

func TestProgress(t *testing.T) {
	var last float64
	runner := &Runner{Jobs: 1, Progress: func(done float64) {
		require.GreaterOrEqual(t, done, last)
		require.LessOrEqual(t, done, 1.0)
		last = done
	}}
	_, err := runner.Run(context.Background(), study(t, lively))
	require.NoError(t, err)
	require.EqualValues(t, 1, last)
}

func TestReplications(t *testing.T) {
	require.Equal(t, 4, study(t, lively).Replications(10))
	require.Equal(t, 10, study(t, clockwork).Replications(10))
}

// filed puts a scenario into a file of a new folder, and a trace beside it.
func filed(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "visits.csv"), []byte("0,7\n60,5\n"), 0o644))
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func TestOpen(t *testing.T) {
	t.Run("a file", func(t *testing.T) {
		path := filed(t, "clock.work.toml", clockwork)
		s, err := Open(path, Options{Sets: []string{"seed=9"}})
		require.NoError(t, err)
		require.Equal(t, "clock.work", s.Name)
		require.EqualValues(t, 9, s.Spec.Seed)
		require.Equal(t, path, s.Source)
		require.Empty(t, s.Sets, "the seed is told anyway")
	})
	t.Run("with overrides", func(t *testing.T) {
		s, err := Open(filed(t, "clock.toml", clockwork), Options{Sets: []string{"clients.clock.rate=2/s", `duration="1m"`, "services.desk.servers = 2", "duration=90s"}})
		require.NoError(t, err)
		require.Equal(t, []Set{
			{"clients.clock.rate", "2/s", "clients.clock.rate=2/s"}, {"duration", "1m", `duration="1m"`},
			{"services.desk.servers", "2", "services.desk.servers = 2"}, {"duration", "90s", "duration=90s"},
		}, s.Sets)
		object, err := json.Marshal(result(t, s, 1))
		require.NoError(t, err)
		require.Contains(t, string(object), `"set":{"clients.clock.rate":"2/s","duration":"90s","services.desk.servers":"2"}`)
	})
	t.Run("a variant", func(t *testing.T) {
		s, err := Open("two-thousand-users", Options{Variant: "idle-3000"})
		require.NoError(t, err)
		require.Equal(t, 3000, s.Spec.Clients["users"].Users)
		_, err = Open("two-thousand-users", Options{Variant: "idle-300"})
		require.ErrorContains(t, err, `did you mean "idle-3000"?`)
	})
	t.Run("a built-in one, where a folder has its name", func(t *testing.T) {
		t.Chdir(t.TempDir())
		require.NoError(t, os.Mkdir("bootcamp", 0o755))
		s, err := Open("bootcamp", Options{})
		require.NoError(t, err)
		require.Equal(t, "bootcamp", s.Name)
	})
	t.Run("nothing of that name", func(t *testing.T) {
		_, err := Open("nowhere", Options{})
		require.ErrorContains(t, err, "nowhere: no such file, and no built-in scenario of that name (built in: blue-green, bootcamp, ")
	})
	t.Run("what is wrong with it", func(t *testing.T) {
		_, err := Open(filed(t, "wrong.toml", strings.Replace(clockwork, "1/s", "-1/s", 1)), Options{})
		var problems scenario.Problems
		require.ErrorAs(t, err, &problems)
	})
}

// A trace is looked up beside the scenario, then among the built-in ones.
func TestOpenWithATrace(t *testing.T) {
	traced := strings.Replace(clockwork, "arrivals = \"even\"\nrate     = \"1/s\"", `trace = "visits.csv"`, 1)
	s, err := Open(filed(t, "traced.toml", traced), Options{})
	require.NoError(t, err)
	require.EqualValues(t, 12, result(t, s, 1).Metrics["requests.offered"].Mean)
	_, err = Open(filed(t, "cup.toml", strings.Replace(traced, "visits.csv", "worldcup98-1998-06-30.csv", 1)), Options{})
	require.NoError(t, err)
	_, err = Open(filed(t, "lost.toml", strings.Replace(traced, "visits.csv", "lost.csv", 1)), Options{})
	var problems scenario.Problems
	require.ErrorAs(t, err, &problems)
	require.ErrorContains(t, err, "no such file beside the scenario, nor a built-in trace of that name")
}

// study reads a scenario that is given as text.
func study(t testing.TB, text string, sets ...string) *Study {
	t.Helper()
	file, problems := scenario.Parse("test.toml", []byte(text), nil)
	require.NoError(t, problems.Err())
	s, err := (&Scenario{File: file, Name: "test"}).Study(Options{Sets: sets})
	require.NoError(t, err)
	return s
}

// open is a scenario of Poisson arrivals at the station "desk".
func open(rate float64, demand, desk string) string {
	return arrivals(rate, demand, "kind = \"station\"\n"+desk)
}

// arrivals is a scenario of Poisson arrivals at the service "desk".
func arrivals(rate float64, demand, desk string) string {
	return fmt.Sprintf(`
duration = "12m"
discard  = "2m"
[clients.visitors]
target = "desk"
rate   = "%g/s"
[routes.counter]
demand.desk = "%s"
[services.desk]
%s`, rate, demand, desk)
}

// The name of a scenario file names a folder of its own.
func TestNamesOfFiles(t *testing.T) {
	for file, want := range map[string]string{
		"shop.toml": "shop", "sites/shop.toml": "shop", "shop": "shop", ".toml": ".toml",
		"..toml": "..toml", "...toml": "...toml", "../..toml": "..toml", "shop..toml": "shop.",
	} {
		require.Equal(t, want, baseName(file), file)
	}
}

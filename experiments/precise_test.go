package experiments

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

// precisely is the study of a queue that is to be known to a precision.
func precisely(t *testing.T, precision float64, most int, more string, sets ...string) *Study {
	s := study(t, open(70, "exponential(10ms)", "servers = 1")+more, append([]string{`duration="70s"`, `discard="10s"`}, sets...)...)
	s.options.Precision, s.options.Most = precision, most
	return s
}

// Replications are added until the interval is as narrow as was asked, and not
// many more: twice as many make it narrower by a third.
func TestPrecision(t *testing.T) {
	r := result(t, precisely(t, 0.02, 1000, ""), 2)
	m := r.Metrics["latency.mean"]
	width := (m.Hi - m.Lo) / 2 / m.Mean
	require.LessOrEqual(t, width, 0.02/1.02)
	require.Greater(t, width, 0.02/1.02/2)
	require.Greater(t, r.Replications, fewestPrecise)
	require.Empty(t, r.Warnings)
	require.Equal(t, bytesOf(t, r), bytesOf(t, result(t, precisely(t, 0.02, 1000, ""), 1)), "for any number of jobs")
	plain := result(t, study(t, open(70, "exponential(10ms)", "servers = 1"), `duration="70s"`, `discard="10s"`, "replications=10"), 2)
	require.Less(t, plain.Replications, r.Replications)

	shelf := new(shelf)
	first, err := (&Runner{Store: shelf}).Run(context.Background(), precisely(t, 0.05, 1000, ""))
	require.NoError(t, err)
	again, err := (&Runner{Store: shelf}).Run(context.Background(), precisely(t, 0.02, 1000, ""))
	require.NoError(t, err)
	require.Less(t, first.Replications, again.Replications)
	require.Equal(t, bytesOf(t, r), bytesOf(t, again), "stored replications are as good")
}

func TestPrecisionNotReached(t *testing.T) {
	r := result(t, precisely(t, 0.001, 12, ""), 2)
	require.Equal(t, 12, r.Replications)
	require.Len(t, r.Warnings, 1)
	require.Regexp(t, `^latency.mean: its interval is ± [0-9.]+ % of its mean after 12 replications, and not ± 0.0999 % as a precision of 0.1 % needs; at most 12 are allowed$`, r.Warnings[0])
	require.Equal(t, 4, result(t, precisely(t, 0.001, 4, ""), 2).Replications, "the cap is above all")
}

// What the expectations name is what must be precise.
func TestAims(t *testing.T) {
	const expectations = `
[expectations.a]
metric = "services.desk.wait.p95"
at_most = "1s"
[expectations.b]
metric = "latency.mean"
during = "20s..50s"
at_most = "1s"
[expectations.c]
metric = "services.desk.wait.p95"
at_least = "1ms"
[expectations.d]
metric = "requests.failed"
equals = 0
[expectations.e]
metric = "scaling.lag.mean"
at_most = "1m"`
	require.Equal(t, []aim{{0, "latency.mean"}}, precisely(t, 0.1, 20, "").aims())
	s := precisely(t, 0.1, 200, expectations)
	require.Equal(t, []aim{{0, "services.desk.wait.p95"}, {1, "latency.mean"}, {0, "scaling.lag.mean"}}, s.aims())

	trial := NewTrial(s)
	require.NoError(t, new(Runner).Extend(context.Background(), result(t, s, 2).Replications, trial))
	for _, a := range s.aims()[:2] {
		require.True(t, s.precision().Judge(trial.values(a.window, a.metric)).Reached)
	}
	require.Equal(t, []string{"scaling.lag.mean: fewer than two of " + strconv.Itoa(len(trial.Cells)) + " replications have a sample, so that its precision is not known"},
		trial.imprecise(), "what has no sample is not waited for")
	require.Less(t, len(trial.Cells), 200)

	require.Equal(t, 10, s.Replications(1))
	require.Equal(t, 30, precisely(t, 0.1, 200, "", "replications=30").Replications(1), "more at first, as the scenario says")
	require.Equal(t, 10, precisely(t, 0.1, 200, "", "replications=3").Replications(1))
	require.Equal(t, output.Level, s.precision().Level)
}

// Where replications are added, progress starts again from those that are done.
func TestProgressOfAddedReplications(t *testing.T) {
	var told []float64
	r := &Runner{Jobs: 1, Progress: func(done float64) { told = append(told, done) }}
	after := r.after(10, 20)
	after.Progress(0)
	after.Progress(0.5)
	after.Progress(1)
	require.Equal(t, []float64{0.5, 0.75, 1}, told)
	require.Nil(t, new(Runner).after(1, 2).Progress)
}

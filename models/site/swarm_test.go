package site

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
)

// A swarm of random scenarios over all that the language has: whatever a user
// writes, a run must come to its end, its books must balance (requests are
// conserved, Little's law and the utilisation law hold, slots add up), and a
// second run must be the same.
func TestSwarm(t *testing.T) {
	n := 160
	if testing.Short() {
		n = 40
	}
	for seed := range uint64(n) {
		swarm(t, seed)
	}
}

func swarm(t *testing.T, seed uint64) {
	text := newAuthor(seed).scenario()
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("seed %d: panic: %v\n%s", seed, p, text)
		}
	}()
	file, problems := scenario.Parse("swarm.toml", []byte(text), func(string) ([]byte, error) { return []byte(trace), nil })
	require.NoError(t, problems.Err(), "seed %d\n%s", seed, text)
	spec, problems := file.Spec("", nil)
	require.NoError(t, problems.Err(), "seed %d\n%s", seed, text)
	end := spec.Duration.Time()
	config := whole(spec, Span{0, end / 3}, Span{end / 3, end})
	config.Seed = seed
	config.Objectives = []Objective{{Metric: "availability", Lo: 0.99, Hi: 1}, {Metric: "latency.p95", Hi: 0.1}}
	first, err := Build(spec, config).Run(onward)
	require.NoError(t, err, "seed %d\n%s", seed, text)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	again, err := Build(spec, config).Run(onward)
	require.NoError(t, err)
	require.Equal(t, first.Digest, again.Digest, "seed %d\n%s", seed, text)
	complaint := sane(spec, first)
	if complaint == "" {
		complaint = decomposed(spec, first)
	}
	if complaint != "" {
		t.Fatalf("seed %d: %s\n%s", seed, complaint, text)
	}
}

// sane checks the metrics of an outcome against each other and their bounds.
func sane(spec *scenario.Spec, o *Outcome) string {
	for _, w := range o.Windows {
		m := w.Metrics
		if m["requests.offered"] != m["requests.completed"]+m["requests.failed"]+m["requests.in_flight"] {
			return "requests are not conserved"
		}
		var failed float64
		for name, v := range m {
			unit, known := spec.Unit(name)
			switch {
			case !known:
				return "the reference does not know " + name
			case v < 0 && !strings.HasSuffix(name, "credits.min"):
				return fmt.Sprintf("%s is negative: %g", name, v)
			case unit == scenario.Share && v > 1+1e-9:
				return fmt.Sprintf("%s is more than the whole: %g", name, v)
			case strings.HasPrefix(name, "errors."):
				failed += v
			}
		}
		if failed != m["requests.failed"] {
			return "causes do not add up to the failures"
		}
		if parts, total := costs(m); parts != total {
			return fmt.Sprintf("the parts cost %v, the whole %v", parts, total)
		}
	}
	for i, c := range o.Series.Columns {
		for _, row := range o.Series.Rows {
			if v := row[i]; c.Whole && !math.IsNaN(v) && v != math.Trunc(v) {
				return fmt.Sprintf("%s is no whole number: %g", c.Name, v)
			}
		}
	}
	for _, name := range []string{"requests.offered", "requests.attempts", "requests.completed", "errors.timeout"} {
		if spec.Discard.For == 0 && o.Windows[0].Metrics[name] != o.Windows[1].Metrics[name]+o.Windows[2].Metrics[name] {
			return "windows do not add up: " + name
		}
	}
	return ""
}

// costs are what the parts cost, and what is said to be their sum.
func costs(m map[string]float64) (parts, total catalog.Money) {
	for name, v := range m {
		of, ok := strings.CutPrefix(name, "cost.")
		if ok && of != "total" && !strings.HasPrefix(of, "per_") {
			parts += catalog.Dollars(v)
		}
	}
	return parts, catalog.Dollars(m["cost.total"])
}

// decomposed checks that the records of scalings say what the metrics say, and
// that their parts add up to the lags, to the nanosecond.
func decomposed(spec *scenario.Spec, o *Outcome) string {
	var launchLag, lag autoscaling.Lag
	for _, s := range o.Scalings {
		var sum engine.Time
		for p, took := range s.Took() {
			switch {
			case took >= 0:
				sum += took
			case s.Reached(timeline.AtUsable):
				return fmt.Sprintf("%v of %s is missing", timeline.Part(p), s.Instance)
			}
		}
		launchLag.Sum, launchLag.Count = launchLag.Sum+s.LaunchLag(), launchLag.Count+1
		if s.Reached(timeline.AtUsable) {
			lag.Sum, lag.Count = lag.Sum+s.Lag(), lag.Count+1
			if sum != s.Lag() {
				return fmt.Sprintf("the parts of the lag of %s add up to %v, not %v", s.Instance, sum, s.Lag())
			}
		}
	}
	if spec.Discard.For > 0 {
		return "" // the metrics leave some out
	}
	for name, want := range map[string]autoscaling.Lag{"scaling.launch_lag.mean": launchLag, "scaling.lag.mean": lag} {
		if got, sampled := o.Windows[0].Metrics[name]; sampled != (want.Count > 0) || sampled && got != want.Mean()/1e9 {
			return fmt.Sprintf("%s is %g, %v by the records", name, got, want)
		}
	}
	return ""
}

// Package sample makes results up, for the tests of the reports: plausible
// numbers by simple arithmetic, always the same, that nobody simulated.
package sample

import (
	"math"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Burst is two hours of one small fleet that meets a burst of load, in ten
// replications: failures, an objective missed, alarms, launches.
func Burst() *experiments.Result {
	r := &experiments.Result{
		Scenario: "burst", Source: "sites/burst.toml", Title: "A burst meets one small server", Seed: 1, First: 1, Replications: 10, DurationS: 7200,
		Digest: "9f86d081884c7d65", Version: "v0.0.0-sample",
		Sets: []experiments.Set{
			{Key: "fleets.web.policies.cpu-high.steps", Value: `["0.. +1"]`, Text: `fleets.web.policies.cpu-high.steps=["0.. +1"]`},
			{Key: "duration", Value: "2h", Text: `duration="2h"`},
		},
		Options: experiments.Options{Sets: []string{`fleets.web.policies.cpu-high.steps=["0.. +1"]`, "replications=10", `duration="2h"`}},
		Digests: []string{
			"4b227777d4dd1fc6", "ef2d127de37b942b", "e7f6c011776e8db7", "7902699be42c8a8e", "2c624232cdd22177",
			"19581e27de7ced00", "4a44dc15364204a8", "4fc82b26aecb47d2", "c837649cce43f272", "6b86b273ff34fce1",
		},
		Metrics:      burstMetrics(10),
		Expectations: burstExpectations(10),
		Warnings:     []string{"fleets.web was at its CPU limit for 26 minutes: latencies depend on how long the run lasts"},
	}
	r.Detail = experiments.Detail{
		Series: burstSeries(), Failures: burstFailures(10), Latency: burstLatency(),
		Log: timeline.Log{Events: burstEvents(), Levels: burstLevels(), Scalings: burstScalings(), ScaleOuts: burstScaleOuts(), Answers: burstAnswers()},
		Limits: []experiments.Limit{
			{Limit: site.Limit{Place: "web", Name: "cpu", Spans: []site.Span{{From: 21 * engine.Minute, To: 47 * engine.Minute}}}, Bound: 10, Mean: 1564},
			{Limit: site.Limit{Place: "web", Name: "connections", Spans: []site.Span{{From: 24 * engine.Minute, To: 27 * engine.Minute}, {From: 30 * engine.Minute, To: 31 * engine.Minute}}}, Bound: 7, Mean: 130},
			{Limit: site.Limit{Place: "web", Name: "backlog"}, Bound: 1, Mean: 6},
		},
		Alarms: []site.Alarm{
			{Fleet: "web", Name: "cpu-high", Metric: "CPUUtilization", Comparison: ">=", Threshold: 80, Column: "alarms.web.cpu-high"},
			{Fleet: "web", Name: "cpu-low", Metric: "CPUUtilization", Comparison: "<=", Threshold: 30, Column: "alarms.web.cpu-low"},
		},
	}
	r.Detail.Minutes = minutes(r.Detail.Series, r.Replications)
	return r
}

// Single is Burst with one replication: no intervals.
func Single() *experiments.Result {
	r := Burst()
	r.Replications, r.Detail.Minutes = 1, nil
	r.Sets, r.Source, r.Digests, r.Options = nil, "burst", r.Digests[:1], experiments.Options{}
	r.Detail.Limits = r.Detail.Limits[:2]
	r.Detail.Limits[0].Mean, r.Detail.Limits[1].Mean = 1560, 240
	r.Metrics, r.Detail.Failures = burstMetrics(1), burstFailures(1)
	r.Expectations = burstExpectations(1)
	return r
}

// Day is a day by the wall clock with three fleets, two of them growing and
// shrinking, nothing failing, and one replication.
func Day() *experiments.Result {
	start := time.Date(1998, 6, 30, 0, 0, 0, 0, time.UTC)
	r := &experiments.Result{
		Scenario: "day", Source: "day", Title: "하루 ☀️ 세 개의 서버 그룹 — a day of three fleets", Variant: "larger", Seed: 7, First: 1, Replications: 1, DurationS: 86400,
		Options:  experiments.Options{Variant: "larger", Sets: []string{"seed=7"}},
		DiscardS: 3600, Digest: "2c26b46b68ffc68f", Version: "v0.0.0-sample", Metrics: dayMetrics(),
		Expectations: map[string]experiments.Expectation{
			"fast": {Verdict: output.Pass, Metric: "latency.p99", Unit: "s", Value: 0.0312, Lo: math.NaN(), Hi: math.NaN(), Bound: output.NewBound(output.AtMost, 0, 0.05), Each: []float64{0.0312}, Met: 1},
		},
	}
	r.Detail = experiments.Detail{Series: daySeries(), Latency: dayLatency(), Start: start, Alarms: dayAlarms(), Log: timeline.Log{Events: dayEvents()}}
	return r
}

// Hostile is ten minutes of a scenario whose author tries to break reports by
// titles and names, with nothing served for the first half.
func Hostile() *experiments.Result {
	const name = "web|`x`<b>"
	r := &experiments.Result{
		Scenario: "evil\x1b[31m\"scenario", Source: "../it's/evil\x1b[31m\"scenario", Title: "<script>alert('x')</script> | **bold** \x1b]0;own\x07 \u202etxt " + long(200) + "\n# heading",
		Seed: 18446744073709551615, First: 1, Replications: 1, DurationS: 600, Digest: "0", Version: "v0 & <1>",
		Metrics: map[string]experiments.Metric{
			"requests.offered": one(0, ""), "requests.completed": one(0, ""), "requests.failed": one(0, ""),
			"latency.p99":                       {Unit: "s", Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()},
			"fleets." + name + ".instances.max": one(1, ""),
		},
		Expectations: map[string]experiments.Expectation{
			"e|`<i>": {Verdict: output.Fail, Metric: "latency.p99", Unit: "s", Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), During: &[2]float64{60, 600}, Bound: output.NewBound(output.Between, 0.1, 0.3), Each: []float64{math.NaN()}},
		},
		Sets:     []experiments.Set{{Key: "title", Value: "`rm -rf /` | <b>", Text: "title=`rm -rf /` | <b>"}},
		Options:  experiments.Options{Sets: []string{"title=`rm -rf /` | <b>", "seed=18446744073709551615"}},
		Warnings: []string{"a | b <img src=x onerror=alert(1)> [link](javascript:alert(1)) " + long(120)},
	}
	r.Detail = experiments.Detail{
		Series: hostileSeries(name), Latency: &tally.Histogram{},
		Log: timeline.Log{
			Events:  []timeline.Event{{At: 61 * engine.Second, Kind: timeline.FaultStart, Fleet: name, Subject: "f|<u>", Text: "port closed | <script>\x1b[2J"}},
			Levels:  []timeline.Level{{Fleet: name, Desired: 1, InService: 1, Usable: 1}, {At: 300 * engine.Second, Fleet: name, Desired: 40}},
			Answers: []*timeline.Answer{{Fleet: name, Policy: "a<b>&", Alarm: "a<b>&", Reason: timeline.Refused, By: "\x1b[2J | <i>", To: 60 * engine.Second}},
		},
		Alarms: []site.Alarm{{Fleet: name, Name: "a<b>&", Metric: "CPUUtilization", Comparison: ">", Threshold: 70, Column: "alarms.x"}},
	}
	return r
}

// long is a word of so many letters.
func long(n int) string {
	word := make([]byte, n)
	for i := range word {
		word[i] = "abcdefghij"[i%10]
	}
	return string(word)
}

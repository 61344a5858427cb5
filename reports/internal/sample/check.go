package sample

import (
	"math"
	"time"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// Check is one of Burst and a variant of it against a baseline, with findings of
// every kind.
func Check() *experiments.Checked {
	base, larger, bare := Burst(), Burst(), Burst()
	larger.Variant, larger.Warnings = "larger", nil
	bare.Variant, bare.Warnings, bare.Expectations = "bare", nil, nil
	for name, e := range larger.Expectations {
		e.Verdict = max(e.Verdict, output.Inconclusive)
		larger.Expectations[name] = e
	}
	lines := map[string]int{"available": 40, "fast": 44, "grows": 49, "reaction": 53, "three": 58}
	return &experiments.Checked{
		Scenario: "burst", Source: "sites/burst.toml", Title: "A burst meets one small server",
		Criteria: experiments.Criteria{Level: 0.95, Tolerance: 0.05, Baseline: &experiments.Baseline{Path: "baseline.json"}},
		Judgements: []*experiments.Judgement{
			{Result: base, Configuration: "base", Lines: lines, Spent: 1500 * time.Millisecond, Drifts: drifts(base), Latency: slower()},
			{Result: larger, Configuration: "larger", Lines: lines},
			{Result: bare, Configuration: "bare"},
		},
		Uncompared: []string{"larger, bare: not in the baseline"},
	}
}

// drifts are one that is better, one that is worse, and one that may be.
func drifts(r *experiments.Result) []experiments.Drift {
	drift := func(name string, was, mean, half, allowed float64, v output.Verdict) experiments.Drift {
		e := r.Expectations[name]
		return experiments.Drift{
			Expectation: name, Metric: e.Metric, Unit: e.Unit, During: e.During, Bound: e.Bound, Verdict: v, Was: was, Allowed: allowed,
			Difference: output.Difference{Estimate: output.Estimate{Mean: mean, Lo: mean - half, Hi: mean + half, N: 10}, P: 0.01, Reduction: 30},
		}
	}
	return []experiments.Drift{
		drift("available", 0.9386, 0, 0, 0.00005, output.Pass),
		drift("fast", 6.92, 0.79, 0.02, 0.346, output.Fail),
		drift("reaction", 700, 12, 40, 35, output.Inconclusive),
	}
}

func slower() *experiments.LatencyDrift {
	return &experiments.LatencyDrift{Shift: output.Shift{Distance: 0.113, P: 0.002}, Slower: 0.11, Above: 0.120, Allowed: 0.05, Verdict: output.Fail}
}

// HostileCheck is one of Hostile.
func HostileCheck() *experiments.Checked {
	r := Hostile()
	r.Variant = "v|\x1b[2J<b>\n::error::x"
	return &experiments.Checked{
		Scenario: r.Scenario, Source: r.Source, Title: r.Title, Criteria: experiments.Criteria{Level: 0.99},
		Judgements: []*experiments.Judgement{{Result: r, Configuration: r.Variant, Lines: map[string]int{"e|`<i>": 3}, Spent: time.Duration(math.MaxInt32)}},
	}
}

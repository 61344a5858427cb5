package sample

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// compared are the metrics of a comparison that are shown.
var compared = []string{
	"latency.p99", "availability", "latency.mean", "latency.p95", "requests.failed", "slo.violation_minutes", "sessions.lost",
	"balancers.nginx-lb.imbalance", "cost.total",
}

// Compared is Burst against two variants: one that is better in most and dearer,
// with a service of its own, and one that hardly differs.
func Compared() *experiments.Comparison {
	c := comparison(Burst(), []arm{
		{"larger", map[string]float64{"latency.p99": -0.41, "availability": 0.04, "latency.mean": -0.62, "latency.p95": -0.55, "requests.failed": -1, "slo.violation_minutes": -0.8, "sessions.lost": -1, "cost.total": 0.31, "cost.per_hour": 0.31}},
		{"another-name-that-is-rather-long-for-a-column", map[string]float64{"latency.p99": 0.0004, "requests.failed": 14, "balancers.nginx-lb.imbalance": -0.2, "cost.total": 1e-3, "cost.per_hour": 1e-3}},
	})
	c.Changes[0].OnlyArm = []string{"cost.services.cache", "services.cache.hit_ratio", "services.cache.utilization"}
	c.Changes[0].OnlyBase = []string{"scaling.actions"}
	c.Warnings = []string{"9 of 10 replications have a value both in base and in larger of latency.p99"}
	c.Arms[1].Warnings, c.Arms[2].Warnings = []string{"the cost leaves out the cache"}, nil
	c.Frontier.Standings = []experiments.Standing{{Sure: 0.984}, {Sure: 0.016}, {DominatedBy: []string{"base"}, Sure: math.NaN()}}
	return c
}

// Alone is Single against a variant that gives the same, without intervals.
func Alone() *experiments.Comparison {
	c := comparison(Single(), []arm{{"other", map[string]float64{"latency.mean": 0.1}}})
	c.Frontier.Standings = []experiments.Standing{{Sure: math.NaN()}, {ChallengedBy: []string{"base"}, Sure: math.NaN()}}
	return c
}

// Many is Burst against nine variants, some of them with long names.
func Many() *experiments.Comparison {
	var arms []arm
	for i := range 9 {
		name := fmt.Sprint("v", i)
		if i%3 == 0 {
			name = fmt.Sprintf("variant-%d-of-nine-with-a-long-name", i)
		}
		by := float64(i-4) / 10
		arms = append(arms, arm{name, map[string]float64{"latency.p99": by, "latency.mean": by, "latency.p95": float64(by * by), "cost.total": -by / 3, "cost.per_hour": -by / 3, "requests.failed": by}})
	}
	c := comparison(Burst(), arms)
	for i := range c.Frontier.Standings {
		if i%4 == 3 {
			c.Frontier.Standings[i].DominatedBy = []string{"base", "v1"}
		}
		if i%4 == 2 {
			c.Frontier.Standings[i].ChallengedBy = []string{"base"}
		}
	}
	return c
}

// HostileCompared is Hostile against a file of another hostile name, with nothing
// to compare.
func HostileCompared() *experiments.Comparison {
	const name = "x|`y`<b>\x1b[31m\u202e"
	c := comparison(Hostile(), []arm{{name, nil}})
	c.Files, c.Shown, c.Comparisons, c.Frontier = true, nil, 0, experiments.Frontier{}
	c.Arms[0].Name = "evil\x1b[31m\"scenario"
	c.Changes[0].OnlyArm, c.Changes[0].OnlyBase = []string{"fleets." + name + ".cpu.mean"}, []string{"fleets.web|`x`<b>.cpu.mean"}
	c.Warnings = []string{"discard | <i> " + long(150)}
	return c
}

// arm is a variant whose metrics differ from the base's by these shares.
type arm struct {
	name string
	by   map[string]float64
}

func comparison(base *experiments.Result, arms []arm) *experiments.Comparison {
	c := &experiments.Comparison{Arms: []experiments.ArmResult{{Name: "base", Result: base}}, Shown: compared}
	for _, a := range arms {
		r := *base
		r.Variant, r.Metrics = a.name, maps.Clone(base.Metrics)
		change := experiments.Change{Metrics: make(map[string]experiments.Difference)}
		for _, name := range slices.Sorted(maps.Keys(base.Metrics)) {
			was := base.Metrics[name]
			r.Metrics[name] = some(was.N, float64(was.Mean*(1+a.by[name])), 0.02, was.Unit)
			change.Metrics[name] = difference(was, a.by[name], slices.Contains(compared, name))
		}
		c.Arms = append(c.Arms, experiments.ArmResult{Name: a.name, Result: &r})
		c.Changes = append(c.Changes, change)
	}
	if base.Replications > 1 {
		c.Comparisons = len(arms) * len(compared)
	}
	c.Frontier = experiments.Frontier{
		Objectives: []experiments.Objective{{Metric: "cost.per_hour"}, {Metric: "latency.p99"}, {Metric: "availability", Better: output.HigherIsBetter}},
		Standings:  slices.Repeat([]experiments.Standing{{Sure: math.NaN()}}, len(arms)+1),
	}
	return c
}

// difference is one by a share of the base, which is sure to a hundredth of the
// base's mean, and to 1.6 of them together with others.
func difference(base experiments.Metric, by float64, shown bool) experiments.Difference {
	none := output.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	d := experiments.Difference{
		Unit: base.Unit, Base: base.Mean, Simultaneous: none, Holm: math.NaN(),
		Difference: output.Difference{Estimate: none, P: math.NaN(), Reduction: math.NaN()},
	}
	d.Mean, d.N = float64(base.Mean*by), base.N
	if base.N < 2 {
		d.Simultaneous = d.Estimate
		return d
	}
	half := float64(0.01 * base.Mean)
	if by == 0 {
		half = 0
	}
	d.Lo, d.Hi, d.P, d.Reduction = d.Mean-half, d.Mean+half, 0.0123, 12.5
	if shown {
		d.Simultaneous, d.Holm = output.Estimate{Mean: d.Mean, Lo: d.Mean - float64(1.6*half), Hi: d.Mean + float64(1.6*half), N: d.N}, 0.0738
	}
	return d
}

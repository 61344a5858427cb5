package reports

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// bestArm is the arm of least cost of those whose expectations all hold, of several
// one on the frontier; -1 where there is none.
func bestArm(c *experiments.Comparison) int {
	best := -1
	for i, a := range c.Arms {
		if a.Keeps() && (best < 0 || cheaper(c, i, best)) {
			best = i
		}
	}
	return best
}

// cheapest tells which arm is chosen; empty where there are no expectations, or no
// cost.
func cheapest(c *experiments.Comparison) string {
	if len(c.Expectations()) == 0 {
		return ""
	}
	best := bestArm(c)
	switch {
	case best < 0:
		return "None keeps all its expectations"
	case !has(c.Arms[best].Result, experiments.CostRate):
		return ""
	}
	what := c.Arms[best].Name + ", " + metric(c.Arms[best].Result, experiments.CostRate)
	if keep := slices.DeleteFunc(slices.Clone(c.Arms), func(a experiments.ArmResult) bool { return !a.Keeps() }); len(keep) == 1 {
		return "The only one that keeps all its expectations: " + what + cheaperOpen(c, best)
	}
	return "The cheapest that keeps all its expectations: " + what + sureOf(c, best) + cheaperOpen(c, best)
}

// cheaperOpen names the arms that cost less than the chosen one and may keep their
// expectations: none is shown to fail, but not all to hold.
func cheaperOpen(c *experiments.Comparison, best int) string {
	var open []string
	for i, a := range c.Arms {
		if v, _ := verdict(a.Result); v == output.Inconclusive && cheaper(c, i, best) {
			open = append(open, a.Name)
		}
	}
	if len(open) == 0 {
		return ""
	}
	return "; cheaper, but not shown to keep them: " + listed(open)
}

// sureOf tells how sure it is that no other arm which keeps its expectations is
// cheaper, where that is known.
func sureOf(c *experiments.Comparison, arm int) string {
	if len(c.Frontier.Standings) == 0 {
		return ""
	}
	switch p := c.Frontier.Standings[arm].Sure; {
	case math.IsNaN(p):
		return ""
	case p > 0.999:
		return "; by cost alone more than 99.9 % sure"
	default:
		return "; by cost alone " + units.Format(p, "share") + " sure"
	}
}

// cheaper reports whether an arm costs less than another, or as much and the
// other is dominated.
func cheaper(c *experiments.Comparison, arm, than int) bool {
	saves := c.Arms[than].Metrics[experiments.CostRate].Mean - c.Arms[arm].Metrics[experiments.CostRate].Mean
	for _, o := range c.Frontier.Objectives {
		if o.Metric == experiments.CostRate && math.Abs(saves) <= o.Tolerance {
			return c.Frontier.Standings[arm].On() && !c.Frontier.Standings[than].On()
		}
	}
	return saves > 0
}

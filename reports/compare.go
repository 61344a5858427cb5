package reports

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// comparedOf says what was compared.
func comparedOf(c *experiments.Comparison) []string {
	base := c.Arms[0]
	var parts []string
	if c.Files {
		parts = append(parts, base.Name+" against "+strings.Join(armNames(c.Arms[1:]), ", "))
	} else {
		parts = append(parts, "scenario "+base.Scenario, "base against "+counted(len(c.Changes), "variant"))
	}
	for _, s := range base.Sets {
		parts = append(parts, "set "+s.Key+"="+s.Value)
	}
	parts = append(parts, units.Span(base.DurationS)+" simulated")
	if base.DiscardS > 0 {
		parts = append(parts, "the first "+units.Span(base.DiscardS)+" left out")
	}
	parts = append(parts, fmt.Sprintf("seed %d", base.Seed))
	if c.Replications() < 2 {
		return append(parts, "one replication: no intervals")
	}
	return append(parts, fmt.Sprintf("%d replications of each, on the same random numbers", c.Replications()))
}

func armNames(arms []experiments.ArmResult) []string {
	var list []string
	for _, a := range arms {
		list = append(list, a.Name)
	}
	return list
}

// answer is the first line of a comparison: which arms are worth a choice, or
// else where differences are shown.
func answer(c *experiments.Comparison) string {
	if len(c.Frontier.Standings) == 0 {
		return shownDifferences(c)
	}
	var on, off, open []string
	for i, s := range c.Frontier.Standings {
		if twin(c, i) >= 0 {
			continue
		}
		name := c.Arms[i].Name + missing(c, i) + alike(s)
		switch {
		case !s.On():
			off = append(off, c.Arms[i].Name)
		case len(s.ChallengedBy) > 0:
			open = append(open, name)
		default:
			on = append(on, name)
		}
	}
	text := "Worth a choice by " + listed(objectiveNames(c)) + ": " + strings.Join(on, ", ")
	if len(on) == 0 {
		text = "Worth a choice by " + listed(objectiveNames(c)) + ": nothing is sure"
	}
	if len(open) > 0 {
		text += "; perhaps " + strings.Join(open, ", ")
	}
	if len(off) > 0 {
		text += "; not " + strings.Join(off, ", ")
	}
	return text
}

// twin is the first of the arms that one is as good as in every objective, -1 where it
// is that itself: the base comes before its variants.
func twin(c *experiments.Comparison, arm int) int {
	return slices.IndexFunc(c.Arms[:arm], func(a experiments.ArmResult) bool { return slices.Contains(c.Frontier.Standings[arm].AlikeTo, a.Name) })
}

// alike names the arms that give the same as one, in brackets.
func alike(s experiments.Standing) string {
	if len(s.AlikeTo) == 0 {
		return ""
	}
	return " (alike: " + listed(s.AlikeTo) + ")"
}

// missing names the expectations that an arm is not shown to meet, in brackets,
// where another meets all of its own.
func missing(c *experiments.Comparison, arm int) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.Arms[arm].Expectations)) {
		if c.Arms[arm].Expectations[name].Verdict != output.Pass {
			names = append(names, name)
		}
	}
	if len(names) == 0 || !slices.ContainsFunc(c.Arms, experiments.ArmResult.Keeps) {
		return ""
	}
	return " (without " + listed(names) + ")"
}

// shownDifferences counts the metrics in which arms are shown to differ.
func shownDifferences(c *experiments.Comparison) string {
	if c.Comparisons == 0 {
		return "Nothing is shown to differ from " + c.Arms[0].Name + ": there are no intervals"
	}
	var parts []string
	for i, change := range c.Changes {
		shown, all := 0, 0
		for _, name := range c.Shown {
			if d, ok := change.Metrics[name]; ok && d.N > 1 {
				all++
				if s := d.Shows(); s == experiments.Lower || s == experiments.Higher {
					shown++
				}
			}
		}
		parts = append(parts, fmt.Sprintf("%s in %d of %d metrics", c.Arms[i+1].Name, shown, all))
	}
	return "Shown to differ from " + c.Arms[0].Name + ": " + strings.Join(parts, ", ")
}

// listed joins words as a sentence does.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func objectiveNames(c *experiments.Comparison) []string {
	var list []string
	for _, o := range c.Frontier.Objectives {
		list = append(list, o.Metric)
	}
	return list
}

// saved says how many replications common random numbers spare, for the latency
// that is shown first: the arm of which they spare the fewest, and the most.
func saved(c *experiments.Comparison) string {
	i := slices.IndexFunc(c.Shown, func(name string) bool { return strings.HasPrefix(name, "latency.") })
	if i < 0 {
		return ""
	}
	type spared struct {
		arm string
		n   float64
	}
	var list []spared
	for k, change := range c.Changes {
		if n := change.Metrics[c.Shown[i]].Independent(); !math.IsNaN(n) && !math.IsInf(n, 0) {
			list = append(list, spared{c.Arms[k+1].Name, math.Round(n)})
		}
	}
	if len(list) == 0 {
		return ""
	}
	slices.SortStableFunc(list, func(a, b spared) int { return cmp.Compare(a.n, b.n) })
	span := units.Format(list[0].n, "")
	if last := list[len(list)-1]; last.n > list[0].n {
		span += fmt.Sprintf(" (%s) to %s (%s)", list[0].arm, units.Format(last.n, ""), last.arm)
	}
	return fmt.Sprintf("On the same random numbers %d replications tell as much about a difference in %s as %s on independent ones.", c.Replications(), c.Shown[i], span)
}

// unmatched names what only one side has, whose differences nobody can tell.
func unmatched(c *experiments.Comparison) []string {
	var list []string
	for i, change := range c.Changes {
		arm := c.Arms[i+1].Name
		for _, side := range []struct {
			name    string
			metrics []string
		}{{"only " + arm + " has", change.OnlyArm}, {"only " + c.Arms[0].Name + " has, not " + arm + ",", change.OnlyBase}} {
			if len(side.metrics) > 0 {
				list = append(list, side.name+" "+strings.Join(gathered(side.metrics), ", "))
			}
		}
	}
	return list
}

// gathered names metrics of one component together: "services.cache.* (14)".
func gathered(metrics []string) []string {
	var list []string
	for i := 0; i < len(metrics); {
		parts := strings.SplitN(metrics[i], ".", 3)
		k := i + 1
		if len(parts) == 3 {
			prefix := parts[0] + "." + parts[1] + "."
			for k < len(metrics) && strings.HasPrefix(metrics[k], prefix) {
				k++
			}
			if k > i+1 {
				list = append(list, fmt.Sprintf("%s* (%d metrics)", prefix, k-i))
				i = k
				continue
			}
		}
		list = append(list, metrics[i])
		i++
	}
	return list
}

// CompareDoubts are the warnings about the comparison and those of its arms; a warning
// that several arms share is given once.
func CompareDoubts(c *experiments.Comparison) []string {
	list := slices.Clone(c.Warnings)
	var texts []string
	of := make(map[string][]string)
	for _, a := range c.Arms {
		for _, w := range a.Warnings {
			if of[w] == nil {
				texts = append(texts, w)
			}
			of[w] = append(of[w], a.Name)
		}
	}
	for _, w := range texts {
		if len(of[w]) == len(c.Arms) {
			list = append(list, w)
		} else {
			list = append(list, strings.Join(of[w], ", ")+": "+w)
		}
	}
	return list
}

package reports

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/chart"
	"github.com/headroom-sim/headroom/reports/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// CompareFiles are the files of the report on a comparison.
func CompareFiles(c *experiments.Comparison) []File {
	of := func(write func(io.Writer, *experiments.Comparison) error) func(io.Writer) error {
		return func(w io.Writer) error { return write(w, c) }
	}
	files := []File{
		{mark, of(CompareJSON)}, {"differences.csv", of(DifferencesCSV)}, {"report.md", of(CompareMarkdown)},
	}
	for _, plot := range chart.ComparePlots(c) {
		files = append(files, plotFiles(plot)...)
	}
	return files
}

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
		name := c.Arms[i].Name
		switch {
		case !s.On():
			off = append(off, name)
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

// cheapest is the arm of least cost of those whose expectations all hold; empty
// where there are no expectations, or no cost.
func cheapest(c *experiments.Comparison) string {
	const rate = "cost.per_hour"
	if len(c.Expectations()) == 0 {
		return ""
	}
	var best *experiments.ArmResult
	for i, a := range c.Arms {
		if a.Keeps() && (best == nil || a.Metrics[rate].Mean < best.Metrics[rate].Mean) {
			best = &c.Arms[i]
		}
	}
	switch {
	case best == nil:
		return "None keeps all its expectations"
	case !has(best.Result, rate):
		return ""
	}
	return fmt.Sprintf("The cheapest that keeps all its expectations: %s, %s", best.Name, metric(best.Result, rate))
}

// shownDifferences counts the metrics in which arms are shown to differ.
func shownDifferences(c *experiments.Comparison) string {
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

// differences has two rows for each metric that is shown: what each arm gave,
// and by how much that differs from the base.
func differences(c *experiments.Comparison) block {
	b := block{title: "Differences from " + c.Arms[0].Name, head: append([]string{""}, armNames(c.Arms)...), left: 1}
	for _, name := range c.Shown {
		values, changes := []string{name}, []string{"", ""}
		inks := []ink{"", ""}
		for i, a := range c.Arms {
			values = append(values, metric(a.Result, name))
			if i == 0 {
				continue
			}
			text, colour := "", ink("")
			if d, ok := c.Changes[i-1].Metrics[name]; ok {
				text, colour = view.Difference(d), tone(name, d)
			}
			changes, inks = append(changes, text), append(inks, colour)
		}
		b.rows = append(b.rows, values, changes)
		b.inks = append(b.inks, make([]ink, len(values)), inks)
	}
	b.note = differencesNote(c)
	return b
}

func differencesNote(c *experiments.Comparison) string {
	if c.Replications() < 2 {
		return "Below each value: the difference from " + c.Arms[0].Name + ". One replication shows no difference to be more than luck."
	}
	text := "Below each value: the difference from " + c.Arms[0].Name + ", paired by replication, as a share of its mean (pp: percentage points). ~ no difference shown."
	if c.Comparisons < 2 {
		return text + " The interval holds with 95 %."
	}
	return text + fmt.Sprintf(" All %d intervals hold at once with 95 %% (Bonferroni).", c.Comparisons)
}

// tone is the colour of a difference: better, worse, or nothing to say.
func tone(metric string, d experiments.Difference) ink {
	shows := d.Shows()
	better, known := experiments.Better(metric)
	switch {
	case shows != experiments.Lower && shows != experiments.Higher:
		return dim
	case !known:
		return ""
	case (shows == experiments.Lower) == (better == output.LowerIsBetter):
		return good
	}
	return bad
}

// verdicts has a row for each expectation, with the verdict on each arm; what it
// asks for is below its name. Of one that variants change there are several.
func verdicts(c *experiments.Comparison) block {
	b := block{title: "Expectations", head: append([]string{""}, armNames(c.Arms)...), left: 1}
	for _, name := range c.Expectations() {
		var asked []string
		for _, a := range c.Arms {
			if e, ok := a.Expectations[name]; ok && !slices.Contains(asked, asks(a, e)) {
				asked = append(asked, asks(a, e))
				b.verdictRow(c, name, asked[len(asked)-1])
			}
		}
	}
	return b
}

// asks is what an expectation asks for, and when, in two lines.
func asks(a experiments.ArmResult, e experiments.Expectation) string {
	text := e.Metric + " " + units.Bound(e.Bound, e.Unit)
	if span := during(a.Result, e); span != "" {
		text += "\nduring " + span
	}
	return text
}

// verdictRow adds the verdicts on the arms of which an expectation asks that.
func (b *block) verdictRow(c *experiments.Comparison, name, asked string) {
	row, inks := []string{name}, []ink{""}
	for _, a := range c.Arms {
		e, ok := a.Expectations[name]
		if !ok || asks(a, e) != asked {
			row, inks = append(row, units.None), append(inks, dim)
			continue
		}
		row = append(row, ticks[e.Verdict]+" "+valueOf(e))
		inks = append(inks, [...]ink{output.Fail: bad, output.Inconclusive: doubt, output.Pass: good}[e.Verdict])
	}
	b.add(row, inks)
	for line := range strings.SplitSeq(asked, "\n") {
		b.add(below(row, line))
	}
}

func (b *block) add(row []string, inks []ink) {
	b.rows, b.inks = append(b.rows, row), append(b.inks, inks)
}

// below is a row under another of which only the first column says something.
func below(row []string, text string) ([]string, []ink) {
	cells, inks := make([]string, len(row)), make([]ink, len(row))
	cells[0] = text
	return cells, inks
}

func valueOf(e experiments.Expectation) string {
	if math.IsNaN(e.Value) {
		return "no sample"
	}
	return units.Interval(e.Value, e.Lo, e.Hi, e.Unit)
}

// standings are the arms with their objectives, and whether they are on the
// frontier.
func standings(c *experiments.Comparison) block {
	if len(c.Frontier.Standings) == 0 {
		return block{}
	}
	objectives := objectiveNames(c)
	b := block{title: "Frontier of " + listed(objectives), head: append([]string{""}, objectives...), left: 1}
	for i, s := range c.Frontier.Standings {
		row, inks := []string{standing(s) + " " + c.Arms[i].Name}, []ink{""}
		if !s.On() {
			inks[0] = dim
		}
		for _, name := range objectives {
			row, inks = append(row, metric(c.Arms[i].Result, name)), append(inks, inks[0])
		}
		b.add(row, inks)
	}
	b.note = standingsNote(c)
	return b
}

// standing is the mark of an arm: on the frontier, perhaps, or not.
func standing(s experiments.Standing) string {
	switch {
	case !s.On():
		return "○"
	case len(s.ChallengedBy) > 0:
		return "◐"
	}
	return "●"
}

func standingsNote(c *experiments.Comparison) string {
	text := dominated("○ Dominated by ", c, func(s experiments.Standing) []string { return s.DominatedBy })
	text += dominated("◐ Perhaps dominated (more replications would tell) by ", c, func(s experiments.Standing) []string {
		if s.On() {
			return s.ChallengedBy
		}
		return nil
	})
	text += "Dominated: another is shown to be as good in all of these and better in one. Differences below 0.1 % (availability: 0.001 pp) count as none."
	if c.Replications() < 2 {
		text += " Judged by one replication."
	}
	return text
}

// dominated names the arms to which others are preferable, under one of these
// each: one on the frontier, where there is any.
func dominated(verb string, c *experiments.Comparison, by func(experiments.Standing) []string) string {
	on := func(name string) bool {
		return c.Frontier.Standings[slices.Index(armNames(c.Arms), name)].On()
	}
	under := make(map[string][]string)
	for i, s := range c.Frontier.Standings {
		better := by(s)
		if len(better) == 0 {
			continue
		}
		best := better[max(slices.IndexFunc(better, on), 0)]
		under[best] = append(under[best], c.Arms[i].Name)
	}
	text := ""
	for _, a := range c.Arms {
		if list := under[a.Name]; len(list) > 0 {
			text += verb + a.Name + ": " + strings.Join(list, ", ") + ". "
		}
	}
	return text
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

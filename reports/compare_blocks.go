package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

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
	if unanimous(c) {
		text += " In all: the same difference in every pair, of too few for an interval."
	}
	if c.Comparisons < 2 {
		return text + " The interval holds with 95 %."
	}
	return text + fmt.Sprintf(" All %d intervals hold at once with 95 %% (Bonferroni).", c.Comparisons)
}

// unanimous reports whether a difference that is shown has no interval because it
// is the same in all of too few pairs.
func unanimous(c *experiments.Comparison) bool {
	for _, change := range c.Changes {
		for _, name := range c.Shown {
			if d, ok := change.Metrics[name]; ok && d.N > 1 && math.IsNaN(d.Simultaneous.Lo) {
				return true
			}
		}
	}
	return false
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
	for i, s := range c.Frontier.Standings {
		if twin(c, i) < 0 && len(s.AlikeTo) > 0 {
			text += "Alike: " + listed(append([]string{c.Arms[i].Name}, s.AlikeTo...)) + ". "
		}
	}
	text += fmt.Sprintf("Dominated: another is shown to be as good in all of these and better in one. Differences below %s (availability: %s) count as none.",
		units.Format(experiments.IndifferentShare, "share"), units.Format(100*experiments.IndifferentAvailability, "pp"))
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

package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

func checkTitle(c *experiments.Checked) string {
	if c.Title == "" {
		return c.Scenario
	}
	return c.Title
}

// checkAsked says what was simulated, and by what it was judged.
func checkAsked(c *experiments.Checked) []string {
	base := c.Judgements[0]
	parts := []string{"scenario " + c.Scenario}
	for _, s := range base.Sets {
		parts = append(parts, "set "+s.Key+"="+s.Value)
	}
	parts = append(parts, units.Span(base.DurationS)+" simulated", fmt.Sprintf("seed %d", base.Seed), replications(c))
	if c.Baseline != nil {
		parts = append(parts, "baseline "+c.Baseline.Path+", tolerance "+units.Format(c.Tolerance, "share"))
	}
	return parts
}

// replications says how many, and how sure the intervals are.
func replications(c *experiments.Checked) string {
	fewest, most := c.Replications()
	level := units.Format(c.Level, "share")
	switch {
	case most == 1:
		return "one replication: no intervals"
	case fewest < most:
		return fmt.Sprintf("%d to %d replications, %s intervals", fewest, most, level)
	}
	return fmt.Sprintf("%d replications, %s intervals", most, level)
}

// mostNamed is how many findings the first line names.
const mostNamed = 5

// checkVerdict is the first line: whether all holds, and what does not.
func checkVerdict(c *experiments.Checked) (output.Verdict, string) {
	all := c.Findings()
	failed, open := withVerdict(all, output.Fail), withVerdict(all, output.Inconclusive)
	places := ""
	if n := len(c.Judgements); n > 1 {
		places = fmt.Sprintf(" in %d configurations", n)
	}
	total := fmt.Sprintf("%d checks", len(all))
	if len(all) == 1 {
		total = "1 check"
	}
	if len(failed)+len(open) == 0 {
		return output.Pass, total + verb(len(all), " passes", " pass") + places
	}
	var parts []string
	if n := len(failed); n > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s%s %s: %s", n, total, places, verb(n, "fails", "fail"), some(failed)))
		total, places = "", ""
	}
	if n := len(open); n > 0 {
		of := ""
		if total != "" {
			of = " of " + total + places
		}
		parts = append(parts, fmt.Sprintf("%d%s %s inconclusive, more replications would tell: %s", n, of, verb(n, "is", "are"), some(open)))
	}
	if c.Luck {
		parts = append(parts, fmt.Sprintf("of so many checks as much fails by luck (none at %.4g %%)", 100*c.Family()))
	}
	return c.Verdict(), strings.Join(parts, "; ")
}

// withVerdict are the findings with a verdict.
func withVerdict(all []experiments.Finding, v output.Verdict) []string {
	var names []string
	for _, f := range all {
		if f.Verdict == v {
			names = append(names, fmt.Sprintf("%s (%s)", f.Name, f.Configuration))
		}
	}
	return names
}

// some lists the first of the names, and how many more there are.
func some(names []string) string {
	text := strings.Join(names[:min(len(names), mostNamed)], ", ")
	if more := len(names) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// checkDoubts are the warnings of the configurations, each once with those that
// have it, and what is doubtful about the comparison with the baseline.
func checkDoubts(c *experiments.Checked) []string {
	var texts []string
	of := make(map[string][]string)
	for _, j := range c.Judgements {
		for _, text := range j.Warnings {
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
			of[text] = append(of[text], j.Configuration)
		}
	}
	for i, text := range texts {
		texts[i] = strings.Join(of[text], ", ") + ": " + text
	}
	for _, text := range c.Uncompared {
		texts = append(texts, "baseline: "+text)
	}
	return texts
}

// expected are the expectations of a configuration.
func expected(j *experiments.Judgement) block {
	b := expectations(j.Result)
	b.title = "Base"
	if j.Variant != "" {
		b.title, b.of = "Variant", j.Variant
	}
	return b
}

// drifted is what has changed in a configuration since the baseline.
func drifted(j *experiments.Judgement) block {
	b := block{title: "Against the baseline", of: j.Configuration, head: []string{"", "name", "metric", "was", "change", "allowed"}, left: 6}
	for _, d := range j.Drifts {
		b.rows = append(b.rows, []string{ticks[d.Verdict], d.Expectation, d.Metric, units.Format(d.Was, d.Unit), d.Change(), d.Limit()})
	}
	if d := j.Latency; d != nil {
		metric, change := "distribution", "none"
		if d.Slower > 0 {
			metric, change = "over "+units.Format(d.Above, "s"), "+"+units.Format(100*d.Slower, "pp")
		}
		b.rows = append(b.rows, []string{ticks[d.Verdict], "latencies", metric, "", change, "+" + units.Format(100*d.Allowed, "pp")})
	}
	return b
}

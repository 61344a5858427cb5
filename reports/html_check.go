package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/page"
)

// CheckHTML writes the report on a check as one page that needs no other file:
// whether all holds, and what does not; then each expectation in each configuration,
// and what has changed since the baseline.
func CheckHTML(w io.Writer, c *experiments.Checked) error {
	v, text := checkVerdict(c)
	var judged []page.Part
	for _, j := range c.Judgements {
		judged = append(judged, tables(expected(j))...)
	}
	return page.Write(w, &page.Report{
		Title: plain(checkTitle(c)), Asked: plainAll(checkAsked(c)), Version: plain(c.Judgements[0].Version),
		Verdict: page.Verdict{Kind: looks[v], Text: plain(text)},
		Answer:  append(tables(matrix(c)), page.Warnings(plainAll(checkDoubts(c)))),
		Sections: []page.Section{
			{ID: "baseline", Name: "Baseline", Title: "Against the baseline", Parts: driftParts(c)},
			{ID: "expectations", Name: "Expectations", Title: "Expectations", Parts: judged},
			{ID: "again", Name: "Reproduction", Title: "Reproduction", Parts: []page.Part{page.Command(plain(checkAgain(c).String()))}},
		},
	})
}

// matrix has a row for each expectation and a column for each configuration, with
// the verdict and the value.
func matrix(c *experiments.Checked) block {
	b := block{title: "Verdicts", head: []string{""}, left: 1}
	var names []string
	for _, j := range c.Judgements {
		b.head = append(b.head, j.Configuration)
		for name := range j.Expectations {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		row := []string{name}
		for _, j := range c.Judgements {
			row = append(row, judgedValue(j, name))
		}
		b.rows = append(b.rows, row)
	}
	return b
}

// judgedValue is the verdict on an expectation with the value; empty where the
// configuration does not have it.
func judgedValue(j *experiments.Judgement, name string) string {
	e, ok := j.Expectations[name]
	if !ok {
		return ""
	}
	return ticks[e.Verdict] + " " + valueOf(e)
}

// driftTones are those of verdicts on a change.
var driftTones = [...]string{output.Fail: "bad", output.Inconclusive: "dim", output.Pass: "good"}

// driftParts are the changes since the baseline: of each expectation those of all
// configurations, then a table for each configuration.
func driftParts(c *experiments.Checked) []page.Part {
	var names []string
	for _, j := range c.Judgements {
		for _, d := range j.Drifts {
			if !slices.Contains(names, d.Expectation) {
				names = append(names, d.Expectation)
			}
		}
	}
	var pair page.Pair
	for i, name := range names {
		pair = append(pair, drifts(c, name, fmt.Sprintf("drift-%d", i+1)))
	}
	parts := paired("Each line is an interval of the change; the dotted marks are how much worse is allowed.", pair)
	for _, j := range c.Judgements {
		parts = append(parts, tables(drifted(j))...)
	}
	return parts
}

// drifts are the changes of an expectation's metric in all configurations.
func drifts(c *experiments.Checked, name, id string) page.Intervals {
	chart := page.Intervals{ID: id}
	var said []string
	for _, j := range c.Judgements {
		for _, d := range j.Drifts {
			if d.Expectation != name {
				continue
			}
			var factor float64
			chart.Unit, factor = driftUnit(d)
			chart.Title = plain(name + ": " + d.Metric)
			row := page.Interval{Name: plain(j.Configuration), Value: ticks[d.Verdict] + " " + d.Change() + ", allowed " + d.Limit(), Tone: driftTones[d.Verdict]}
			row.Estimate = output.Estimate{Mean: float64(d.Mean * factor), Lo: float64(d.Lo * factor), Hi: float64(d.Hi * factor), N: d.N}
			if d.Bound.Relation != output.AtLeast {
				row.Limits = append(row.Limits, float64(d.Allowed*factor))
			}
			if d.Bound.Relation != output.AtMost {
				row.Limits = append(row.Limits, float64(-d.Allowed*factor))
			}
			chart.Rows = append(chart.Rows, row)
			said = append(said, j.Configuration+" changed by "+d.Change()+", allowed "+d.Limit())
		}
	}
	chart.Text = plain(strings.Join(said, "; ") + ".")
	return chart
}

// driftUnit is the unit in which a change is told, and what makes it of the metric's.
func driftUnit(d experiments.Drift) (unit string, factor float64) {
	switch {
	case d.Unit == "share":
		return "pp", 100
	case d.Was != 0:
		return "%", 100 / math.Abs(d.Was)
	}
	return d.Unit, 1
}

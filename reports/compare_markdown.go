package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/chart"
	"github.com/headroom-sim/headroom/reports/view"
)

// CompareJSON writes the comparison as one JSON object on one line.
func CompareJSON(w io.Writer, c *experiments.Comparison) error {
	return json.NewEncoder(w).Encode(c)
}

// CompareMarkdown writes the report on a comparison that lies in the report
// folder beside the plots, whose pictures it shows.
func CompareMarkdown(w io.Writer, c *experiments.Comparison) error {
	d := &document{bufio.NewWriter(w)}
	d.line("# " + escape(c.Title()))
	d.line(escape(strings.Join(comparedOf(c), ", ")) + ".")
	for _, text := range []string{cheapest(c), answer(c)} {
		if text != "" {
			d.line("**" + escape(text) + ".**")
		}
	}
	d.list("Warnings", CompareDoubts(c))
	for i := range c.Changes {
		d.table(against(c, i))
	}
	d.table(joinedRows(verdicts(c)))
	d.table(standings(c))
	for _, p := range chart.ComparePlots(c) {
		d.line(fmt.Sprintf("![%s](plots/%s.svg)", escape(p.Alt), p.Name))
	}
	d.list("Not compared", unmatched(c))
	d.table(reductions(c))
	d.again(compareAgain(c), "All metrics with their differences are in [summary.json](summary.json) and [differences.csv](differences.csv).")
	return d.Flush()
}

// against sets an arm against the base: each metric that is shown with its
// difference in its own unit, and p corrected for all that are shown.
func against(c *experiments.Comparison, change int) block {
	base, arm := c.Arms[0], c.Arms[change+1]
	b := block{
		title: arm.Name + " against " + base.Name,
		head:  []string{"", base.Name, arm.Name, "difference", "of " + base.Name, "p", "shown"}, left: 1,
	}
	for _, name := range c.Shown {
		row := []string{name, metric(base.Result, name), metric(arm.Result, name), units.None, units.None, units.None, units.None}
		if d, ok := c.Changes[change].Metrics[name]; ok {
			e := d.Simultaneous
			row[3], row[4], row[5], row[6] = view.Absolute(d, e), units.None, probability(d.Holm), shownText(d)
			if share, ok := d.Relative(e); ok {
				row[4] = view.Share(share)
			}
		}
		b.rows = append(b.rows, row)
	}
	b.note = fmt.Sprintf("Differences are paired by replication. All %d intervals of this report hold at once with 95 %% (Bonferroni); p is corrected for the same number (Holm).", c.Comparisons)
	if c.Replications() < 2 {
		b.note = "One replication shows no difference to be more than luck."
	}
	return b
}

// joinedRows puts what stands below a row, in the first column only, into the row.
func joinedRows(b block) block {
	rows := b.rows
	b.rows = nil
	for _, row := range rows {
		if n := len(b.rows); n > 0 && strings.Join(row[1:], "") == "" {
			b.rows[n-1][0] += " · " + row[0]
			continue
		}
		b.rows = append(b.rows, row)
	}
	return b
}

// shownText says what a difference shows.
func shownText(d experiments.Difference) string {
	return map[experiments.Showing]string{
		experiments.Unknown: units.None, experiments.Same: "the same", experiments.None: "~ no difference shown",
		experiments.Lower: "lower", experiments.Higher: "higher",
	}[d.Shows()]
}

// probability writes a p-value as papers do.
func probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return units.None
	case p < 0.001:
		return "< 0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// reductions are the factors by which the same random numbers make the variance
// of the differences smaller.
func reductions(c *experiments.Comparison) block {
	b := block{title: "What the same random numbers save", head: append([]string{""}, armNames(c.Arms[1:])...), left: 1}
	if c.Replications() < 2 {
		return b
	}
	for _, name := range c.Shown {
		row := []string{name}
		for _, change := range c.Changes {
			row = append(row, reduction(change.Metrics[name].Difference))
		}
		b.rows = append(b.rows, row)
	}
	b.note = "By how many times independent random numbers would need more replications for intervals as narrow. Below 1 they would need fewer."
	return b
}

func reduction(d output.Difference) string {
	switch {
	case d.N < 2 || math.IsNaN(d.Reduction):
		return units.None
	case math.IsInf(d.Reduction, 0):
		return "∞"
	}
	return "×" + strings.TrimSuffix(units.Format(d.Reduction, "x"), " x")
}

package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/page"
)

const verifyTitle = "Theory against simulation"

// VerifyText writes the summary of a verification for the terminal: whether all
// agrees, a line for each case, and all figures of cases that were asked for, and
// of those that do not agree.
func VerifyText(w io.Writer, v *experiments.Verification, o TextOptions) error {
	s := newSheet(o)
	verdict, text := agreement(v)
	sections := [][]string{
		append(s.opening(verifyTitle, verifyAsked(v)), s.marked(ticks[verdict], verdictInk[verdict], text)...),
		s.fitted(verifiedCases(v), "law", "greatest |z|"),
	}
	for _, c := range v.Cases {
		if len(v.Names) > 0 || c.Verdict() != output.Pass {
			sections = append(sections, s.fitted(verifiedFigures(c), "formula"))
		}
	}
	return printed(w, append(sections, s.footer("headroom "+v.Version)))
}

// VerifyLines writes a line for each figure that does not agree by itself, and one
// for all where they do not together.
func VerifyLines(w io.Writer, v *experiments.Verification) error {
	out := bufio.NewWriter(w)
	for _, c := range v.Cases {
		for _, f := range c.Figures {
			if !f.Holds {
				fmt.Fprintf(out, "%s: %s: theory has %s, the simulation %s%s\n", plain(c.Name), figureName(f), exact(f), estimate(f), scored(f)) // Flush tells of an error
			}
		}
	}
	if verdict, text := agreement(v); verdict != output.Pass {
		out.WriteString(text + "\n")
	}
	return out.Flush()
}

// VerifyJSON writes the verification as one JSON object.
func VerifyJSON(w io.Writer, v *experiments.Verification) error {
	return json.NewEncoder(w).Encode(v)
}

// VerifyMarkdown writes the report on a verification.
func VerifyMarkdown(w io.Writer, v *experiments.Verification) error {
	d := &document{bufio.NewWriter(w)}
	d.line("# " + verifyTitle)
	d.line(escape(strings.Join(verifyAsked(v), ", ")) + ".")
	verdict, text := agreement(v)
	d.line("**" + ticks[verdict] + " " + escape(text) + ".**")
	d.table(verifiedCases(v))
	for _, c := range v.Cases {
		d.table(verifiedFigures(c))
	}
	d.again(verifyAgain(v), "All figures are in [summary.json](summary.json).")
	return d.Flush()
}

// VerifyHTML writes the report on a verification as one page that needs no other
// file.
func VerifyHTML(w io.Writer, v *experiments.Verification) error {
	verdict, text := agreement(v)
	var details []page.Part
	for _, c := range v.Cases {
		details = append(details, tables(verifiedFigures(c))...)
	}
	return page.Write(w, &page.Report{
		Title: verifyTitle, Asked: plainAll(verifyAsked(v)), Version: plain(v.Version),
		Verdict: page.Verdict{Kind: looks[verdict], Text: plain(text)},
		Answer:  tables(verifiedCases(v)),
		Sections: []page.Section{
			{ID: "figures", Name: "Figures", Title: "All figures, by case", Parts: details},
			{ID: "again", Name: "Reproduction", Title: "Reproduction", Parts: []page.Part{page.Command(plain(verifyAgain(v).String()))}},
		},
	})
}

// verifyAsked says what was simulated.
func verifyAsked(v *experiments.Verification) []string {
	parts := []string{fmt.Sprintf("%d %s", len(v.Cases), verb(len(v.Cases), "case", "cases")), fmt.Sprintf("seed %d", v.Seed), fmt.Sprintf("%d replications of each", v.Replications), "95 % intervals"}
	for _, set := range v.Sets {
		parts = append(parts, "set "+set)
	}
	if v.Wrong != 0 {
		parts = append(parts, "every exact value made wrong by "+units.Format(v.Wrong, "share"))
	}
	return parts
}

// agreement is the first line: whether theory and simulation agree, and by what
// that is judged.
func agreement(v *experiments.Verification) (output.Verdict, string) {
	a, off := v.Agreement, v.Off()
	var parts []string
	if n, right := v.Certain(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d figures without chance are right", right, n))
	}
	if a.Scores > 0 {
		parts = append(parts,
			fmt.Sprintf("the greatest |z| of %d figures is %s, by luck as great in at most %s of all runs", a.Scores, digits(a.Greatest, 2), chance(a.Outlier(a.Greatest))),
			fmt.Sprintf("χ² over %d %s is %s, as far out in %s", a.Independent, verb(a.Independent, "case", "cases"), digits(a.Squares, 1), chance(a.Spread())),
			fmt.Sprintf("false alarms %s", units.Format(experiments.FalseAlarms, "share")))
	}
	told := strings.Join(parts, "; ")
	switch {
	case v.Holds():
		return output.Pass, "Theory and simulation agree: " + told
	case off == 0:
		return output.Fail, "Theory and simulation disagree as a whole: " + told
	}
	return output.Fail, fmt.Sprintf("Theory and simulation disagree in %d %s: %s", off, verb(off, "figure", "figures"), told)
}

// chance is a probability in percent; of a bound above 1, all.
func chance(p float64) string { return units.Format(p, "share") }

func digits(v float64, n int) string { return strconv.FormatFloat(v, 'f', n, 64) }

// verifiedCases has a row for each case: its first figure, and how far off the others are.
func verifiedCases(v *experiments.Verification) block {
	b := block{title: "Cases", head: []string{"", "case", "law", "figure", "theory", "simulated", "z", "greatest |z|"}, left: 4}
	for _, c := range v.Cases {
		first := c.Figures[0]
		b.rows = append(b.rows, []string{
			ticks[c.Verdict()], c.Name, c.Law, ending(first.Metric), exact(first), estimate(first), score(first), greatest(c),
		})
	}
	return b
}

// ending is what a metric measures, without the place: "wait.mean".
func ending(metric string) string {
	parts := strings.Split(metric, ".")
	return strings.Join(parts[max(0, len(parts)-2):], ".")
}

// greatest is the greatest score of a case among how many.
func greatest(c experiments.Verified) string {
	most := 0.0
	for _, f := range c.Figures {
		most = max(most, math.Abs(f.Score))
	}
	if c.Certain {
		return fmt.Sprintf("of %d", len(c.Figures))
	}
	return fmt.Sprintf("%s of %d", digits(most, 2), len(c.Figures))
}

// verifiedFigures has a row for each figure of a case.
func verifiedFigures(c experiments.Verified) block {
	b := block{title: c.Name, of: c.Law, note: c.Reference, head: []string{"", "figure", "formula", "theory", "simulated", "z"}, left: 3}
	for _, f := range c.Figures {
		b.rows = append(b.rows, []string{ticks[f.Verdict()], figureName(f), f.Formula, exact(f), estimate(f), score(f)})
	}
	return b
}

// figureName is the metric, and when.
func figureName(f experiments.VerifiedFigure) string {
	if f.During == nil {
		return f.Metric
	}
	return fmt.Sprintf("%s %s..%s", f.Metric, instant(f.During[0]), instant(f.During[1]))
}

// instant is one as scenarios write it.
func instant(seconds float64) string { return strings.ReplaceAll(units.Span(seconds), " ", "") }

// exact is what theory has, with as many digits as the estimate deserves.
func exact(f experiments.VerifiedFigure) string {
	if half := float64((f.Output.Hi - f.Output.Lo) / 2); half > 0 {
		value, _ := units.Split(f.Exact, f.Exact-half, f.Exact+half, f.Unit)
		return value
	}
	return units.Format(f.Exact, f.Unit)
}

func estimate(f experiments.VerifiedFigure) string {
	return units.Interval(f.Output.Mean, f.Output.Lo, f.Output.Hi, f.Unit)
}

// scored is z behind what it is about.
func scored(f experiments.VerifiedFigure) string {
	if math.IsNaN(f.Score) {
		return ""
	}
	return ", z " + score(f)
}

// score is z with its sign; where nothing is left to chance, whether the figure is
// exact, or off by no more than it may.
func score(f experiments.VerifiedFigure) string {
	switch {
	case !math.IsNaN(f.Score):
		return fmt.Sprintf("%+.2f", f.Score)
	case f.Output.Mean == f.Exact:
		return "exact"
	case f.Holds:
		return "bound"
	}
	return "off"
}

// fitted is a table, without as many of the columns given, the first ones first, as
// it is too wide with.
func (s *sheet) fitted(b block, columns ...string) []string {
	for _, name := range columns {
		if across(b.widths(s.width)) > s.width {
			b = b.without(slices.Index(b.head, name))
		}
	}
	return s.table(b)
}

// verifyAgain is the command that gives the verification again.
func verifyAgain(v *experiments.Verification) *command {
	c := headroom("verify", v.Names...)
	c.flag("seed", strconv.FormatUint(v.Seed, 10), strconv.Itoa(experiments.VerifySeed))
	c.flag("budget", v.Budget.String(), experiments.VerifyBudget.String())
	for _, set := range v.Sets {
		c.flag("set", set, "")
	}
	if v.Wrong != 0 {
		c.flag("wrong", share(v.Wrong), "")
	}
	return c
}

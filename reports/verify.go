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
	verdict := v.Verdict()
	head := append(s.opening(verifyTitle, verifyAsked(v)), s.marked(ticks[verdict], verdictInk[verdict], agreement(v))...)
	sections := [][]string{
		append(head, s.below(reasons(v))...),
		s.bullets("WARNINGS", doubt, v.Warnings),
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
// for all where they do not.
func VerifyLines(w io.Writer, v *experiments.Verification) error {
	out := bufio.NewWriter(w)
	for _, c := range v.Cases {
		for _, f := range c.Figures {
			if f.Verdict != output.Pass {
				fmt.Fprintf(out, "%s: %s: theory has %s, the simulation %s, %s\n", plain(c.Name), figureName(f), exact(f), estimate(f), scored(f)) // Flush tells of an error
			}
		}
	}
	if v.Verdict() != output.Pass {
		out.WriteString(agreement(v) + ". " + reasons(v) + "\n")
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
	d.line("**" + ticks[v.Verdict()] + " " + escape(agreement(v)) + ".**")
	d.line(escape(reasons(v)))
	d.list("Warnings", v.Warnings)
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
	var details []page.Part
	for _, c := range v.Cases {
		details = append(details, tables(verifiedFigures(c))...)
	}
	return page.Write(w, &page.Report{
		Title: verifyTitle, Asked: plainAll(verifyAsked(v)), Version: plain(v.Version),
		Verdict: page.Verdict{Kind: looks[v.Verdict()], Text: plain(agreement(v)), More: plainAll(evidence(v))},
		Answer:  append(tables(verifiedCases(v)), page.Warnings(plainAll(v.Warnings))),
		Sections: []page.Section{
			{ID: "figures", Name: "Figures", Title: "All figures, by case", Parts: details},
			{ID: "again", Name: "Reproduction", Title: "Reproduction", Parts: []page.Part{page.Command(plain(verifyAgain(v).String()))}},
		},
	})
}

// verifyAsked says what was simulated.
func verifyAsked(v *experiments.Verification) []string {
	parts := []string{fmt.Sprintf("%d %s", len(v.Cases), verb(len(v.Cases), "case", "cases")), fmt.Sprintf("seed %d", v.Seed), replicated(v), "95 % intervals"}
	for _, set := range v.Sets {
		parts = append(parts, "set "+set)
	}
	if v.Wrong != 0 {
		parts = append(parts, "every exact value made wrong by "+units.Format(v.Wrong, "share"))
	}
	return parts
}

// replicated says how often which cases were simulated: those that leave nothing to
// chance once.
func replicated(v *experiments.Verification) string {
	n := 0
	for _, c := range v.Cases {
		if !c.Certain {
			n++
		}
	}
	switch n {
	case 0:
		return "one replication of each, as none has chance"
	case len(v.Cases):
		return fmt.Sprintf("%d replications of each", v.Replications)
	}
	return fmt.Sprintf("%d replications of the %d that %s chance", v.Replications, n, verb(n, "has", "have"))
}

// agreement is the verdict in a sentence.
func agreement(v *experiments.Verification) string {
	n := v.Count()
	switch {
	case v.Verdict() == output.Pass:
		return fmt.Sprintf("Theory and simulation agree in all %s of %s", counted(n.Figures, "figure"), counted(len(v.Cases), "case"))
	case n.Off > 0:
		return fmt.Sprintf("Theory and simulation disagree in %d of %s", n.Off, counted(n.Figures, "figure"))
	case n.Open > 0:
		return fmt.Sprintf("%d of %s cannot be judged", n.Open, counted(n.Figures, "figure"))
	}
	return fmt.Sprintf("Theory and simulation disagree in all %s together, and in none alone", counted(n.Figures, "figure"))
}

// evidence is what the verdict rests on, and where it is a bad one, how to look again,
// in sentences without their full stops.
func evidence(v *experiments.Verification) []string {
	a, n := v.Agreement, v.Count()
	var list []string
	if n.Right > 0 {
		list = append(list, fmt.Sprintf("%s %s exact, or within %s stated bound", counted(n.Right, "figure"), verb(n.Right, "is", "are"), verb(n.Right, "its", "their")))
	}
	if wrong := n.Figures - n.Right - n.Judged - n.Open; wrong > 0 {
		list = append(list, fmt.Sprintf("%s %s wrong, whatever luck does", counted(wrong, "figure"), verb(wrong, "is", "are")))
	}
	if n.Open > 0 {
		list = append(list, fmt.Sprintf("%s %s the same in all replications, and how far luck goes cannot be told", counted(n.Open, "figure"), verb(n.Open, "is", "are")))
	}
	if n.Judged > 0 {
		list = append(list, fmt.Sprintf("Luck moves %s: the greatest |z| is %s, %s%s", counted(n.Judged, "figure"), digits(a.Greatest, 2), byLuck(a.Outlier(a.Greatest)), squares(a)))
		list = append(list, fmt.Sprintf("Where all is right this fails for %s of all seeds", units.Format(experiments.FalseAlarms, "share")))
	}
	if n.Judged > 0 && v.Verdict() == output.Fail {
		list = append(list, fmt.Sprintf("Look again with --seed %d: luck does not last, an error does", v.Seed+1))
	}
	if v.Verdict() == output.Pass {
		list = append(list, "That is so of these cases alone, and says nothing of whole sites of many parts, most prices, boot times and what is marked UNSOURCED")
	}
	return list
}

// reasons is the evidence as one text.
func reasons(v *experiments.Verification) string { return strings.Join(evidence(v), ". ") + "." }

// squares is what the cases say together, of two or more.
func squares(a output.Agreement) string {
	if a.Independent < 2 {
		return ""
	}
	return fmt.Sprintf("; χ² of %s is %s, %s", counted(a.Independent, "case"), digits(a.Squares, 1), byLuck(a.Spread()))
}

// byLuck says how often luck goes as far, of a probability or a bound of one.
func byLuck(p float64) string {
	const often, never = 0.2, 1e-4
	switch {
	case p > often:
		return "as luck gives it"
	case p < never:
		return "by luck less than once in 10,000 runs"
	}
	return "by luck in " + units.Format(p, "share") + " of all runs"
}

func digits(v float64, n int) string { return strconv.FormatFloat(v, 'f', n, 64) }

// verifyColumns explains the last columns of the cases.
const verifyColumns = "z is by how many standard errors the simulation is off, of luck alone seldom more than 3; exact: no luck is in it, and nothing is off; within: off by no more than the steps of a histogram, or single requests, make of it."

// verifiedCases has a row for each case: its first figure, and how far off the others are.
func verifiedCases(v *experiments.Verification) block {
	b := block{title: "Cases", note: verifyColumns, head: []string{"", "case", "law", "figure", "theory", "simulated", "z", "greatest |z|"}, left: 4}
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

// greatest is the greatest score of a case, and of how many.
func greatest(c experiments.Verified) string {
	most, scores := 0.0, 0
	for _, f := range c.Figures {
		if !math.IsNaN(f.Score) {
			most, scores = max(most, math.Abs(f.Score)), scores+1
		}
	}
	if scores == 0 {
		return "-"
	}
	return fmt.Sprintf("%s of %d", digits(most, 2), scores)
}

// verifiedFigures has a row for each figure of a case.
func verifiedFigures(c experiments.Verified) block {
	b := block{title: c.Name, of: c.Law, note: c.Reference, head: []string{"", "figure", "formula", "theory", "simulated", "z"}, left: 3}
	for _, f := range c.Figures {
		b.rows = append(b.rows, []string{ticks[f.Verdict], figureName(f), f.Formula, exact(f), estimate(f), score(f)})
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

// scored is z with its name, or what stands for it.
func scored(f experiments.VerifiedFigure) string {
	if math.IsNaN(f.Score) {
		return score(f)
	}
	return "z " + score(f)
}

// score is z with its sign; where luck does not come into it, by how much the figure
// may be off, and whether it is.
func score(f experiments.VerifiedFigure) string {
	switch {
	case !math.IsNaN(f.Score):
		return strings.Replace(fmt.Sprintf("%+.2f", f.Score), "-0.00", "+0.00", 1)
	case f.Verdict == output.Fail:
		return "off"
	case f.Verdict == output.Inconclusive:
		return "not judged"
	case f.Within == 0:
		return "exact"
	}
	return "within " + units.Format(f.Within/f.Exact, "share")
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

package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/chart"
)

// SweepText writes the summary of a sweep for the terminal: how many points are
// inside their objectives, which key moves what, and the points if they are few.
func SweepText(w io.Writer, r *experiments.SweepResult, o TextOptions) error {
	s := newSheet(o)
	head := append(s.opening(sweepTitle(r), sweepAsked(r)), s.sentence(strong, sweepAnswer(r))...)
	head = append(head, s.sentence("", sweepCaution(r))...)
	sections := [][]string{head, s.table(keysBlock(r))}
	for _, e := range r.Effects() {
		sections = append(sections, s.table(effectsBlock(r, e)))
	}
	return printed(w, append(sections,
		s.sentence("", unmoved(r)), s.table(pointsBlock(r, fewPoints)),
		s.footer("digest "+r.Digest()+" · headroom "+experiments.Version)))
}

// fewPoints are as many as the summary shows, manyPoints as the report.
const (
	fewPoints  = 12
	manyPoints = 100
)

// SweepMarkdown writes the report on a sweep that lies beside its pictures.
func SweepMarkdown(w io.Writer, r *experiments.SweepResult) error {
	d := &document{bufio.NewWriter(w)}
	d.line("# " + escape(sweepTitle(r)))
	d.line(escape(strings.Join(sweepAsked(r), ", ")) + ".")
	d.line("**" + escape(sweepAnswer(r)) + ".**")
	if text := sweepCaution(r); text != "" {
		d.line(escape(text) + ".")
	}
	d.table(keysBlock(r))
	for _, e := range r.Effects() {
		d.table(effectsBlock(r, e))
	}
	if text := unmoved(r); text != "" {
		d.line(escape(text))
	}
	plots := chart.SweepPlots(r)
	if len(plots) > 0 {
		d.line("## Pictures")
	}
	for _, p := range plots {
		d.line(fmt.Sprintf("![%s](plots/%s.svg)", escape(p.Alt), p.Name))
	}
	d.table(pointsBlock(r, manyPoints))
	d.again(sweepAgain(r), fmt.Sprintf("With the same scenario and settings Headroom %s gives the digest %s again. A row a point is in [results.csv](results.csv) and [results.parquet](results.parquet), a row a replication in [cells.csv](cells.csv) and [cells.parquet](cells.parquet), all effects in [effects.csv](effects.csv).",
		escape(experiments.Version), r.Digest()))
	return d.Flush()
}

func sweepTitle(r *experiments.SweepResult) string { return cmp.Or(r.Title, r.Scenario) }

// sweepAsked says what was simulated.
func sweepAsked(r *experiments.SweepResult) []string {
	parts := []string{"sweep of " + r.Scenario}
	if r.Variant != "" {
		parts = append(parts, "variant "+r.Variant)
	}
	for _, s := range r.Sets {
		parts = append(parts, "set "+s.Key+"="+s.Value)
	}
	kind := strings.ReplaceAll(r.Matrix.Kind.String(), "_", " ") + " over " + counted(len(r.Matrix.Factors), "key")
	parts = append(parts, kind, counted(len(r.Points), "point"), counted(r.Replications, "replication")+" each",
		units.Span(r.DurationS)+" simulated", fmt.Sprintf("seed %d", r.Seed))
	return parts
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%s %ss", units.Format(float64(n), ""), thing)
}

// sweepAnswer is the first line: how many points are inside their objectives,
// and the cheapest of them.
func sweepAnswer(r *experiments.SweepResult) string {
	counts := verdictCounts(r)
	if len(counts) == 0 {
		return "No expectations: no point is judged"
	}
	var parts []string
	for i, text := range []string{"inside", "undecided", "outside"} {
		if n := counts[verdictOrder[i].String()]; n > 0 {
			parts = append(parts, units.Format(float64(n), "")+" "+text)
		}
	}
	answer := fmt.Sprintf("Objectives: of %s %s", counted(len(r.Points), "point"), strings.Join(parts, ", "))
	if len(counts) == 1 {
		answer = fmt.Sprintf("Objectives: all of %s %s", counted(len(r.Points), "point"), strings.TrimLeft(parts[0], "0123456789, "))
	}
	if point, ok := r.Cheapest(); ok {
		cost := r.EstimateOf(point, "cost.total")
		answer += fmt.Sprintf("; the cheapest inside: %s, %s", pointName(r, point), units.Interval(cost.Mean, cost.Lo, cost.Hi, "USD"))
	}
	return answer
}

// sweepCaution tells how sure the answer is; empty where it names no point.
func sweepCaution(r *experiments.SweepResult) string {
	if _, ok := r.Cheapest(); !ok {
		return ""
	}
	return "Each point is judged by itself at 95 %, and the best of many by luck too: headroom plan chooses with one confidence for all"
}

// unmoved names the responses that are the same at every point, those whose
// points without a sample leave nothing to compare, and how many points have
// warnings.
func unmoved(r *experiments.SweepResult) string {
	var same, none []string
	for _, e := range r.Effects() {
		switch {
		case e.Constant && e.Missing > 0:
			none = append(none, fmt.Sprintf("%s (at %d of %d)", e.Response.Name, e.Missing, len(r.Points)))
		case e.Constant:
			same = append(same, e.Response.Name)
		}
	}
	var parts []string
	if len(same) > 0 {
		parts = append(parts, "The same at every point: "+strings.Join(same, ", ")+".")
	}
	if len(none) > 0 {
		parts = append(parts, "Points without a sample: "+strings.Join(none, ", ")+".")
	}
	if n := warned(r); n > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s with warnings, which headroom run tells with the point's values; results.csv says which.", units.Format(float64(n), ""), counted(len(r.Points), "point")))
	}
	return strings.Join(parts, " ")
}

// warned is the number of points with warnings.
func warned(r *experiments.SweepResult) (n int) {
	for _, p := range r.Points {
		if p.Warnings > 0 {
			n++
		}
	}
	return n
}

// pointName is what a point sets.
func pointName(r *experiments.SweepResult, point int) string {
	var parts []string
	for _, s := range r.Points[point].Sets {
		parts = append(parts, s.Key+"="+s.Value)
	}
	if len(parts) == 0 {
		return "as it is"
	}
	return strings.Join(parts, ", ")
}

// keysBlock is what was varied, and by which name the tables call it.
func keysBlock(r *experiments.SweepResult) block {
	b := block{title: "Keys", head: []string{"key", "range", "in the scenario"}, left: 3}
	for i, name := range keyNames(r) {
		f := r.Matrix.Factors[i]
		b.rows = append(b.rows, []string{name, f.Range, f.Key})
	}
	return b
}

// pointsBlock has a row a point, of the first ones at most so many.
func pointsBlock(r *experiments.SweepResult, most int) block {
	b := block{title: "Points", head: keyNames(r), left: len(r.Matrix.Factors)}
	judged := len(expectationsOf(r)) > 0
	if judged {
		b.head, b.left = append(b.head, "objectives"), b.left+1
	}
	responses := r.Responses
	for _, response := range responses {
		b.head = append(b.head, response.Name)
	}
	for i, p := range r.Points[:min(len(r.Points), most)] {
		var row []string
		for factor := range r.Matrix.Factors {
			row = append(row, cmp.Or(setting(r, i, factor), units.None))
		}
		if judged {
			row = append(row, ticks[p.Verdict()]+" "+p.Verdict().String())
		}
		for k, response := range responses {
			e := output.Interval(p.Values[k], output.Level)
			row = append(row, interval(e, response.Unit))
		}
		b.rows = append(b.rows, row)
	}
	if left := len(r.Points) - most; left > 0 {
		b.note = fmt.Sprintf("%s more in results.csv.", units.Format(float64(left), ""))
	}
	return b
}

// interval is an estimate, or None.
func interval(e output.Estimate, unit string) string {
	if e.N == 0 || math.IsNaN(e.Mean) {
		return units.None
	}
	return units.Interval(e.Mean, e.Lo, e.Hi, unit)
}

// byImportance sorts factors by a figure, the greatest first.
func byImportance(n int, of func(factor int) float64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(of(b), of(a)) })
	return order
}

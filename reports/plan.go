package reports

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/chart"
	"github.com/headroom-sim/headroom/reports/units"
)

// PlanFiles are the files of the report on a plan.
func PlanFiles(p *experiments.Plan) []File {
	of := func(write func(io.Writer, *experiments.Plan) error) func(io.Writer) error {
		return func(w io.Writer) error { return write(w, p) }
	}
	files := []File{{mark, of(PlanJSON)}, {"tried.csv", of(TriedCSV)}, {"report.md", of(PlanMarkdown)}}
	for _, plot := range chart.PlanPlots(p) {
		files = append(files, plotFiles(plot)...)
	}
	return files
}

// PlanJSON writes the plan as one JSON object on one line.
func PlanJSON(w io.Writer, p *experiments.Plan) error { return json.NewEncoder(w).Encode(p) }

// plannedOf says what was asked for.
func plannedOf(p *experiments.Plan) []string {
	parts := []string{"scenario " + p.Scenario}
	for _, f := range p.Vary {
		parts = append(parts, f.Key+"="+f.Range)
	}
	return append(parts, fmt.Sprintf("%d configurations", len(p.Tried)), units.Span(p.DurationS)+" measured", fmt.Sprintf("seed %d", p.Seed))
}

// planVerdict is the first line: what was found, and how sure.
func planVerdict(p *experiments.Plan) (output.Verdict, string) {
	if p.Best == nil {
		if n := countFate(p, experiments.Undecided); n > 0 {
			return output.Inconclusive, fmt.Sprintf("No configuration is shown to meet the expectations; of %d it is open", n)
		}
		return output.Fail, "No configuration meets the expectations"
	}
	found := setText(p.Best.Sets) + "; " + costText(p, p.Best.Cost)
	if p.Sure == 0 {
		return output.Pass, "Meets the expectations, and is not shown to be the cheapest: " + found
	}
	return output.Pass, fmt.Sprintf("The cheapest that meets the expectations: %s, %s sure", found, units.Format(p.Sure, "share"))
}

func countFate(p *experiments.Plan, fates ...experiments.Fate) int {
	n := 0
	for _, c := range p.Tried {
		if slices.Contains(fates, c.Fate) {
			n++
		}
	}
	return n
}

// setText is a configuration by its varied keys.
func setText(sets []experiments.Set) string {
	parts := make([]string, len(sets))
	for i, s := range sets {
		parts[i] = s.Key + "=" + s.Value
	}
	return strings.Join(parts, ", ")
}

// values are those of the varied keys, each key's apart.
func setValues(sets []experiments.Set) []string {
	var list []string
	for _, s := range sets {
		list = append(list, s.Value)
	}
	return list
}

// costText is a cost in the plan's unit: of a run, and by the month.
func costText(p *experiments.Plan, e output.Estimate) string {
	text := units.Interval(e.Mean, e.Lo, e.Hi, p.Unit())
	if !p.Money {
		return text + verb(int(math.Round(e.Mean)), " server", " servers")
	}
	return text
}

// planSense is what the answer rests on, in a few sentences.
func planSense(p *experiments.Plan) []string {
	var list []string
	if b := p.Best; b != nil && len(b.Follows) > 0 {
		list = append(list, "With it goes "+setText(b.Follows)+": what is not varied gives way.")
	}
	if b := p.Best; b != nil && has(b.Result, "cost.per_hour") {
		rate := b.Result.Metrics["cost.per_hour"].Mean
		list = append(list, fmt.Sprintf("%s an hour, %s in 730 h at this rate.", units.Format(rate, "USD"), units.Format(hoursOfMonth*rate, "USD")))
	}
	if len(p.Counted) > 0 {
		text := "Without a price, each server of " + strings.Join(p.Counted, ", ") + " counts one unit"
		if p.Money {
			text += ", as if it cost 1 USD an hour"
		}
		list = append(list, text+".")
	}
	if len(p.Steady) > 0 {
		list = append(list, "Judged in the steady state of a queue of the textbooks, to which a long run comes: "+strings.Join(p.Steady, ", ")+".")
	}
	simulated := 0
	for _, c := range p.Tried {
		if c.Replications > 0 {
			simulated++
		}
	}
	text := fmt.Sprintf("%d of %d configurations were simulated, %d replications in all with %s requests", simulated, len(p.Tried), p.Cells, million(p.Requests))
	if p.Best != nil {
		all := len(p.Tried) * p.Best.Replications
		text += fmt.Sprintf("; every one %d times would be %d", p.Best.Replications, all)
	}
	return append(list, text+".")
}

// million writes a large number of things.
func million(n float64) string {
	switch {
	case n >= 1e9:
		return units.Format(n/1e9, "billion")
	case n >= 1e6:
		return units.Format(n/1e6, "million")
	}
	return units.Format(n, "")
}

// fateMarks are the signs of the fates.
var fateMarks = map[experiments.Fate]string{
	experiments.Chosen: "★", experiments.AsCheap: "✓", experiments.Dearer: "$", experiments.Undecided: "~",
	experiments.Fails: "✗", experiments.Excluded: "✗", experiments.Implied: "✗", experiments.Rejected: "-",
}

// order is that in which configurations are told of.
var order = []experiments.Fate{
	experiments.Chosen, experiments.AsCheap, experiments.Undecided, experiments.Fails, experiments.Excluded, experiments.Implied, experiments.Dearer, experiments.Rejected,
}

// ranked are the configurations in that order, those of one fate by how near they
// are to the chosen one: the dearest first of those that fail, of all others the
// cheapest, and simulated ones first.
func ranked(p *experiments.Plan) []*experiments.Candidate {
	list := slices.Clone(p.Tried)
	distance := func(c *experiments.Candidate) float64 {
		cost := c.Floor
		if c.Cost.N > 0 {
			cost = c.Cost.Mean
		}
		if slices.Contains([]experiments.Fate{experiments.Fails, experiments.Excluded, experiments.Implied}, c.Fate) {
			return -cost
		}
		return cost
	}
	slices.SortStableFunc(list, func(a, b *experiments.Candidate) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Fate), slices.Index(order, b.Fate)),
			cmp.Compare(min(b.Replications, 1), min(a.Replications, 1)),
			cmp.Compare(distance(a), distance(b)))
	})
	return list
}

// tried has a row for each configuration, at most so many: what it costs, and why
// it was set aside.
func tried(p *experiments.Plan, most int) block {
	b := block{title: "Configurations", head: []string{""}}
	for _, f := range p.Vary {
		b.head = append(b.head, keyTail(p, f.Key))
	}
	b.head = append(b.head, "cost", "n", "why")
	b.left, b.lines = len(b.head), 3
	list := ranked(p)
	for _, c := range list[:min(most, len(list))] {
		row := append([]string{fateMarks[c.Fate]}, setValues(c.Sets)...)
		n := ""
		if c.Replications > 0 {
			n = fmt.Sprint(c.Replications)
		}
		b.rows = append(b.rows, append(row, costCell(p, c), n, why(p, c)))
	}
	b.note = "★ chosen ✓ as cheap $ dearer ~ undecided ✗ does not meet the expectations; ≥ what it costs at least, known without a run; n: replications."
	if rest := len(list) - most; rest > 0 {
		b.note += fmt.Sprintf(" %d more are in tried.csv.", rest)
	}
	return b
}

// keyTail is a varied key without what all have in common: the shortest ending by
// which the keys differ.
func keyTail(p *experiments.Plan, key string) string {
	parts := strings.Split(key, ".")
	for n := 1; n < len(parts); n++ {
		tail := strings.Join(parts[len(parts)-n:], ".")
		same := 0
		for _, f := range p.Vary {
			if f.Key == tail || strings.HasSuffix(f.Key, "."+tail) {
				same++
			}
		}
		if same == 1 {
			return tail
		}
	}
	return key
}

func costCell(p *experiments.Plan, c *experiments.Candidate) string {
	switch {
	case c.Cost.N > 0:
		return units.Interval(c.Cost.Mean, c.Cost.Lo, c.Cost.Hi, p.Unit())
	case c.Fate == experiments.Rejected:
		return units.None
	}
	return "≥ " + units.Format(c.Floor, p.Unit())
}

// why tells the fate of a configuration with its figures.
func why(p *experiments.Plan, c *experiments.Candidate) string {
	switch c.Fate {
	case experiments.Chosen:
		return "the cheapest that meets the expectations"
	case experiments.AsCheap:
		return "meets the expectations, costs " + more(p, c)
	case experiments.Dearer:
		if c.Cause.More.N == 0 {
			return "dearer in any case"
		}
		return "costs " + more(p, c)
	case experiments.Fails:
		return expectationText(c, "")
	case experiments.Undecided:
		return expectationText(c, "too close to tell: ")
	case experiments.Excluded:
		return excluded(c)
	case experiments.Implied:
		return "smaller than " + setText(c.Cause.Larger.Sets) + ", which fails"
	}
	return c.Cause.Text
}

// more is by how much a configuration costs more than the best one.
func more(p *experiments.Plan, c *experiments.Candidate) string {
	m := c.Cause.More
	const nothing = 1e-6 // of the cost: what rounding leaves
	switch size := nothing * c.Cost.Mean; {
	case math.Abs(m.Mean) < size && m.Hi-m.Lo < size:
		return "the same"
	case m.Hi-m.Lo < size:
		m.Lo, m.Hi = m.Mean, m.Mean
	}
	return units.Interval(m.Mean, m.Lo, m.Hi, p.Unit()) + " more"
}

// expectationText is the value of the expectation that decided.
func expectationText(c *experiments.Candidate, before string) string {
	e, ok := c.Expectations[c.Cause.Expectation]
	if !ok {
		return before + c.Cause.Expectation
	}
	value := "no sample"
	if !math.IsNaN(e.Value) {
		value = units.Interval(e.Value, e.Lo, e.Hi, e.Unit)
	}
	return fmt.Sprintf("%s%s: %s is %s, must be %s", before, c.Cause.Expectation, e.Metric, value, units.Bound(e.Bound, e.Unit))
}

// excluded tells which bound excludes a configuration.
func excluded(c *experiments.Candidate) string {
	k := c.Cause.Known
	text := ""
	switch unit := c.Cause.Unit; {
	case k.Steady:
		text = "is " + units.Format(k.Lo, unit) + " in the steady state"
		if math.IsInf(k.Lo, 1) {
			text = "has no steady state"
		}
	case math.IsInf(k.Hi, 1):
		text = "is at least " + units.Format(k.Lo, unit)
	default:
		text = "is at most " + units.Format(k.Hi, unit)
	}
	return fmt.Sprintf("%s: %s %s (%s)", c.Cause.Expectation, c.Cause.Metric, text, c.Cause.Text)
}

// grown has a row for each factor on the load.
func grown(p *experiments.Plan) block {
	b := block{title: "How much load it takes", head: []string{"", "load", "servers", "cost", "n", "what breaks, what binds"}, left: 6, lines: 3}
	if len(p.Growth) == 0 {
		return b
	}
	for _, g := range p.Growth {
		b.rows = append(b.rows, []string{
			ticks[g.Verdict], fmt.Sprintf("× %g", g.Factor), serversText(g), units.Interval(g.Cost.Mean, g.Cost.Lo, g.Cost.Hi, p.Unit()), fmt.Sprint(g.Replications), breaks(p, g),
		})
	}
	b.note = growthText(p) + fmt.Sprintf(" ✓ all expectations hold, ✗ one does not, ~ neither is shown; each %s sure. Servers: the most at a time. The limit: the one that bound longest, and for how long.", units.Format(p.Confidence, "share"))
	return b
}

func serversText(g experiments.Grown) string {
	if g.Servers == 0 {
		return units.None
	}
	return units.Format(g.Servers, "")
}

// breaks tells which expectation breaks first under more load, and what binds.
func breaks(p *experiments.Plan, g experiments.Grown) string {
	var parts []string
	if e, ok := g.Expectations[g.Expectation]; ok {
		value := units.Interval(e.Value, e.Lo, e.Hi, e.Unit)
		if slices.Contains(g.Steady, g.Expectation) {
			value += " in the run"
		}
		parts = append(parts, fmt.Sprintf("%s: %s is %s, must be %s", g.Expectation, e.Metric, value, units.Bound(e.Bound, e.Unit)))
	}
	if g.Binds != nil {
		parts = append(parts, fmt.Sprintf("%s of %s for %s", limitName(*g.Binds), g.Binds.Place, units.Span(math.Round(g.Binds.Mean))))
	}
	return strings.Join(parts, "; ")
}

// growthText is the growth table in a sentence.
func growthText(p *experiments.Plan) string {
	holds := 1.0
	for _, g := range p.Growth {
		if g.Verdict != output.Pass {
			break
		}
		holds = g.Factor
	}
	last := p.Growth[len(p.Growth)-1]
	if last.Verdict == output.Pass {
		return fmt.Sprintf("It holds with %g times the load, the most that was tried.", holds)
	}
	text := fmt.Sprintf("It holds with %g times the load", holds)
	if last.Verdict == output.Fail {
		text += fmt.Sprintf(" and not with %g times: %s breaks", last.Factor, last.Expectation)
		if last.Binds != nil {
			text += fmt.Sprintf(", %s of %s binds", limitName(*last.Binds), last.Binds.Place)
		}
	}
	return text + "."
}

// lost has a row for each expectation under the loss of a zone.
func lost(p *experiments.Plan) block {
	b := block{title: "Loss of a zone", head: []string{"", "name", "metric", "must be", "is"}, left: 5}
	l := p.Loss
	if l == nil {
		return b
	}
	for _, name := range slices.Sorted(maps.Keys(l.Verdicts)) {
		e := l.Expectations[name]
		value := "no sample"
		if !math.IsNaN(e.Value) {
			value = units.Interval(e.Value, e.Lo, e.Hi, e.Unit)
		}
		b.rows = append(b.rows, []string{ticks[l.Verdicts[name]], name, e.Metric, units.Bound(e.Bound, e.Unit), value})
	}
	b.note = lossText(p)
	return b
}

// lossText is what the loss of a zone does, in a sentence.
func lossText(p *experiments.Plan) string {
	held := 0
	for _, v := range p.Loss.Verdicts {
		if v == output.Pass {
			held++
		}
	}
	return fmt.Sprintf("Zone %s, which has most servers, is lost at %s and does not come back: %d of %d expectations hold (%d replications, each %s sure).",
		p.Loss.Zone, units.Span(p.Loss.AtS), held, len(p.Loss.Verdicts), p.Loss.Replications, units.Format(p.Confidence, "share"))
}

// miss is by how much a configuration misses the expectation that decided.
type miss struct {
	*experiments.Candidate
	expectation experiments.Expectation // Value is what is known of its metric
	share       float64                 // of the bound
}

// nearest are the configurations that come nearest where none meets the
// expectations.
func nearest(p *experiments.Plan, most int) block {
	b := block{title: "Nearest", head: []string{"configuration", "expectation", "must be", "is", "misses by"}, left: 5}
	if p.Best != nil {
		return b
	}
	var list []miss
	for _, c := range p.Tried {
		if m, ok := missedBy(c); ok {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b miss) int { return cmp.Compare(a.share, b.share) })
	for _, m := range list[:min(most, len(list))] {
		e := m.expectation
		b.rows = append(b.rows, []string{
			strings.Join(setValues(m.Sets), ", "), m.Cause.Expectation, units.Bound(e.Bound, e.Unit), units.Interval(e.Value, e.Lo, e.Hi, e.Unit), units.Format(math.Abs(e.Value-limitOf(e)), e.Unit),
		})
	}
	return b
}

// missedBy tells by how much; ok is false where no figure is known.
func missedBy(c *experiments.Candidate) (m miss, ok bool) {
	e, simulated := c.Expectations[c.Cause.Expectation]
	if k := c.Cause.Known; !simulated && c.Fate == experiments.Excluded {
		e = experiments.Expectation{Bound: c.Cause.Bound, Unit: c.Cause.Unit, Value: k.Lo, Lo: math.NaN(), Hi: math.NaN()}
		if math.IsInf(k.Lo, -1) {
			e.Value = k.Hi
		}
	} else if !simulated {
		return m, false
	}
	size := max(math.Abs(limitOf(e)), 1e-12)
	if e.Unit == "share" && limitOf(e) > 0.5 && limitOf(e) < 1 {
		size = 1 - limitOf(e)
	}
	ok = !math.IsNaN(e.Value) && !math.IsInf(e.Value, 0)
	return miss{c, e, math.Abs(e.Value-limitOf(e)) / size}, ok
}

// limitOf is the end of the bound that is nearer.
func limitOf(e experiments.Expectation) float64 {
	switch {
	case math.IsInf(e.Bound.Lo, -1):
		return e.Bound.Hi
	case math.IsInf(e.Bound.Hi, 1):
		return e.Bound.Lo
	case math.Abs(e.Value-e.Bound.Lo) < math.Abs(e.Value-e.Bound.Hi):
		return e.Bound.Lo
	}
	return e.Bound.Hi
}

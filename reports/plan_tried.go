package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
)

// fateMarks are the signs of the fates.
var fateMarks = map[experiments.Fate]string{
	experiments.Chosen: "★", experiments.AsCheap: "✓", experiments.Dearer: "$", experiments.Undecided: "~",
	experiments.Fails: "✗", experiments.Excluded: "✗", experiments.Implied: "✗", experiments.Rejected: "-",
}

// order is that in which configurations are told of.
var order = []experiments.Fate{
	experiments.Chosen, experiments.AsCheap, experiments.Undecided, experiments.Fails, experiments.Excluded, experiments.Implied, experiments.Dearer, experiments.Rejected,
}

// ranked are the configurations in that order, those of one fate by their cost: the
// cheapest first, but of those that fail the nearest to the chosen one, or where none is
// chosen the dearest. Simulated ones come before others.
func ranked(p *experiments.Plan) []*experiments.Candidate {
	list := slices.Clone(p.Tried)
	distance := func(c *experiments.Candidate) float64 {
		switch {
		case !slices.Contains([]experiments.Fate{experiments.Fails, experiments.Excluded, experiments.Implied}, c.Fate):
			return costOf(c)
		case p.Best == nil:
			return -costOf(c)
		}
		return math.Abs(costOf(c) - costOf(p.Best))
	}
	slices.SortStableFunc(list, func(a, b *experiments.Candidate) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Fate), slices.Index(order, b.Fate)),
			cmp.Compare(min(b.Replications, 1), min(a.Replications, 1)),
			cmp.Compare(distance(a), distance(b)))
	})
	return list
}

// costOf is what a configuration costs, at least where it was not simulated.
func costOf(c *experiments.Candidate) float64 {
	if c.Cost.N > 0 {
		return c.Cost.Mean
	}
	return c.Floor
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
		if p.Sure == 0 {
			return "the cheapest that is shown to meet the expectations"
		}
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

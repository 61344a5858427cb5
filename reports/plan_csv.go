package reports

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/experiments"
)

// TriedCSV writes a row for each configuration of a plan, in the order of the
// space: the varied keys, its fate, why, what it costs at least and in its
// replications, and the metric of each expectation with its interval. A value
// without a sample is empty.
func TriedCSV(w io.Writer, p *experiments.Plan) error {
	out := csv.NewWriter(w)
	var head []string
	for _, f := range p.Vary {
		head = append(head, f.Key)
	}
	unit := " [" + p.Unit() + "]"
	if !p.Money {
		unit = " [servers]"
	}
	head = append(head, "fate", "why", "least_cost"+unit, "cost"+unit, "cost_lo", "cost_hi", "replications")
	names := plannedExpectations(p)
	for _, name := range names {
		head = append(head, name, name+"_lo", name+"_hi")
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, c := range p.Tried {
		if err := out.Write(triedRow(p, c, names)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// plannedExpectations are the names of those that were judged, sorted.
func plannedExpectations(p *experiments.Plan) []string {
	names := make(map[string]bool)
	for _, c := range p.Tried {
		for name := range c.Expectations {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func triedRow(p *experiments.Plan, c *experiments.Candidate, names []string) []string {
	row := append(setValues(c.Sets), c.Fate.String(), why(p, c))
	least := cell(c.Floor)
	if c.Fate == experiments.Rejected {
		least = ""
	}
	row = append(row, least)
	if c.Cost.N > 0 {
		row = append(row, cell(c.Cost.Mean), cell(c.Cost.Lo), cell(c.Cost.Hi))
	} else {
		row = append(row, "", "", "")
	}
	row = append(row, cell(float64(c.Replications)))
	for _, name := range names {
		if e, ok := c.Expectations[name]; ok {
			row = append(row, cell(e.Value), cell(e.Lo), cell(e.Hi))
		} else {
			row = append(row, "", "", "")
		}
	}
	return row
}

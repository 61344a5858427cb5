package experiments

import (
	"encoding/json"
	"slices"

	"github.com/headroom-sim/headroom/experiments/output"
)

// MarshalJSON prints the plan: verdict (pass where there is a best one, inconclusive
// where only undecided ones may be it, else fail), best (its set, cost, confidence,
// null where a cheaper one is undecided, and result), tried
// (every configuration with its fate), growth and zone_loss; keys sorted, floats
// the shortest that read back the same, null where there is no value.
func (p *Plan) MarshalJSON() ([]byte, error) {
	vary := make(map[string]string)
	for _, f := range p.Vary {
		vary[f.Key] = f.Range
	}
	tried := make([]any, len(p.Tried))
	for i, c := range p.Tried {
		tried[i] = c.object()
	}
	var best, confidence any
	verdict := output.Fail
	switch undecided := slices.ContainsFunc(p.Tried, func(c *Candidate) bool { return c.Fate == Undecided }); {
	case p.Best != nil:
		verdict = output.Pass
	case undecided:
		verdict = output.Inconclusive
	}
	if p.Sure > 0 {
		confidence = number(p.Sure)
	}
	if b := p.Best; b != nil {
		best = map[string]any{"set": setObject(b.Sets), "follows": setObject(b.Follows), "cost": costObject(b.Cost, p.Unit()), "confidence": confidence, "result": b.Result}
	}
	growth := make([]any, len(p.Growth))
	for i, g := range p.Growth {
		growth[i] = g.object(p.Unit())
	}
	var loss any
	if p.Loss != nil {
		loss = p.Loss.object()
	}
	counted, doubts := append([]string{}, p.Counted...), append([]string{}, p.Doubts...)
	return json.Marshal(map[string]any{
		"schema": PlanSchema, "scenario": p.Scenario, "source": p.Source, "title": p.Title, "seed": p.Seed, "version": Version,
		"set": setObject(p.Sets), "duration_s": number(p.DurationS), "verdict": verdict.String(),
		"vary": vary, "confidence": number(p.Asked.Confidence), "tolerance": number(p.Asked.Tolerance), "counted": counted, "steady_state": append([]string{}, p.Steady...),
		"best": best, "tried": tried, "growth": growth, "zone_loss": loss,
		"cells": p.Cells, "requests": number(p.Requests), "warnings": doubts,
	})
}

// PlanSchema is the version of the JSON object that a Plan prints as.
const PlanSchema = "headroom.plan/1"

// Unit is that of costs: USD, or "" for numbers of servers.
func (p *Plan) Unit() string {
	if p.Money {
		return "USD"
	}
	return ""
}

func setObject(sets []Set) map[string]string {
	o := make(map[string]string, len(sets))
	for _, s := range sets {
		o[s.Key] = s.Value
	}
	return o
}

func costObject(e output.Estimate, unit string) map[string]any {
	return map[string]any{"unit": unit, "mean": number(e.Mean), "lo": number(e.Lo), "hi": number(e.Hi), "n": e.N}
}

func estimateObject(e output.Estimate) map[string]any {
	return map[string]any{"mean": number(e.Mean), "lo": number(e.Lo), "hi": number(e.Hi), "n": e.N}
}

func (c *Candidate) object() map[string]any {
	o := map[string]any{
		"set": setObject(c.Sets), "follows": setObject(c.Follows), "fate": c.Fate.String(), "least_cost": nil, "cost": nil,
		"replications": c.Replications, "expectations": expectationObjects(c.Expectations), "cause": c.Cause.object(c.Fate),
	}
	if c.Fate != Rejected {
		o["least_cost"] = number(c.Floor)
	}
	if c.Cost.N > 0 {
		o["cost"] = estimateObject(c.Cost)
	}
	return o
}

func expectationObjects(list map[string]Expectation) map[string]any {
	o := make(map[string]any, len(list))
	for name, e := range list {
		o[name] = e.object()
	}
	return o
}

// object has what tells of the fate.
func (c *Cause) object(fate Fate) map[string]any {
	o := make(map[string]any)
	if c.Text != "" {
		o["text"] = c.Text
	}
	if c.Expectation != "" {
		o["expectation"] = c.Expectation
	}
	switch {
	case fate == Excluded:
		o["at_least"], o["at_most"], o["steady_state"] = number(c.Known.Lo), number(c.Known.Hi), c.Known.Steady
	case fate == Implied:
		o["larger"] = setObject(c.Larger.Sets)
	case c.More.N > 0:
		o["more"] = estimateObject(c.More)
	}
	return o
}

func (g *Grown) object(unit string) map[string]any {
	o := map[string]any{
		"factor": number(g.Factor), "verdict": g.Verdict.String(), "verdicts": verdictsObject(g.Verdicts), "expectation": nil, "steady_state": append([]string{}, g.Steady...), "limit": nil,
		"expectations": expectationObjects(g.Expectations), "servers": number(g.Servers), "cost": costObject(g.Cost, unit), "availability": estimateObject(g.Availability), "replications": g.Replications,
	}
	if g.Expectation != "" {
		o["expectation"] = g.Expectation
	}
	if g.Binds != nil {
		o["limit"] = map[string]any{"place": g.Binds.Place, "name": g.Binds.Name, "seconds": number(g.Binds.Mean)}
	}
	return o
}

func verdictsObject(verdicts map[string]output.Verdict) map[string]string {
	o := make(map[string]string, len(verdicts))
	for name, v := range verdicts {
		o[name] = v.String()
	}
	return o
}

func (l *Loss) object() map[string]any {
	return map[string]any{
		"zone": l.Zone, "at_s": number(l.AtS), "verdicts": verdictsObject(l.Verdicts),
		"expectations": expectationObjects(l.Expectations), "availability": estimateObject(l.Availability), "replications": l.Replications,
	}
}

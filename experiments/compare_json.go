package experiments

import (
	"encoding/json"

	"github.com/headroom-sim/headroom/experiments/output"
)

// CompareSchema is the version of the JSON object that a Comparison prints as.
const CompareSchema = "headroom.compare/1"

// MarshalJSON prints the comparison: variants (name -> result object, the first
// arm as "base") and differences ("variant - base" -> metric), with keys sorted,
// floats the shortest that read back the same, and null where there is no value.
func (c *Comparison) MarshalJSON() ([]byte, error) {
	variants := make(map[string]any)
	differences, unmatched := make(map[string]any), make(map[string]any)
	for i, a := range c.Arms {
		variants[c.key(i)] = a.Result
		if i == 0 {
			continue
		}
		change := c.Changes[i-1]
		metrics := make(map[string]any, len(change.Metrics))
		for name, d := range change.Metrics {
			metrics[name] = d.object()
		}
		title := c.key(i) + " - " + BaseArm
		differences[title] = metrics
		if len(change.OnlyBase)+len(change.OnlyArm) > 0 {
			unmatched[title] = map[string]any{BaseArm: texts(change.OnlyBase), c.key(i): texts(change.OnlyArm)}
		}
	}
	// encoding/json prints the keys of a map in sorted order.
	return json.Marshal(map[string]any{
		"schema": CompareSchema, "variants": variants, "differences": differences, "unmatched": unmatched,
		"shown": texts(c.Shown), "comparisons": c.Comparisons, "level": output.Level,
		"replications": c.Replications(), "seed": c.Arms[0].Seed, "frontier": c.frontierObject(),
		"warnings": texts(c.Warnings), "version": c.Arms[0].Version,
	})
}

// key is the arm's name in JSON.
func (c *Comparison) key(arm int) string {
	if arm == 0 {
		return BaseArm
	}
	return c.Arms[arm].Name
}

func (d Difference) object() map[string]any {
	o := map[string]any{
		"unit": d.Unit, "mean": number(d.Mean), "lo": number(d.Lo), "hi": number(d.Hi), "n": d.N, "p": number(d.P),
		"variance_reduction": number(d.Reduction), "shows": d.Shows().String(), "simultaneous": nil,
	}
	if d.Simultaneous.N > 0 {
		o["simultaneous"] = map[string]any{"lo": number(d.Simultaneous.Lo), "hi": number(d.Simultaneous.Hi), "p": number(d.Holm)}
	}
	return o
}

func (c *Comparison) frontierObject() any {
	if len(c.Frontier.Standings) == 0 {
		return nil
	}
	var objectives []string
	for _, o := range c.Frontier.Objectives {
		objectives = append(objectives, o.Metric)
	}
	standings := make(map[string]any)
	for i, s := range c.Frontier.Standings {
		standings[c.key(i)] = map[string]any{
			"on": s.On(), "dominated_by": c.keys(s.DominatedBy), "challenged_by": c.keys(s.ChallengedBy),
			"alike_to": c.keys(s.AlikeTo), "cheapest_sure": number(s.Sure),
		}
	}
	return map[string]any{"objectives": objectives, "arms": standings}
}

// keys are arms' names in JSON.
func (c *Comparison) keys(names []string) []string {
	list := texts(nil)
	for _, name := range names {
		if name == c.Arms[0].Name {
			name = BaseArm
		}
		list = append(list, name)
	}
	return list
}

// texts are never null in JSON.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

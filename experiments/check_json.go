package experiments

import (
	"encoding/json"

	"github.com/headroom-sim/headroom/experiments/output"
)

// CheckSchema is the version of the JSON object that a Checked prints as.
const CheckSchema = "headroom.check/1"

// MarshalJSON prints the check as one object with sorted keys; each
// configuration is the object of its [Result].
func (c *Checked) MarshalJSON() ([]byte, error) {
	variants := make(map[string]*Result)
	for _, j := range c.Judgements {
		variants[j.Configuration] = j.Result
	}
	return json.Marshal(map[string]any{
		"schema": CheckSchema, "scenario": c.Scenario, "source": c.Source, "title": c.Title,
		"verdict": c.Verdict().String(), "level": number(c.Level), "family_level": number(c.Family()),
		"passed": c.Count(output.Pass), "failed": c.Count(output.Fail), "inconclusive": c.Count(output.Inconclusive),
		"variants": variants, "baseline": c.baselineObject(), "version": Version,
	})
}

// baselineObject is what came of the comparison with the baseline; nil without.
func (c *Checked) baselineObject() any {
	if c.Baseline == nil {
		return nil
	}
	variants := make(map[string]map[string]any)
	for _, j := range c.Judgements {
		drifts := make(map[string]any)
		for _, d := range j.Drifts {
			drifts[d.Expectation] = d.object()
		}
		variants[j.Configuration] = map[string]any{"expectations": drifts, "latency": j.Latency.object()}
	}
	uncompared := c.Uncompared
	if uncompared == nil {
		uncompared = []string{}
	}
	return map[string]any{"file": c.Baseline.Path, "tolerance": number(c.Tolerance), "uncompared": uncompared, "variants": variants}
}

func (d Drift) object() map[string]any {
	var during any
	if d.During != nil {
		during = []number{number(d.During[0]), number(d.During[1])}
	}
	return map[string]any{
		"verdict": d.Verdict.String(), "metric": d.Metric, "during": during, "was": number(d.Was), "mean": number(d.Mean),
		"lo": number(d.Lo), "hi": number(d.Hi), "n": d.N, "allowed": number(d.Allowed),
	}
}

func (d *LatencyDrift) object() any {
	if d == nil {
		return nil
	}
	return map[string]any{
		"verdict": d.Verdict.String(), "distance": number(d.Distance), "p": number(d.P),
		"slower": number(d.Slower), "above_s": number(d.Above), "allowed": number(d.Allowed),
	}
}

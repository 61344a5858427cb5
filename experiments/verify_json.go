package experiments

import "encoding/json"

// VerifySchema is the version of the JSON object that a Verification prints as.
const VerifySchema = "headroom.verify/1"

// MarshalJSON prints the verification as one object with sorted keys. z is null
// where luck does not come into a figure, or cannot be told; its verdict says which.
func (v *Verification) MarshalJSON() ([]byte, error) {
	cases := make(map[string]any, len(v.Cases))
	for _, c := range v.Cases {
		figures := make([]any, len(c.Figures))
		for i, f := range c.Figures {
			figures[i] = f.object()
		}
		cases[c.Name] = map[string]any{
			"title": c.Title, "source": c.Source, "law": c.Law, "reference": c.Reference, "certain": c.Certain,
			"seed": c.Seed, "digest": c.Digest, "verdict": c.Verdict().String(), "figures": figures,
		}
	}
	a, n := v.Agreement, v.Count()
	return json.Marshal(map[string]any{
		"schema": VerifySchema, "seed": v.Seed, "replications": v.Replications, "wrong": number(v.Wrong),
		"verdict": v.Verdict().String(), "false_alarms": number(FalseAlarms), "cases": cases,
		"warnings": texts(v.Warnings), "version": v.Version,
		"figures": map[string]any{"all": n.Figures, "right": n.Right, "judged": n.Judged, "open": n.Open, "off": n.Off},
		"joint": map[string]any{
			"judged": n.Judged, "among": a.Scores, "greatest": number(a.Greatest), "p_greatest": number(a.Outlier(a.Greatest)),
			"independent": a.Independent, "squares": number(a.Squares), "p_squares": number(a.Spread()),
		},
	})
}

func (f VerifiedFigure) object() map[string]any {
	var during any
	if f.During != nil {
		during = []number{number(f.During[0]), number(f.During[1])}
	}
	return map[string]any{
		"metric": f.Metric, "during": during, "unit": f.Unit, "formula": f.Formula, "exact": number(f.Exact), "within": number(f.Within),
		"mean": number(f.Output.Mean), "lo": number(f.Output.Lo), "hi": number(f.Output.Hi), "n": f.Output.N,
		"z": number(f.Score), "certain": f.Certain, "verdict": f.Verdict.String(),
	}
}

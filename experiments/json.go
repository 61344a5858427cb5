package experiments

import (
	"encoding/json"
	"math"

	"github.com/headroom-sim/headroom/experiments/output"
)

// MarshalJSON prints the result in the form that the contract with scripts
// fixes: one object, keys sorted, floats the shortest that read back the same,
// null where there is no value.
func (r *Result) MarshalJSON() ([]byte, error) {
	metrics := make(map[string]any, len(r.Metrics))
	for name, m := range r.Metrics {
		metrics[name] = map[string]any{"unit": m.Unit, "mean": number(m.Mean), "lo": number(m.Lo), "hi": number(m.Hi), "n": m.N}
	}
	expectations := make(map[string]any, len(r.Expectations))
	for name, e := range r.Expectations {
		expectations[name] = e.object()
	}
	var variant any
	if r.Variant != "" {
		variant = r.Variant
	}
	set := make(map[string]string, len(r.Sets))
	for _, s := range r.Sets {
		set[s.Key] = s.Value
	}
	warnings := r.Warnings
	if warnings == nil {
		warnings = []string{}
	}
	// encoding/json prints the keys of a map in sorted order.
	return json.Marshal(map[string]any{
		"schema": Schema, "scenario": r.Scenario, "source": r.Source, "variant": variant, "set": set, "title": r.Title,
		"seed": r.Seed, "first_replication": r.First, "replications": r.Replications, "batches": r.Batches,
		"duration_s": number(r.DurationS), "discard_s": number(r.DiscardS),
		"metrics": metrics, "expectations": expectations,
		"warnings": warnings, "digest": r.Digest, "version": r.Version,
	})
}

func (e Expectation) object() map[string]any {
	o := map[string]any{
		"verdict": e.Verdict.String(), "metric": e.Metric,
		"value": number(e.Value), "lo": number(e.Lo), "hi": number(e.Hi),
		"during": nil, "bound": boundObject(e.Bound), "met": e.Met,
	}
	if e.During != nil {
		o["during"] = []number{number(e.During[0]), number(e.During[1])}
	}
	return o
}

func boundObject(b output.Bound) map[string]any {
	var value any
	switch b.Relation {
	case output.AtMost:
		value = number(b.Hi)
	case output.AtLeast, output.Equals:
		value = number(b.Lo)
	case output.Between:
		value = []number{number(b.Lo), number(b.Hi)}
	}
	return map[string]any{b.Relation.String(): value}
}

// number prints as JSON null where there is no value.
type number float64

// MarshalJSON prints a finite number, else null.
func (n number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads what MarshalJSON wrote; null is NaN.
func (n *number) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*n = number(math.NaN())
		return nil
	}
	return json.Unmarshal(data, (*float64)(n))
}

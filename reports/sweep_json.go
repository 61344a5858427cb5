package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// SweepSchema is the version of the JSON object about a sweep.
const SweepSchema = "headroom.sweep/1"

// SweepJSON writes what a sweep was and which effects it found as one object on
// one line, with sorted keys. The points are in results.csv and
// results.parquet.
func SweepJSON(w io.Writer, r *experiments.SweepResult) error {
	vary := make([]map[string]any, len(r.Matrix.Factors))
	for i, f := range r.Matrix.Factors {
		vary[i] = map[string]any{"key": f.Key, "range": f.Range}
	}
	effects := []map[string]any{}
	for _, e := range r.Effects() {
		for _, one := range effectsOf(r, e) {
			effects = append(effects, one.object())
		}
	}
	set := make(map[string]string)
	for _, s := range r.Sets {
		set[s.Key] = s.Value
	}
	var variant any
	if r.Variant != "" {
		variant = r.Variant
	}
	return json.NewEncoder(w).Encode(map[string]any{
		"schema": SweepSchema, "scenario": r.Scenario, "source": r.Source, "variant": variant, "set": set,
		"title": r.Title, "seed": r.Seed, "replications": r.Replications,
		"design": designObject(r), "vary": vary, "points": len(r.Points), "verdicts": verdictCounts(r),
		"units": r.Units, "effects": effects, "digest": r.Digest(), "version": experiments.Version,
	})
}

func designObject(r *experiments.SweepResult) map[string]any {
	d := map[string]any{"kind": r.Matrix.Kind.String()}
	if r.DesignFile != "" {
		d["file"] = r.DesignFile
	}
	for name, n := range map[string]int{"points": r.Matrix.Points, "trajectories": r.Matrix.Trajectories, "levels": r.Matrix.Steps} {
		if n > 0 {
			d[name] = n
		}
	}
	if r.Matrix.Kind.Random() {
		d["seed"] = r.Matrix.Seed
	}
	return d
}

func (e effect) object() map[string]any {
	o := map[string]any{
		"response": e.response.Name, "unit": e.response.Unit, "statistic": e.statistic,
		"mean": orNull(e.Mean), "lo": orNull(e.Lo), "hi": orNull(e.Hi),
	}
	for name, text := range map[string]string{"key": e.key, "with": e.with, "value": e.value} {
		if text != "" {
			o[name] = text
		}
	}
	return o
}

// orNull is a number, or nil where there is no value.
func orNull(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

// verdictCounts are the points by their verdict; of points without expectations
// there are none.
func verdictCounts(r *experiments.SweepResult) map[string]int {
	counts := make(map[string]int)
	for _, p := range r.Points {
		if len(p.Expectations) > 0 {
			counts[p.Verdict().String()]++
		}
	}
	return counts
}

// expectationsOf are the names of the expectations that any point has.
func expectationsOf(r *experiments.SweepResult) []string {
	names := make(map[string]bool)
	for _, p := range r.Points {
		for name := range p.Expectations {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func hex16(v uint64) string { return fmt.Sprintf("%016x", v) }

// verdictOrder is from the best to the worst.
var verdictOrder = []output.Verdict{output.Pass, output.Inconclusive, output.Fail}

package experiments

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// Finding is one thing that was judged.
type Finding struct {
	Source        string // the scenario, as it was asked for
	Line          int    // of the expectation in it
	Configuration string // "base", or the variant
	Name          string // of the expectation; "NAME as before" where it is compared with the baseline
	Verdict       output.Verdict
	Text          string // a sentence with the figures
}

// String is a line as a compiler would print it, "shop.toml:26: base: fast:
// fail: latency.p95 is 412 ± 12 ms, must be ≤ 300 ms (met in 0 of 10)".
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s: %s: %s", f.Source, f.Line, f.Configuration, f.Name, f.Verdict, f.Text)
}

// Findings are all that was judged: by configuration, expectations before what
// is compared with the baseline.
func (c *Checked) Findings() []Finding {
	var list []Finding
	for _, j := range c.Judgements {
		list = append(list, j.Findings()...)
	}
	return list
}

// Findings are those of the configuration.
func (j *Judgement) Findings() []Finding {
	var list []Finding
	add := func(name, as string, v output.Verdict, text string) {
		list = append(list, Finding{j.Source, j.Lines[name], j.Configuration, name + as, v, text})
	}
	for _, name := range slices.Sorted(maps.Keys(j.Expectations)) {
		e := j.Expectations[name]
		add(name, "", e.Verdict, e.sentence(j.Replications))
	}
	for _, d := range j.Drifts {
		add(d.Expectation, " as before", d.Verdict, d.sentence())
	}
	if d := j.Latency; d != nil {
		list = append(list, Finding{j.Source, j.Lines[j.expectsLatency()], j.Configuration, "latencies as before", d.Verdict, d.Text()})
	}
	return list
}

// sentence says what the metric is, and what it must be.
func (e Expectation) sentence(replications int) string {
	subject := e.Metric + within(e.During)
	must := "must be " + units.Bound(e.Bound, e.Unit)
	switch {
	case math.IsNaN(e.Value):
		return fmt.Sprintf("%s has no sample, %s", subject, must)
	case replications == 1:
		return fmt.Sprintf("%s is %s, %s (one replication)", subject, units.Format(e.Value, e.Unit), must)
	}
	return fmt.Sprintf("%s is %s, %s (met in %d of %d)", subject, units.Interval(e.Value, e.Lo, e.Hi, e.Unit), must, e.Met, replications)
}

// within says in which part of the run.
func within(during *[2]float64) string {
	if during == nil {
		return ""
	}
	return fmt.Sprintf(" in %s..%s", units.Span(during[0]), units.Span(during[1]))
}

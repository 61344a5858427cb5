package experiments

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// Result combines the replications that are done, in their order; at least one.
func (t *Trial) Result() *Result {
	spec := t.Spec
	r := &Result{
		Scenario: t.Name, Source: t.Source, Variant: t.Variant, Sets: t.Sets, Title: spec.Title, Seed: spec.Seed,
		Options: t.options, First: 1 + t.first(), Replications: len(t.Cells), Batches: t.options.Batches, DurationS: t.end().Seconds(),
		Metrics: make(map[string]Metric), Expectations: make(map[string]Expectation),
		Version: Version,
	}
	r.Digest, r.Digests = digests(t.Cells)
	discards := make([]float64, len(t.Cells))
	for i, f := range t.Cells {
		discards[i] = f.Discard.Seconds()
	}
	r.DiscardS = output.Interval(discards, output.Level).Mean
	r.Detail = t.detail()
	for _, name := range t.metrics {
		r.Metrics[name] = metric(t.unit(name), t.estimate(0, name, output.Level))
	}
	t.pool(r)
	for _, name := range t.expectationNames() {
		r.Expectations[name] = t.Judge(name)
	}
	r.Warnings = slices.Concat(t.survivors(), warnings(t.Cells), t.imprecise(), t.correlated())
	for _, p := range t.overruled() {
		r.Warnings = append(r.Warnings, p.Key+" "+p.Text)
	}
	return r
}

// digests are the replications' and the one that is folded over them in their
// order.
func digests(cells []*Figures) (all string, each []string) {
	h := fnv.New64a()
	for _, f := range cells {
		text := fmt.Sprintf("%016x", f.Digest)
		each = append(each, text)
		h.Write([]byte(text))
	}
	return fmt.Sprintf("%016x", h.Sum64()), each
}

// limits sums the replications' limits up: those of the first replication
// first, then those that others add.
func limits(cells []*Figures) []Limit {
	var list []Limit
	for i, f := range cells {
		for _, l := range f.Limits {
			at := slices.IndexFunc(list, func(known Limit) bool { return known.Place == l.Place && known.Name == l.Name })
			if at < 0 {
				at = len(list)
				first := l
				if i > 0 {
					first.Spans = nil
				}
				list = append(list, Limit{Limit: first})
			}
			list[at].add(l.Spans, len(cells))
		}
	}
	return list
}

// add counts one of n replications.
func (l *Limit) add(spans []site.Span, n int) {
	if len(spans) > 0 {
		l.Bound++
	}
	for _, s := range spans {
		l.Mean += (s.To - s.From).Seconds() / float64(n)
	}
}

// detail is what lies behind the figures; what happened minute by minute only
// where it was kept.
func (t *Trial) detail() Detail {
	d := Detail{
		Limits: limits(t.Cells), Failures: t.failures(), Latency: new(tally.Histogram),
		Unpriced: t.Spec.Unpriced(), Unused: t.Spec.Unused(), Exposure: t.Spec.Exposure(), Alternatives: t.Spec.Alternatives(),
	}
	if h := t.history; h != nil {
		d.Series, d.Log, d.Alarms, d.Usage, d.Settings = h.first.Series, h.first.Log, h.first.Alarms, h.first.Usage, t.Spec.Settings()
		d.Trace, d.Minutes = h.first.Trace, h.of(len(t.Cells))
	}
	if t.Spec.Start != nil {
		d.Start = t.Spec.Start.In(t.Spec.Timezone.Location)
	}
	for _, f := range t.Cells {
		d.Latency.Merge(f.Windows[0].Latency)
	}
	return d
}

// failures are the shares of failed requests among those offered, by cause. A
// share is that of each replication: failures and load rise together, so the
// interval of a count does not tell that of its share.
func (t *Trial) failures() map[string]Metric {
	shares := make(map[string]Metric)
	offered := t.Values("requests.offered")
	for _, name := range t.metrics {
		cause, found := strings.CutPrefix(name, "errors.")
		if !found {
			continue
		}
		list := t.Values(name)
		for i := range list {
			list[i] /= offered[i]
		}
		shares[cause] = metric("share", output.Interval(list, output.Level))
	}
	return shares
}

// estimate is a metric's in a window.
func (t *Trial) estimate(window int, name string, level float64) output.Estimate {
	if window == 0 && t.options.Batches > 0 && t.Spec.Average(name) {
		return t.batches(name, level).Estimate
	}
	return output.Interval(t.values(window, name), level)
}

func metric(unit string, e output.Estimate) Metric {
	return Metric{Unit: unit, Mean: e.Mean, Lo: e.Lo, Hi: e.Hi, N: e.N}
}

func (s *Study) unit(metric string) string {
	unit, ok := s.units[metric]
	if !ok {
		panic("experiments: the reference does not know the metric " + metric)
	}
	return string(unit)
}

// pooledQuantiles are given beside the means of the replications' quantiles.
var pooledQuantiles = []struct {
	name string
	q    float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}}

// pool adds the quantiles over the requests of all replications together, each
// with the interval that the replications' own give it.
func (t *Trial) pool(r *Result) {
	if r.Replications < 2 || r.Detail.Latency.Count() == 0 {
		return
	}
	for _, p := range pooledQuantiles {
		pooled := r.Detail.Latency.Quantile(p.q) / 1e9
		r.Metrics["latency."+p.name+".pooled"] = metric("s", output.Section(pooled, t.Values("latency."+p.name), output.Level))
	}
}

// Judge compares an expectation's metric with its bound.
func (t *Trial) Judge(name string) Expectation { return t.JudgeAt(name, output.Level) }

// JudgeAt is Judge by an interval of another level, 0 < level < 1.
func (t *Trial) JudgeAt(name string, level float64) Expectation {
	spec := t.Spec.Expectations[name]
	window := t.window(spec)
	metric, seconds := t.asked(name)
	sample := t.values(window, metric)
	e := t.estimate(window, metric, level)
	b := bound(spec)
	verdict := b.JudgeAt(sample, level)
	if len(sample) == 1 && e.N > 1 && b.Relation != output.Equals {
		verdict = b.JudgeInterval(e) // one run with batches
	}
	return Expectation{
		Verdict: verdict, Metric: metric, Unit: t.unit(metric),
		Value: e.Mean, Lo: e.Lo, Hi: e.Hi, During: seconds, Bound: b,
		Each: sample, Met: met(b, sample),
	}
}

// asked is what an expectation is about: a metric, in the whole measured run or
// from one second to another.
func (s *Study) asked(name string) (metric string, seconds *[2]float64) {
	spec := s.Spec.Expectations[name]
	if spec.During != nil {
		span := during(spec)
		seconds = &[2]float64{span.From.Seconds(), span.To.Seconds()}
	}
	return spec.Metric, seconds
}

// met counts the values that are inside the bound.
func met(b output.Bound, values []float64) int {
	n := 0
	for _, v := range values {
		if b.Judge([]float64{v}) == output.Pass {
			n++
		}
	}
	return n
}

// warnings are those of the replications, one for each thing that they are
// about: the first replication's that has it, with the number of those that
// share it where not all do, or where their figures differ.
func warnings(cells []*Figures) []string {
	var list []string
	for _, first := range firstWarnings(cells) {
		shared, same := 0, true
		for _, o := range cells {
			for _, w := range o.Warnings {
				if w.About == first.About {
					shared++
					same = same && w.Text == first.Text
				}
			}
		}
		switch n := len(cells); {
		case !same:
			list = append(list, fmt.Sprintf("%s (the first of %d among %d replications)", first.Text, shared, n))
		case shared < n:
			list = append(list, fmt.Sprintf("%s (%d of %d replications)", first.Text, shared, n))
		default:
			list = append(list, first.Text)
		}
	}
	return list
}

// firstWarnings are the first warnings about each thing.
func firstWarnings(cells []*Figures) []site.Warning {
	var list []site.Warning
	for _, o := range cells {
		for _, w := range o.Warnings {
			if !slices.ContainsFunc(list, func(known site.Warning) bool { return known.About == w.About }) {
				list = append(list, w)
			}
		}
	}
	return list
}

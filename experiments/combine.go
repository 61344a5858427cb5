package experiments

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// result combines the outcomes of the replications, in their order.
func (s *Study) result(outcomes []outcome) *Result {
	spec := s.Spec
	r := &Result{
		Scenario: s.Name, Source: s.Source, Variant: s.Variant, Sets: s.Sets, Title: spec.Title, Seed: spec.Seed,
		Replications: len(outcomes), DurationS: s.end().Seconds(),
		Metrics: make(map[string]Metric), Expectations: make(map[string]Expectation),
		Version: Version,
	}
	r.Digest, r.Digests = digests(outcomes)
	discards := make([]float64, len(outcomes))
	for i, o := range outcomes {
		discards[i] = o.discard.Seconds()
	}
	r.DiscardS = output.Interval(discards, output.Level).Mean
	r.Detail = s.detail(outcomes)
	for _, name := range spec.MetricNames() {
		r.Metrics[name] = estimate(s.unit(name), values(outcomes, 0, name))
	}
	r.pool()
	for _, name := range s.expectationNames() {
		r.Expectations[name] = s.judge(name, outcomes)
	}
	r.Warnings = warnings(outcomes)
	return r
}

// digests are the replications' and the one that is folded over them in their
// order.
func digests(outcomes []outcome) (all string, each []string) {
	h := fnv.New64a()
	for _, o := range outcomes {
		text := fmt.Sprintf("%016x", o.Digest)
		each = append(each, text)
		h.Write([]byte(text))
	}
	return fmt.Sprintf("%016x", h.Sum64()), each
}

// limits sums the replications' limits up: those of the first replication
// first, then those that others add.
func limits(outcomes []outcome) []Limit {
	var list []Limit
	for i, o := range outcomes {
		for _, l := range o.Limits {
			at := slices.IndexFunc(list, func(known Limit) bool { return known.Place == l.Place && known.Name == l.Name })
			if at < 0 {
				at = len(list)
				first := l
				if i > 0 {
					first.Spans = nil
				}
				list = append(list, Limit{Limit: first})
			}
			list[at].add(l.Spans, len(outcomes))
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

// detail is the first replication, with the limits, failures and latencies of
// all.
func (s *Study) detail(outcomes []outcome) Detail {
	first := outcomes[0]
	d := Detail{
		Series: first.Series, Log: first.Log, Limits: limits(outcomes), Alarms: first.Alarms,
		Failures: failures(s.Spec.MetricNames(), outcomes), Latency: new(tally.Histogram), Unpriced: s.Spec.Unpriced(), Unused: s.Spec.Unused(), Exposure: s.Spec.Exposure(), Alternatives: s.Spec.Alternatives(),
	}
	if s.Spec.Start != nil {
		d.Start = s.Spec.Start.In(s.Spec.Timezone.Location)
	}
	for _, o := range outcomes {
		d.Latency.Merge(&o.Windows[0].Latency)
	}
	return d
}

// failures are the shares of failed requests among those offered, by cause. A
// share is that of each replication: failures and load rise together, so the
// interval of a count does not tell that of its share.
func failures(metrics []string, outcomes []outcome) map[string]Metric {
	shares := make(map[string]Metric)
	offered := values(outcomes, 0, "requests.offered")
	for _, name := range metrics {
		cause, found := strings.CutPrefix(name, "errors.")
		if !found {
			continue
		}
		list := values(outcomes, 0, name)
		for i := range list {
			list[i] /= offered[i]
		}
		shares[cause] = estimate("share", list)
	}
	return shares
}

// values are a metric's in a window, one a replication; NaN without a sample.
func values(outcomes []outcome, window int, name string) []float64 {
	list := make([]float64, len(outcomes))
	for i, o := range outcomes {
		v, ok := o.Windows[window].Metrics[name]
		if !ok {
			v = math.NaN()
		}
		list[i] = v
	}
	return list
}

func estimate(unit string, values []float64) Metric {
	e := output.Interval(values, output.Level)
	return Metric{Unit: unit, Mean: e.Mean, Lo: e.Lo, Hi: e.Hi, N: e.N}
}

func (s *Study) unit(metric string) string {
	unit, ok := s.Spec.Unit(metric)
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

// pool adds the quantiles over the requests of all replications together.
func (r *Result) pool() {
	if r.Replications < 2 || r.Detail.Latency.Count() == 0 {
		return
	}
	for _, p := range pooledQuantiles {
		v := r.Detail.Latency.Quantile(p.q) / 1e9
		r.Metrics["latency."+p.name+".pooled"] = Metric{Unit: "s", Mean: v, Lo: math.NaN(), Hi: math.NaN(), N: 1}
	}
}

// judge compares an expectation's metric with its bound.
func (s *Study) judge(name string, outcomes []outcome) Expectation {
	spec := s.Spec.Expectations[name]
	window := 0
	var seconds *[2]float64
	if spec.During != nil {
		span := during(spec)
		window = 1 + slices.Index(s.windows(), span)
		seconds = &[2]float64{span.From.Seconds(), span.To.Seconds()}
	}
	sample := values(outcomes, window, spec.Metric)
	e := output.Interval(sample, output.Level)
	b := bound(spec)
	return Expectation{
		Verdict: b.Judge(sample), Metric: spec.Metric, Unit: s.unit(spec.Metric),
		Value: e.Mean, Lo: e.Lo, Hi: e.Hi, During: seconds, Bound: b,
		Each: sample, Met: met(b, sample),
	}
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
func warnings(outcomes []outcome) []string {
	var list []string
	for _, first := range firstWarnings(outcomes) {
		shared, same := 0, true
		for _, o := range outcomes {
			for _, w := range o.Warnings {
				if w.About == first.About {
					shared++
					same = same && w.Text == first.Text
				}
			}
		}
		switch n := len(outcomes); {
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
func firstWarnings(outcomes []outcome) []site.Warning {
	var list []site.Warning
	for _, o := range outcomes {
		for _, w := range o.Warnings {
			if !slices.ContainsFunc(list, func(known site.Warning) bool { return known.About == w.About }) {
				list = append(list, w)
			}
		}
	}
	return list
}

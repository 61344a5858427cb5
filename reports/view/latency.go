package view

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// Quantiles are the latencies that are drawn over time, the greatest first, by
// their names; their columns are ColumnOf.
var Quantiles = []string{"p99", "p95", "p50"}

// ColumnOf is the column, and the metric, of a quantile of the latency.
func ColumnOf(quantile string) string { return "latency." + quantile }

// Objective is a bound on one of the quantiles drawn.
type Objective struct {
	Span             // in which it is to hold
	Name     string  // "p99 at most 300 ms"
	Quantile string  // "p99"
	At       float64 // seconds of latency
	least    bool
}

// broken reports whether a value is beyond the bound.
func (o Objective) broken(v float64) bool {
	if o.least {
		return v < o.At
	}
	return v > o.At
}

// Objectives are the bounds that expectations put on the quantiles drawn, in
// the order of the expectations' names.
func (d *Data) Objectives() []Objective {
	var all []Objective
	for _, name := range slices.Sorted(maps.Keys(d.Expectations)) {
		e := d.Expectations[name]
		quantile, found := strings.CutPrefix(e.Metric, "latency.")
		if !found || !slices.Contains(Quantiles, quantile) {
			continue
		}
		o := Objective{Span: Span{0, d.Clock.Duration}, Quantile: quantile}
		if e.During != nil {
			o.Span = Span{e.During[0], e.During[1]}
		}
		if !math.IsInf(e.Bound.Hi, 0) {
			o.At, o.Name = e.Bound.Hi, quantile+" at most "+units.Format(e.Bound.Hi, "s")
			all = append(all, o)
		}
		if !math.IsInf(e.Bound.Lo, 0) && e.Bound.Relation != output.Equals {
			o.At, o.Name, o.least = e.Bound.Lo, quantile+" at least "+units.Format(e.Bound.Lo, "s"), true
			all = append(all, o)
		}
	}
	return all
}

// Missed are the minutes in which the objective does not hold.
func (d *Data) Missed(o Objective) []bool {
	missed := make([]bool, d.Minutes())
	for i, v := range d.Column("%s", ColumnOf(o.Quantile)) {
		missed[i] = d.Edges[i] >= o.From && d.Edges[i+1] <= o.To && o.broken(v)
	}
	return missed
}

// Unanswered is the share of the requests that failed, and so have no part in
// the latencies, and the greatest of a minute.
func (d *Data) Unanswered() (shares Course, most float64) {
	shares = d.Course("availability")
	for i, available := range shares.Values {
		shares.Values[i] = 1 - available
	}
	_, most = Peak(shares.Values)
	return shares, most
}

// VisibleFailures is the share from which failures can be seen beside latencies.
const VisibleFailures = 0.01

// LatencyText says when objectives were missed, or when the latency was greatest.
func (d *Data) LatencyText() string {
	said := d.missedText()
	for _, q := range Quantiles {
		if values := d.Column("%s", ColumnOf(q)); values != nil && len(said) == 0 {
			at, most := Peak(values)
			said = append(said, fmt.Sprintf("%s is greatest at %s, %s.", q, d.Clock.Minute(d.Edges[at]), units.Format(most, "s")))
		}
	}
	if _, most := d.Unanswered(); most >= VisibleFailures {
		said = append(said, fmt.Sprintf("Failed requests have no latency here; they are up to %s of a minute's.", units.Format(most, "share")))
	}
	return strings.Join(said, " ")
}

// missedText is a sentence for each objective.
func (d *Data) missedText() []string {
	var said []string
	for _, o := range d.Objectives() {
		missed := d.Missed(o)
		spans := d.Spans(func(i int) bool { return missed[i] })
		if len(spans) == 0 {
			said = append(said, o.Name+" in every minute.")
			continue
		}
		side := "above "
		if o.least {
			side = "below "
		}
		said = append(said, fmt.Sprintf("%s %s%s %s.", o.Quantile, side, units.Format(o.At, "s"), d.SayAll(spans)))
	}
	return said
}

// Pin is an objective for a latency: a name at a time in seconds.
type Pin struct {
	Name string
	At   float64
}

// Pins are the objectives for latencies of the whole run, all quantiles and the
// mean among them, in the order of the expectations' names.
func (d *Data) Pins() []Pin {
	var pins []Pin
	for _, name := range slices.Sorted(maps.Keys(d.Expectations)) {
		e := d.Expectations[name]
		if quantile, found := strings.CutPrefix(e.Metric, "latency."); found && e.Bound.Relation == output.AtMost {
			pins = append(pins, Pin{quantile + " at most " + units.Format(e.Bound.Hi, "s"), e.Bound.Hi})
		}
	}
	return pins
}

// Points is a curve: a share at each time.
type Points struct{ Seconds, Shares []float64 }

// fastest is the share of the fastest requests that is left out, lest a few of
// them stretch the axis over decades in which nothing happens.
const fastest = 0.001

// Distribution is the share of latencies within each time, and the share beyond
// it or at it, as far as that is not below least, which is that of one request, or
// a millionth, and a tenth at most, as few requests need an axis too; low and high,
// in seconds, are where the axis begins and ends.
func Distribution(h *tally.Histogram) (within, beyond Points, low, high, least float64) {
	least = min(max(1/float64(h.Count()), 1e-6), 0.1)
	from := h.Quantile(fastest)
	var count uint64
	for b := range h.Buckets() {
		if b.Middle() < from {
			count += b.Count
			continue
		}
		x := math.Max(b.Middle(), 1) / 1e9
		if later := float64(h.Count()-count) / float64(h.Count()); later >= least {
			beyond.Seconds = append(beyond.Seconds, x)
			beyond.Shares = append(beyond.Shares, later)
		}
		count += b.Count
		within.Seconds = append(within.Seconds, x)
		within.Shares = append(within.Shares, float64(count)/float64(h.Count()))
	}
	low, high = math.Max(from, 1)/1e9, math.Max(h.Quantile(1), 1)/1e9
	if high <= low*1.02 { // all alike
		low, high = low/2, high*2
	}
	return within, beyond, low, high, least
}

// DistributionText says within which time most requests are answered.
func DistributionText(h *tally.Histogram) string {
	at := func(q float64) string { return units.Format(h.Quantile(q)/1e9, "s") }
	return fmt.Sprintf("Half of the requests are answered within %s, 95 of 100 within %s, 99 of 100 within %s; the slowest takes %s.",
		at(0.5), at(0.95), at(0.99), units.Format(float64(h.Max())/1e9, "s"))
}

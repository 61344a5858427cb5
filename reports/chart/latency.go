package chart

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/units"
)

// quantile is a column of the series with its name and look.
type quantile struct {
	column, name string
	style        draw.LineStyle
}

// quantiles are the latencies that are drawn over time, the greatest first.
var quantiles = []quantile{
	{"latency.p99", "p99", stroke(green, 1.7)},
	{"latency.p95", "p95", stroke(red, 1.3, 5, 2)},
	{"latency.p50", "p50", stroke(blue, 1)},
}

// latency shows the quantiles of latency over time against the objectives.
func latency(d *data) *Plot {
	var drawn [][]float64
	var marks []mark
	for _, q := range quantiles {
		if values := d.column("%s", q.column); values != nil {
			drawn = append(drawn, values)
			marks = append(marks, curve{q.name, d.middles(), values, q.style})
		}
	}
	if len(marks) == 0 {
		return nil
	}
	limits := d.objectives()
	for _, l := range limits {
		drawn = append(drawn, []float64{l.at})
	}
	p := &panel{height: 230, y: fitting("s", drawn...)}
	p.heading = "Latency of completed requests"
	if p.y.log {
		p.heading += ", logarithmic scale"
	}
	for _, l := range limits {
		marks = append(marks, l.bound)
	}
	p.marks = append(d.missed(p.y, limits), marks...)
	f := d.timed()
	f.panels = []*panel{p}
	alt := d.latencyAlt(limits)
	if without, most := d.unanswered(); most >= visible {
		f.panels = append(f.panels, without)
		alt += fmt.Sprintf(" Failed requests have no latency here; they are up to %s of a minute's.", units.Format(most, "share"))
	}
	return &Plot{Name: "latency", Title: "Latency, minute by minute" + d.first(), Alt: alt, figure: f}
}

// visible is the share from which failures can be seen in their panel.
const visible = 0.01

// unanswered shows the share of the requests that failed, and so have no part in the
// latencies, and the greatest of a minute.
func (d *data) unanswered() (*panel, float64) {
	available := d.column("availability")
	shares := d.zeros()
	for i := range available {
		shares[i] = 1 - available[i]
	}
	_, most := peak(shares)
	return &panel{
		heading: "Failed requests, without a latency above", height: 60, y: percentAxis(),
		marks: []mark{layer{name: "failed", edges: d.edges, base: d.zeros(), top: shares, fill: failed}},
	}, most
}

// objective is a bound on one of the quantiles drawn.
type objective struct {
	bound
	column string
	broken func(v float64) bool
}

// objectives are the bounds that expectations put on the quantiles drawn, in
// the order of the expectations' names.
func (d *data) objectives() []objective {
	var all []objective
	for _, name := range slices.Sorted(maps.Keys(d.Expectations)) {
		e := d.Expectations[name]
		i := slices.IndexFunc(quantiles, func(q quantile) bool { return q.column == e.Metric })
		if i < 0 {
			continue
		}
		from, to := 0.0, d.clock.Duration
		if e.During != nil {
			from, to = e.During[0], e.During[1]
		}
		line := bound{from: from, to: to, style: stroke(purple, 1.5, 2, 2)}
		if !math.IsInf(e.Bound.Hi, 0) {
			line.at, line.name = e.Bound.Hi, quantiles[i].name+" at most "+units.Format(e.Bound.Hi, "s")
			all = append(all, objective{line, e.Metric, func(v float64) bool { return v > e.Bound.Hi }})
		}
		if !math.IsInf(e.Bound.Lo, 0) && e.Bound.Relation != output.Equals {
			line.at, line.name = e.Bound.Lo, quantiles[i].name+" at least "+units.Format(e.Bound.Lo, "s")
			all = append(all, objective{line, e.Metric, func(v float64) bool { return v < e.Bound.Lo }})
		}
	}
	return all
}

// inside reports whether the objective applies to the i-th minute.
func (o objective) inside(d *data, i int) bool {
	return d.edges[i] >= o.from && d.edges[i+1] <= o.to
}

// missed shades the minutes in which an objective does not hold.
func (d *data) missed(y axis, limits []objective) []mark {
	base, top := d.zeros(), d.zeros()
	any := false
	for i := range top {
		base[i], top[i] = y.min, y.min
		for _, l := range limits {
			if l.inside(d, i) && l.broken(d.column("%s", l.column)[i]) {
				top[i], any = y.max, true
			}
		}
	}
	if !any {
		return nil
	}
	return []mark{layer{"objective missed", d.edges, base, top, light(failed, 0.16), false}}
}

func (d *data) latencyAlt(limits []objective) string {
	var said []string
	for _, l := range limits {
		values := d.column("%s", l.column)
		quantile := strings.TrimPrefix(l.column, "latency.")
		missed := d.spans(func(i int) bool { return l.inside(d, i) && l.broken(values[i]) })
		if len(missed) == 0 {
			said = append(said, fmt.Sprintf("%s in every minute.", l.name))
			continue
		}
		side := "above "
		if strings.Contains(l.name, "least") {
			side = "below "
		}
		said = append(said, fmt.Sprintf("%s %s%s %s.", quantile, side, units.Format(l.at, "s"), d.sayAll(missed)))
	}
	for _, q := range quantiles {
		if values := d.column("%s", q.column); values != nil && len(said) == 0 {
			at, most := peak(values)
			said = append(said, fmt.Sprintf("%s is greatest at %s, %s.", q.name, d.clock.Minute(d.edges[at]), units.Format(most, "s")))
		}
	}
	return strings.Join(said, " ")
}

package chart

import (
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/reports/view"
)

// quantileStyles are the looks of the quantiles of latency.
var quantileStyles = map[string]draw.LineStyle{
	"p99": stroke(green, 1.7), "p95": stroke(red, 1.3, 5, 2), "p50": stroke(blue, 1, 7, 2, 1.5, 2),
}

// latency shows the quantiles of latency over time against the objectives.
func latency(d *data) *Plot {
	var drawn [][]float64
	var marks []mark
	for _, q := range view.Quantiles {
		if c := d.Course("%s", view.ColumnOf(q)); c.Values != nil {
			drawn = append(drawn, c.Values, c.Highs())
			marks = append(marks, d.curve(q, "s", c, quantileStyles[q])...)
		}
	}
	if len(marks) == 0 {
		return nil
	}
	objectives := d.Objectives()
	for _, o := range objectives {
		drawn = append(drawn, []float64{o.At})
	}
	p := &panel{height: 230, y: fitting("s", drawn...)}
	p.heading = "Latency of completed requests"
	if p.y.log {
		p.heading += ", logarithmic scale"
	}
	for _, o := range objectives {
		marks = append(marks, bound{o.Name, o.At, o.From, o.To, stroke(purple, 1.5, 2, 2)})
	}
	p.marks = append(d.missed(p.y, objectives), marks...)
	f := d.timed()
	f.panels = []*panel{p}
	if shares, most := d.Unanswered(); most >= view.VisibleFailures {
		f.panels = append(f.panels, d.unanswered(shares))
	}
	return &Plot{Name: "latency", Title: "Latency, minute by minute" + d.Over(), Alt: d.LatencyText(), figure: f}
}

// unanswered shows the share of the requests that failed, and so have no part in
// the latencies.
func (d *data) unanswered(shares view.Course) *panel {
	_, top := extent(shares.Values, shares.Highs())
	return &panel{
		heading: "Failed requests, without a latency above", height: 60, y: fromZero(min(top, 1), "share"),
		marks: append([]mark{layer{name: "failed", edges: d.Edges, base: d.Zeros(), top: shares.Values, fill: failed}}, d.brim("share", shares)...),
	}
}

// missed shades the minutes in which an objective does not hold.
func (d *data) missed(y axis, objectives []view.Objective) []mark {
	base, top := d.Zeros(), d.Zeros()
	for i := range top {
		base[i], top[i] = y.min, y.min
	}
	any := false
	for _, o := range objectives {
		for i, missed := range d.Missed(o) {
			if missed {
				top[i], any = y.max, true
			}
		}
	}
	if !any {
		return nil
	}
	return []mark{layer{"objective missed", d.Edges, slices.Clone(base), top, light(failed, 0.16), false}}
}

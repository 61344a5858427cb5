package chart

import (
	"slices"

	"github.com/headroom-sim/headroom/reports/view"
)

// load shows what was asked and what was served, and below it, where requests
// failed, for what causes.
func load(d *data) *Plot {
	offered, served := d.RateCourse("offered"), d.RateCourse("completed")
	if offered.Values == nil || served.Values == nil {
		return nil
	}
	_, top := extent(offered.Values, offered.Highs(), served.Values)
	f := d.timed()
	f.panels = append(f.panels, &panel{
		heading: "Requests per second", height: 170, y: fromZero(top, "1/s"),
		marks: append(
			[]mark{layer{name: "served", edges: d.Edges, base: d.Zeros(), top: served.Values, fill: light(blue, 0.35)}},
			d.stairs("offered", "1/s", offered, stroke(blue, 1.4))...),
	})
	if causes := d.Causes(); len(causes) > 0 {
		f.panels = append(f.panels, d.failures(causes))
	}
	return &Plot{Name: "load", Title: "Requests offered and served" + d.Over(), Alt: d.LoadText(), figure: f}
}

// failures stacks the causes on each other.
func (d *data) failures(causes []view.Cause) *panel {
	colours := []tint{failed, blue, purple, green}
	p := &panel{heading: "Failed requests per second, by cause", height: 90}
	base := d.Zeros()
	for i, k := range causes {
		top := slices.Clone(base)
		for j, v := range k.Rates {
			if v > 0 {
				top[j] += v
			}
		}
		p.marks = append(p.marks, layer{k.Name, d.Edges, base, top, colours[i], i%2 == 1})
		base = top
	}
	slices.Reverse(p.marks) // names from the top down as the layers are
	all := d.RateCourse("failed")
	p.marks = append(p.marks, d.brim("1/s", all)...)
	_, highest := extent(base, all.Highs())
	p.y = fromZero(highest, "1/s")
	return p
}

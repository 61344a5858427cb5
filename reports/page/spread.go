package page

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// spread is a picture of the distribution of latencies.
type spread struct {
	ID, Title, Text string
	Height          int
	Path, Grid      template.HTMLAttr
	Pins            template.HTMLAttr
	Side, Bottom    []label
	Names           []label // of the pins
	Points          []point
}

// point is a quantile on the curve, in percent of the width and the height.
type point struct {
	Left, Top float64
	Text      string
	Before    bool // the text is at the left of the point
}

// spreadWidth is the width to which the curve is drawn, and then stretched.
const spreadWidth = 1000

// spreads are the share answered within a time, and, on a scale that shows the
// last few, the share answered later.
func (d *data) spreads() []*spread {
	h := d.Detail.Latency
	if h == nil || h.Count() == 0 {
		return nil
	}
	within, beyond, low, high, least := view.Distribution(h)
	x := view.LogAxis(low, high, "s", 2)
	first := d.spread("within", "Share of requests answered within the time", x, view.PercentAxis(), within)
	rest := d.spread("beyond", "Share answered later, logarithmic scale", x, view.LogAxis(least, 1, "share", 2), beyond)
	first.Text = view.DistributionText(h)
	rest.Text = "The last few of the requests: how many wait longer than a time."
	for _, q := range []float64{0.5, 0.95} {
		first.mark(x, view.PercentAxis(), h.Quantile(q)/1e9, q, "p"+quantileName(q))
	}
	for _, q := range []float64{0.9, 0.99, 0.999, 0.9999} {
		if float64(h.Count())*(1-q) >= 10 { // else hardly a quantile of so few
			rest.mark(x, view.LogAxis(least, 1, "share", 2), h.Quantile(q)/1e9, 1-q, "p"+quantileName(q))
		}
	}
	return []*spread{first, rest}
}

// quantileName is "99.9" for 0.999.
func quantileName(q float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", 100*q), "0"), ".")
}

// spread draws a curve over the logarithmic axis of time.
func (d *data) spread(id, title string, x, y view.Axis, curve view.Points) *spread {
	s := &spread{ID: id, Title: title, Height: 200}
	down := scale{y, float64(s.Height)}
	var line, grid, pins path
	for i, at := range curve.Seconds {
		left := spreadWidth * x.Share(at)
		if i == 0 {
			line.move(left, down.y(curve.Shares[0]))
			continue
		}
		line.line(left, down.y(curve.Shares[i]))
	}
	for _, t := range y.Ticks {
		grid.move(0, down.y(t.At))
		grid.across(spreadWidth)
		if t.Label != "" {
			s.Side = append(s.Side, label{At: percent(down.y(t.At) / down.height), Text: t.Label})
		}
	}
	for _, t := range x.Ticks {
		if t.Label != "" {
			s.Bottom = append(s.Bottom, label{At: percent(x.Share(t.At)), Text: t.Label})
			grid.move(spreadWidth*x.Share(t.At), 0)
			grid.up(down.height)
		}
	}
	s.Bottom = thinned(s.Bottom)
	for _, p := range d.Pins() {
		if x.Min <= p.At && p.At <= x.Max {
			pins.move(spreadWidth*x.Share(p.At), 0)
			pins.up(down.height)
			s.Names = append(s.Names, label{At: percent(x.Share(p.At)), Text: p.Name})
		}
	}
	s.Path, s.Grid, s.Pins = attribute(string(line.text)), attribute(string(grid.text)), attribute(string(pins.text))
	return s
}

// mark names a quantile on the curve.
func (s *spread) mark(x, y view.Axis, seconds, share float64, name string) {
	down := scale{y, 100}
	s.Points = append(s.Points, point{
		Left: percent(x.Share(seconds)), Top: percent(down.y(share) / 100), Text: name + " " + units.Format(seconds, "s"), Before: x.Share(seconds) > 0.7,
	})
}

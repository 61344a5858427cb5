package view

import (
	"math"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
)

// DifferencesText tells in which of the metrics arms are shown to differ, and by how
// much.
func DifferencesText(c *experiments.Comparison, metrics []string) string {
	var said []string
	for i, change := range c.Changes {
		var parts, none []string
		for _, metric := range metrics {
			d, ok := change.Metrics[metric]
			switch {
			case !ok || d.N == 0:
			case d.Shows() == experiments.None || d.Shows() == experiments.Same:
				none = append(none, metric)
			default:
				parts = append(parts, metric+" "+ByHowMuch(d, d.Simultaneous))
			}
		}
		if len(none) > 0 {
			parts = append(parts, "no difference shown in "+strings.Join(none, ", "))
		}
		said = append(said, c.Arms[i+1].Name+" against "+c.Arms[0].Name+": "+strings.Join(parts, ", "))
	}
	return strings.Join(said, "; ") + "."
}

// Alike reports whether nobody minds by how much the arms differ.
func Alike(c *experiments.Comparison, o experiments.Objective) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, a := range c.Arms {
		low, high = min(low, a.Metrics[o.Metric].Mean), max(high, a.Metrics[o.Metric].Mean)
	}
	return high-low <= o.Tolerance
}

// FrontierText tells what each arm gave of the objectives, and where it stands.
func FrontierText(c *experiments.Comparison) string {
	var said []string
	for i, s := range c.Frontier.Standings {
		a := c.Arms[i]
		var values []string
		for _, o := range c.Frontier.Objectives {
			m := a.Metrics[o.Metric]
			values = append(values, o.Metric+" "+units.Format(m.Mean, m.Unit))
		}
		text := a.Name + ": " + strings.Join(values, ", ")
		switch {
		case !s.On():
			text += ", dominated by " + strings.Join(s.DominatedBy, " and ")
		case len(s.ChallengedBy) > 0:
			text += ", perhaps dominated by " + strings.Join(s.ChallengedBy, " and ")
		default:
			text += ", on the frontier"
		}
		said = append(said, text)
	}
	return strings.Join(said, "; ") + "."
}

// ValuesOf are a metric's means in all arms and the ends of their intervals; shares
// do not go beyond 1.
func ValuesOf(c *experiments.Comparison, metric string) []float64 {
	var values []float64
	for _, a := range c.Arms {
		m := a.Metrics[metric]
		values = append(values, m.Mean)
		if !math.IsNaN(m.Lo) {
			values = append(values, m.Lo, m.Hi)
		}
		if n := len(values); m.Unit == "share" && m.Mean <= 1 {
			values[n-1] = min(values[n-1], 1)
		}
	}
	return values
}

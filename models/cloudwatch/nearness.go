package cloudwatch

import "github.com/headroom-sim/headroom/engine"

// Nearness is how near an alarm has come to ALARM, or how far beyond its
// threshold its metric went.
type Nearness struct {
	// Metric is the datapoint that came nearest to the threshold or went
	// furthest beyond it, in the metric's unit; meaningless where Seen is 0.
	Metric float64
	// At is the end of that datapoint's period.
	At engine.Time
	// Breaching is the most datapoints that breached in one evaluation.
	Breaching int
	// Seen counts the evaluations that had a datapoint.
	Seen int
}

// observe takes in the newest datapoint of an evaluation.
func (n *Nearness) observe(a *Alarm) {
	if len(a.Points) == 0 {
		return
	}
	x := a.Points[0].Float64()
	if nearer := x > n.Metric == a.Rule.Comparison.Upward() && x != n.Metric; nearer || n.Seen == 0 {
		n.Metric, n.At = x, a.view.until
	}
	n.Seen++
	breaching := 0
	for _, m := range a.view.marks {
		if m == breach {
			breaching++
		}
	}
	n.Breaching = max(n.Breaching, breaching)
}

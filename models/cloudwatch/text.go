package cloudwatch

import (
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// logCause tells how the alarm came about, in events that lie before the alarm:
// when the breach began, when the newest period behind the alarm ended, and when
// it could be seen.
func (a *Alarm) logCause() {
	o := &a.Onset
	a.log(o.Breach, timeline.Breach, a.measured()+" "+a.condition()+" from here on")
	a.log(o.PeriodEnd, timeline.PeriodEnd, "the period of "+span(a.Rule.Period)+" that completes the breach has ended")
	a.log(o.Published, timeline.Datapoint, "published after "+span(a.Metric.Delay)+": "+a.evidence())
}

// measured is the metric, with the statistic where it is a percentile.
func (a *Alarm) measured() string {
	if a.Rule.Statistic.isPercentile() {
		return a.Metric.Name + " " + a.Rule.Statistic.String()
	}
	return a.Metric.Name
}

// condition is what a breaching datapoint fulfils, such as ">= 80".
func (a *Alarm) condition() string {
	return a.Rule.Comparison.String() + " " + Format(a.Rule.Threshold.Float64())
}

// evidence is the latest evaluation in words: "2 of 3 datapoints > 70 (71.2,
// 64.0, 80.3), 2 are enough", the oldest first.
func (a *Alarm) evidence() string {
	if len(a.Points) == 0 {
		return "no datapoint in the last " + span(engine.Time(len(a.view.marks))*a.Rule.Period) + a.missing()
	}
	breaching := 0
	values := make([]string, len(a.Points))
	for i, r := range a.Points {
		if a.Rule.Comparison.holds(r, a.Rule.Threshold) {
			breaching++
		}
		values[len(values)-1-i] = Figure(r)
	}
	return strconv.Itoa(breaching) + " of " + strconv.Itoa(len(values)) + " datapoints " + a.condition() +
		" (" + strings.Join(values, ", ") + ")" + a.needed(breaching) + a.missing()
}

// needed says how many must breach, where that is not all of those shown: "2 are
// enough", or "2 are needed" where fewer do.
func (a *Alarm) needed(breaching int) string {
	wanted := a.Rule.DatapointsToAlarm
	if wanted == len(a.Points) {
		return ""
	}
	text := ", " + strconv.Itoa(wanted) + " are "
	if wanted == 1 {
		text = ", 1 is "
	}
	if breaching < wanted {
		return text + "needed"
	}
	return text + "enough"
}

// missing says how datapoints that are not there count.
func (a *Alarm) missing() string {
	n := a.Rule.EvaluationPeriods - len(a.Points)
	if n == 0 {
		return ""
	}
	return "; " + plural(n, "datapoint") + " missing, treated as " + a.Rule.Missing.String()
}

func span(t engine.Time) string { return quantity.Duration(t).String() }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Format writes a threshold or a target as a user would: "80", "0.25".
func Format(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// Figure writes a measured value: one decimal, three below 1.
func Figure(r Reading) string {
	x := r.Float64()
	if x > 0 && x < 1 {
		return Decimals(x, 3)
	}
	return Decimals(x, 1)
}

// Decimals writes a number with so many decimals.
func Decimals(x float64, n int) string { return strconv.FormatFloat(x, 'f', n, 64) }

package reports

import (
	"fmt"
	"math"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
)

// hoursOfMonth are those by which the cost of a month is usually told: a twelfth of
// 8,760.
const hoursOfMonth = 730

// rateOf is what an hour costs, and a month where the run may stand for one; both as
// if all time were like the measured part. "" where there is no cost.
func rateOf(r *experiments.Result) string {
	rate := r.Metrics[experiments.CostRate]
	if rate.N == 0 {
		return ""
	}
	text := metric(r, experiments.CostRate)
	if wholeDays(r) {
		text += fmt.Sprintf(", %s in a month of %d h", units.Format(float64(hoursOfMonth*rate.Mean), "USD"), hoursOfMonth)
	}
	return text + ", if every hour were like these " + units.Span(measuredS(r))
}

// measuredS is the length of the measured part, in seconds.
func measuredS(r *experiments.Result) float64 { return r.DurationS - r.DiscardS }

// wholeDays reports whether the measured part is, give or take an hour, one day or
// several: of a part of a day nobody knows what the rest of it costs.
func wholeDays(r *experiments.Result) bool {
	const day, hour = 86400, 3600
	days := math.Round(measuredS(r) / day)
	return days >= 1 && math.Abs(measuredS(r)-float64(days*day)) <= hour
}

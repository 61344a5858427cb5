package reports

import (
	"fmt"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/reports/units"
)

// limits tells which limits bound in the first replication, and when.
func limits(r *experiments.Result) []string {
	var lines []string
	for _, l := range r.Detail.Limits {
		if len(l.Spans) > 0 {
			lines = append(lines, fmt.Sprintf("%s bound %s on %s (%s)", limitName(l.Name), when(r, l), l.Fleet, units.Format(boundFor(l), "s")))
		}
	}
	return lines
}

// when are the first few stretches in which a limit bound.
func when(r *experiments.Result, l site.Limit) string {
	clock := clockOf(r)
	var spans []string
	for _, s := range l.Spans[:min(3, len(l.Spans))] {
		spans = append(spans, clock.Minute(s.From.Seconds())+" to "+clock.Minute(s.To.Seconds()))
	}
	if more := len(l.Spans) - len(spans); more > 0 {
		spans = append(spans, fmt.Sprintf("%d more times", more))
	}
	return strings.Join(spans, ", ")
}

// boundFor is for how many seconds a limit bound on any server.
func boundFor(l site.Limit) float64 {
	var total float64
	for _, s := range l.Spans {
		total += (s.To - s.From).Seconds()
	}
	return total
}

func limitName(name string) string {
	if name == "cpu" {
		return "CPU"
	}
	return name
}

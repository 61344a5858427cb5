package reports

import (
	"fmt"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/site"
)

// whenLimitsBind explains why some server can be at a limit all the time without
// its binding.
const whenLimitsBind = "A limit binds in a minute in which the servers of a fleet, taken together, are at it for half of their time or longer, or in which their processors, or the servers of a service, are busy for 95 % of it."

// limits tells which limits bound, when, and in how many replications.
func limits(r *experiments.Result) []string {
	var lines []string
	for _, l := range r.Detail.Limits {
		if r.Replications < 2 {
			lines = append(lines, fmt.Sprintf("%s bound %s on %s (%s)", limitName(l), when(r, l.Spans), whose(l), units.Format(l.Mean, "s")))
		} else {
			lines = append(lines, fmt.Sprintf("%s bound on %s %s", limitName(l), whose(l), howOften(r, l)))
		}
	}
	return lines
}

// howOften tells in how many replications a limit bound, and when in the first.
func howOften(r *experiments.Result, l experiments.Limit) string {
	text := fmt.Sprintf("in %d of %d replications", l.Bound, r.Replications)
	if l.Bound == r.Replications {
		text = fmt.Sprintf("in all %d replications", r.Replications)
	}
	text += fmt.Sprintf(", %s on average", units.Format(l.Mean, "s"))
	if len(l.Spans) > 0 {
		text += "; in the first " + when(r, l.Spans)
	}
	return text
}

// when are the first few of the stretches in which a limit bound.
func when(r *experiments.Result, spans []site.Span) string {
	clock := clockOf(r)
	var parts []string
	for _, s := range spans[:min(3, len(spans))] {
		parts = append(parts, clock.Minute(s.From.Seconds())+" to "+clock.Minute(s.To.Seconds()))
	}
	if more := len(spans) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more times", more))
	}
	return strings.Join(parts, ", ")
}

func limitName(l experiments.Limit) string {
	if l.Name == "cpu" {
		return "CPU"
	}
	return l.Name
}

// whose is the place that is short, and for whose answers its threads wait.
func whose(l experiments.Limit) string {
	if l.Upstream == "" {
		return l.Place
	}
	return l.Place + ", waiting for " + l.Upstream
}

// longest is the limit that bound for longest among those that are wanted.
func longest(r *experiments.Result, wanted func(experiments.Limit) bool) (worst experiments.Limit, found bool) {
	for _, l := range r.Detail.Limits {
		if wanted(l) && l.Mean > worst.Mean {
			worst, found = l, true
		}
	}
	return worst, found
}

// meanwhile reports whether another limit bound in most of the time in which the
// first did, in the first replication.
func meanwhile(l, other experiments.Limit) bool {
	var all, both engine.Time
	for _, s := range l.Spans {
		all += s.To - s.From
		for _, o := range other.Spans {
			both += span{max(s.From, o.From), min(s.To, o.To)}.length()
		}
	}
	return most(both.Seconds(), all.Seconds())
}

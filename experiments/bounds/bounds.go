// Package bounds tells what the figures of a configuration can be at most and at
// least before it is simulated: from the work that is offered and the capacity
// that there can be, from what each request costs by itself, and where a service
// is a queue of the textbooks, from its closed form. It runs nothing.
//
// A bound is of the expected figure of a replication, and it is certain: what it
// excludes no simulation would show, however long.
//
// Queues of the textbooks are judged in their steady state instead, so that a plan
// of them is Erlang's answer. That is a convention, and no bound: a run begins
// empty, and comes out better on average, by about 1 % at most where it is 25
// relaxation times long. Shorter ones are simulated.
package bounds

import (
	"math"
	"strings"

	"github.com/headroom-sim/headroom/models/scenario"
)

// Figure is what is known of a metric, in its own unit.
type Figure struct {
	Lo, Hi float64 // its mean lies between them
	Steady bool    // that of the steady state, Lo and Hi alike
	Reason string  // where it comes from, in words
}

func anything() Figure { return Figure{Lo: math.Inf(-1), Hi: math.Inf(1)} }

// Of is what is known of the metric of an expectation; ok is false where nothing
// is.
func Of(s *scenario.Spec, e *scenario.Expectation) (f Figure, ok bool) {
	if f, ok = station(s, e); ok {
		return f, true
	}
	if e.During != nil {
		return anything(), false
	}
	switch {
	case e.Metric == "availability":
		return availability(s)
	case e.Metric == "throughput":
		return throughput(s)
	case strings.HasPrefix(e.Metric, "latency."):
		return latency(s, strings.TrimPrefix(e.Metric, "latency."))
	case e.Metric == "cost.total":
		f = anything()
		f.Lo, f.Reason = s.Floor().USD(), "what the least instances and the hours of balancers and services cost"
		return f, true
	}
	return anything(), false
}

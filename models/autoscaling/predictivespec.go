package autoscaling

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/trace"
)

// PredictiveSpec has the keys of a predictive policy beyond metric and target.
type PredictiveSpec struct {
	History                   quantity.File     `toml:"history" for:"predictive" doc:"CSV file of (timestamp, load) per interval, with wall-clock timestamps: requests or bytes in the interval, or the CPU utilization of all instances added up, in percent. What lies before start counts, of at most two weeks; what the run measures is added hour by hour. Left out: the run's own measurements only, and no forecast in the first 24 h." source:"pred: 24 h are needed, up to 14 days are used"`
	Mode                      string            `toml:"mode" for:"predictive" default:"ForecastOnly" oneof:"ForecastOnly ForecastAndScale" doc:"Whether the policy scales, or only tells the timeline what it expects." source:"api-pred"`
	SchedulingBufferTime      quantity.Duration `toml:"scheduling_buffer_time" for:"predictive" default:"300s" range:"0s..3599s" doc:"How long before an hour begins the policy asks for what the hour needs." source:"api-pred"`
	MaxCapacityBreachBehavior string            `toml:"max_capacity_breach_behavior" for:"predictive" default:"HonorMaxCapacity" oneof:"HonorMaxCapacity IncreaseMaxCapacity" doc:"What a forecast above max does: nothing beyond max, or raise max, which then stays." source:"api-pred"`
	MaxCapacityBuffer         *int              `toml:"max_capacity_buffer" for:"predictive" range:"0..100" doc:"By how much a raised max exceeds the forecast, as a whole number, in percent of the forecast; rounded up. Required with IncreaseMaxCapacity." source:"api-pred; that it is rounded up is UNSOURCED"`
}

const (
	increaseMax = "IncreaseMaxCapacity"
	scaleToo    = "ForecastAndScale"
)

// pair is one of AWS's metric pairs: the load that is forecast, and how it
// relates to the target.
type pair struct {
	name   string
	load   string // metric
	levels bool   // it is a level, not a number of things in a period
}

var pairs = []pair{
	{"ASGCPUUtilization", CPUUtilization, true},
	{"ASGNetworkIn", NetworkIn, false},
	{"ASGNetworkOut", NetworkOut, false},
	{"ALBRequestCount", RequestCount, false},
}

func findPair(name string) (pair, bool) {
	k := slices.IndexFunc(pairs, func(p pair) bool { return p.name == name })
	if k < 0 {
		return pair{}, false
	}
	return pairs[k], true
}

// checkPredictive reports what no single key shows about a predictive policy.
func (p *PolicySpec) checkPredictive(report quantity.Report) {
	if _, ok := findPair(p.Metric); !ok && p.Metric != "" {
		names := make([]string, len(pairs))
		for i := range pairs {
			names[i] = pairs[i].name
		}
		report("metric", "must be one of the metric pairs %s %s", strings.Join(names, ", "), quantity.Have(p.Metric))
	}
	if p.History.Name != "" {
		if err := p.checkHistory(); err != nil {
			report("history", "%s: %v", p.History.Name, err)
		}
	}
	switch raise := p.MaxCapacityBreachBehavior == increaseMax; {
	case raise && p.MaxCapacityBuffer == nil:
		report("max_capacity_buffer", "is required where max_capacity_breach_behavior = %q", increaseMax)
	case !raise && p.MaxCapacityBuffer != nil:
		report("max_capacity_buffer", "cannot be used without max_capacity_breach_behavior = %q", increaseMax)
	}
}

func (p *PolicySpec) checkHistory() error {
	recorded, err := p.readHistory(time.UTC)
	if err == nil && !recorded.Absolute() {
		err = fmt.Errorf("timestamps must be wall-clock instants, not seconds since the start of the run")
	}
	return err
}

// readHistory reads the recorded load; see [trace.Parse].
func (p *PolicySpec) readHistory(zone *time.Location) (*trace.Trace, error) {
	return trace.Parse(strings.NewReader(string(p.History.Data)), zone)
}

// checkPredictive reports a second predictive policy that scales: a group has
// one at most [pred].
func (s *Spec) checkPredictive(report quantity.Report) {
	var first string
	for _, name := range sortedKeys(s.Policies) {
		p := s.Policies[name]
		switch {
		case p.Type != "predictive" || p.Mode != scaleToo:
		case first == "":
			first = name
		default:
			report("policies."+name+".mode", "a group has at most one predictive policy that scales: there is %s already", first)
		}
	}
}

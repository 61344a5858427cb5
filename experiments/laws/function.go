package laws

import (
	"fmt"

	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/backend"
)

var functionKeys = []string{
	"clients/*/rate", "services/*/kind", "services/*/memory", "services/*/concurrency", "services/*/cold_start", "services/*/idle_timeout", "services/*/timeout",
}

// isFunction tells of Poisson arrivals at a function.
func (s *site) isFunction() bool {
	v := s.Services[s.client.Target]
	return v != nil && v.Kind() == "function" && s.poisson()
}

// function is the law of one with a single environment, which has a setup when it
// was idle for too long.
func (s *site) function() (*Law, error) {
	name := s.client.Target
	f := s.Services[name].FunctionSpec
	demand, err := s.demandAt(name)
	if err != nil {
		return nil, err
	}
	switch {
	case f.Concurrency != 1:
		return nil, fmt.Errorf("services.%s.concurrency: must be 1 here for a law to be known (have %d)", name, f.Concurrency)
	case demand.Quantile(0)/1e9/f.Speed() < backend.LeastCounted.Seconds(): // it would count for as long
		return nil, fmt.Errorf("routes: the demand of %s must take 100ms at least for a law to be known (have %s)", name, demand)
	}
	if err := far("services."+name+".timeout", f.Timeout.Time().Seconds(), demand.Quantile(1)/1e9/f.Speed(), "s"); err != nil {
		return nil, err
	}
	q := theory.Setup{
		Arrival: s.rate(), Service: mean(demand) / f.Speed(), Setup: mean(f.ColdStart), Idle: f.IdleTimeout.Time().Seconds(),
	}
	return &Law{
		requests: s.rate() * s.span(), relaxation: 1/s.rate() + q.MeanResponse(),
		Name:   fmt.Sprintf("M/G/1/1 with setup at %s", digits(q.Utilization())),
		Source: "renewal reward (Ross, Introduction to Probability Models, chapter 7)",
		Figures: []Figure{
			known("latency.mean", "E[S] + e^−λT E[C]", q.MeanResponse()).by(demand, 1),
			known("availability", "1/λ(1/λ + W)", 1-q.Blocked()).ending(q.Utilization()),
			s.of("delayed", "e^−λT", q.Cold()),
			s.of("utilization", "W/(1/λ + W)", q.Utilization()),
			s.of("environments.mean", "(W + (1−e^−λT)/λ)/(1/λ + W)", q.Present()),
		},
	}, nil
}

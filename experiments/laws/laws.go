// Package laws says what theory knows of a scenario: which law it obeys, and
// which of its figures are therefore known exactly, from the scenario's own
// rates, demands and servers.
//
// What a vendor's document says of the control plane is a law too, of a scenario that
// is its worked example and is named as one.
//
// Every other law is found by the shape of the scenario: who sends the load, and what it
// meets. It holds only where it accounts for every key that the scenario sets,
// and where no limit is met that is set or a default; else there is none, and the error
// says which key is in the way.
package laws

import (
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Law is what theory says of one configuration of a scenario.
type Law struct {
	Name   string // in Kendall's notation, with the load
	Source string // of the formulas
	// Figures are those that are known; the first stands for the law where laws
	// are judged together.
	Figures []Figure
	// Rare says of each figure that is left out why a run would not show it.
	Rare []string

	requests   float64 // expected in the measured time of a replication
	relaxation float64 // how long its start is remembered, in seconds
}

// Figure is one whose value is known.
type Figure struct {
	Metric string
	// Expectation is the one in whose window the metric is measured; "" is the
	// whole measured run.
	Expectation string
	Formula     string
	Exact       float64 // in the metric's unit
	// Within is by how much the metric may lie off, chance aside: what a
	// histogram does not resolve of a quantile, or a fluid of single requests.
	Within float64
	// Certain is whether nothing in it is left to chance.
	Certain bool

	share    float64 // of the requests, of which it tells; 0 is all
	decisive float64 // the share of requests that have half of it; 0 where no few decide
	underway float64 // how many requests it leaves out since they are under way at the end
	level    float64 // of a quantile
	atom     float64 // the share of those who do not wait, below a quantile of a wait
}

// Certain is whether nothing in any figure is left to chance.
func (l *Law) Certain() bool {
	return !slices.ContainsFunc(l.Figures, func(f Figure) bool { return !f.Certain })
}

// exact is the value of a figure; 0 if it is not known.
func (l *Law) exact(metric string) float64 {
	for _, f := range l.Figures {
		if f.Metric == metric {
			return f.Exact
		}
	}
	return 0
}

// Of is the law that a configuration obeys. The error says why there is none.
func Of(spec *scenario.Spec) (*Law, error) {
	if len(spec.Clients) != 1 || len(spec.Routes) != 1 {
		return nil, fmt.Errorf("no law is known of several clients or routes (have %d and %d)", len(spec.Clients), len(spec.Routes))
	}
	s := &site{Spec: spec}
	for _, c := range spec.Clients {
		s.client = c
	}
	for _, r := range spec.Routes {
		s.demand = r.Demand
	}
	switch {
	case s.Discard.Auto:
		return nil, errors.New("discard: must be a duration for a law to be known (have auto)")
	case s.poisson() && s.rate() == 0:
		return nil, errors.New("no law is known of a client that sends nothing")
	}
	for _, k := range kinds {
		if !k.is(s) {
			continue
		}
		if err := s.accounted(k.keys); err != nil {
			return nil, err
		}
		l, err := k.law(s)
		if err != nil {
			return nil, err
		}
		if l, err = l.checked(); err != nil || l.Certain() {
			return l, err
		}
		return l, s.enough(l)
	}
	return nil, fmt.Errorf("no law is known of %s arrivals at %s with these settings", s.client.Kind(), s.client.Target)
}

// checked is the law with the figures that are above 0, all of which must be numbers.
func (l *Law) checked() (*Law, error) {
	l.Figures = slices.DeleteFunc(l.Figures, func(f Figure) bool { return f.Exact == 0 })
	if len(l.Figures) == 0 {
		return nil, fmt.Errorf("%s: nothing happens, and no law is known", l.Name)
	}
	for _, f := range l.Figures {
		switch {
		case math.IsInf(f.Exact, 0):
			return nil, fmt.Errorf("%s: there is no steady state, and no law is known", l.Name)
		case math.IsNaN(f.Exact), f.Exact < 0:
			return nil, fmt.Errorf("%s: %s cannot be computed: too many states, or too near to capacity", l.Name, f.Metric)
		}
	}
	return l, nil
}

// kind is a shape of scenarios with the law that holds for it.
type kind struct {
	is   func(*site) bool
	keys []string // for which it accounts, beside those of all
	law  func(*site) (*Law, error)
}

// kinds are told apart in this order.
var kinds = []kind{
	{(*site).isStation, stationKeys, (*site).station},
	{(*site).isBursty, burstyKeys, (*site).bursty},
	{(*site).isVarying, varyingKeys, (*site).varying},
	{(*site).isFluid, fluidKeys, (*site).fluid},
	{(*site).isFunction, functionKeys, (*site).function},
	{(*site).isShared, sharedKeys, (*site).shared},
	{(*site).isTiers, tiersKeys, (*site).tiers},
	{(*site).isClosed, closedKeys, (*site).closed},
	{(*site).isBalanced, balancedKeys, (*site).balanced},
}

// keysOfAll are those for which every law accounts, or that change nothing.
var keysOfAll = []string{
	"title", "notes", "duration", "discard", "seed", "replications", "start", "timezone", "region",
	"clients/*/target", "clients/*/arrivals", "routes/*/demand", "expectations/*/*",
}

// site is a scenario of one client and one route.
type site struct {
	*scenario.Spec
	client *client.Spec
	demand map[string]quantity.Span
}

// accounted finds a key that the scenario sets and the law knows nothing of.
func (s *site) accounted(keys []string) error {
	known := slices.Concat(keysOfAll, keys)
	for _, setting := range s.Settings() {
		name := strings.TrimPrefix(setting.Table+"."+setting.Key, ".")
		matches := func(pattern string) bool {
			ok, err := path.Match(pattern, strings.ReplaceAll(name, ".", "/"))
			return ok && err == nil
		}
		if setting.Origin == scenario.Set && !slices.ContainsFunc(known, matches) {
			return fmt.Errorf("%s: %s: no law accounts for this key here", setting.Where, name)
		}
	}
	return nil
}

// poisson tells whether requests arrive as a Poisson stream of one rate.
func (s *site) poisson() bool {
	return s.client.Kind() == "poisson" && len(s.client.Rate.Points) == 1
}

// of is a figure of the service that the client addresses.
func (s *site) of(metric, formula string, exact float64) Figure {
	return known("services."+s.client.Target+"."+metric, formula, exact)
}

// demandAt is the demand of a request at a place.
func (s *site) demandAt(place string) (quantity.Span, error) {
	demand := s.demand[place]
	if demand.Distribution == nil {
		return demand, fmt.Errorf("no law is known of a route without demand for %s", place)
	}
	return demand, measurable("the demand of "+place, demand)
}

// exponentialAt is the rate of an exponential demand at a place, per second.
func (s *site) exponentialAt(place string) (rate float64, err error) {
	demand, err := s.demandAt(place)
	if err != nil {
		return 0, err
	}
	return exponential("the demand of "+place, demand)
}

// rate is that of the arrivals, per second.
func (s *site) rate() float64 { return float64(s.client.Rate.Points[0].Rate) }

// span is the measured time, in seconds.
func (s *site) span() float64 { return (s.Duration.Time() - s.Discard.For.Time()).Seconds() }

package scenario

import (
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Prices are those of transfers: the table [prices]. What else costs something has
// its price from the catalogue, or a key of its own.
type Prices struct {
	Internet     *float64      `toml:"internet" range:"0..100" doc:"USD per GB (10^9 bytes) of good answers to clients, beyond what is free; a content delivery network's have their own price, and cost none here. Left out: by the month 0.09 for the first 10 TB, 0.085 for the next 40 TB, 0.07 for the next 100 TB, then 0.05; in ap-northeast-2 0.126, 0.122, 0.117 and 0.108 (UNSOURCED). A run has the share of what is free and of the tiers that it is of a month of 730h." source:"DT2, DT4"`
	InternetFree quantity.Size `toml:"internet_free" default:"100GB" range:"0B..1000TB" doc:"What is free of it in a month." source:"DT2"`
	BetweenZones float64       `toml:"between_zones" default:"0.01" range:"0..100" doc:"USD per GB from one zone to another, in each direction: of calls from an instance to a fleet, and to targets from a Network Load Balancer, nginx or HAProxy. What goes to classic and application balancers and comes from them costs none, nor what goes to services, which are in everybody's zone." source:"DT1; which balancers: UNSOURCED"`
}

// Unpriced are the fleets and then the services that requests can come to and that
// have no price, neither from the catalogue nor of their own, in order of their
// names: a cost leaves them out.
func (s *Spec) Unpriced() []string {
	reached := s.Reached()
	return slices.DeleteFunc(slices.Concat(sorted(s.Fleets), sorted(s.Services)), func(name string) bool {
		if f := s.Fleets[name]; f != nil {
			return f.priced() || !reached[name]
		}
		return s.Services[name].priced() || !reached[name]
	})
}

func (f *Fleet) priced() bool { return f.Instance != "" || f.Price != nil }

// priced tells whether the service has a price; functions have that of their use.
func (s *Service) priced() bool { return s.Kind() == "function" || s.Node != "" || s.Price != nil }

// costless finds fleets without a price where the cost is judged, or compared with
// that of other fleets. Whoever gives a service no price is taken to know it.
func (l *lint) costless() {
	compared := some(l.Fleets, (*Fleet).priced)
	for _, name := range l.Unpriced() {
		if l.Fleets[name] == nil {
			continue
		}
		judged := some(l.Expectations, func(e *Expectation) bool {
			return strings.HasPrefix(e.Metric, "cost.") && (e.Metric == "cost.fleets."+name || strings.Count(e.Metric, ".") == 1 && e.Metric != "cost.transfer")
		})
		if judged || compared {
			l.doubt([]string{"fleets", name, "price"}, "costs nothing: vcpus have no price of their own, and the cost leaves this fleet out. Write price, in USD per instance hour, or an instance of the catalogue")
		}
	}
}

// Crosses tells whether requests may go from a zone to another and be paid for: on
// the way from an instance to a fleet, or by a balancer that does not include it.
func (s *Spec) Crosses() bool {
	var zones []string
	for _, name := range sorted(s.Fleets) {
		zones = append(zones, s.Fleets[name].launchZones()...)
	}
	slices.Sort(zones)
	if len(slices.Compact(zones)) < 2 {
		return false
	}
	paid := func(name string) bool {
		b := s.Balancers[name]
		return s.Fleets[name] != nil || b != nil && !b.IncludesZones()
	}
	return slices.ContainsFunc(sorted(s.Balancers), paid) ||
		some(s.Fleets, func(f *Fleet) bool { return slices.ContainsFunc(f.Below(), paid) })
}

package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
)

// Floor is what the measured part of a run costs at least, whatever happens in it:
// the least number of instances that each fleet is billed for, and what is paid by
// the hour for balancers and services. What depends on use is not in it.
func (s *Spec) Floor() catalog.Money {
	span := s.shortest()
	reached := s.Reached()
	var sum catalog.Money
	for _, name := range sorted(s.Fleets) {
		if reached[name] {
			seconds := float64(s.LeastInstances(name) * span.Seconds())
			sum += catalog.Money(float64(s.Fleets[name].perHour(s.Region.Region)) * seconds / 3600)
		}
	}
	for _, name := range sorted(s.Balancers) {
		if reached[name] {
			sum += catalog.Balancer(s.Balancers[name].Product).PerHour.ForBegunHours(span)
		}
	}
	for _, name := range sorted(s.Services) {
		if reached[name] {
			sum += s.Services[name].PerHour(s.Region.Region).ForBegunHours(span)
		}
	}
	return sum
}

// shortest is how long the measured part of the run is at least: of an initial
// transient that is found it is known that it is no longer than half of the run.
func (s *Spec) shortest() engine.Time {
	if s.Discard.Auto {
		return s.Duration.Time() / 2
	}
	return s.Duration.Time() - s.Discard.For.Time()
}

// perHour is what an instance costs.
func (f *Fleet) perHour(region catalog.Region) catalog.Money {
	if f.Price != nil {
		return catalog.Dollars(*f.Price)
	}
	if i := f.machine(); i != nil {
		return i.PricePerHour(region)
	}
	return 0
}

// PerHour is what the service costs by the hour, all nodes of a cache together.
func (s *Service) PerHour(region catalog.Region) catalog.Money {
	var price catalog.Money
	if node, err := s.NodeType(); err == nil && s.Kind() == "cache" && s.Node != "" {
		price = node.PricePerHour(region)
	}
	if s.Price != nil {
		price = catalog.Dollars(*s.Price)
	}
	if s.Kind() == "cache" {
		price *= catalog.Money(s.Nodes)
	}
	return price
}

// LeastInstances is how many instances a fleet is billed for at least, on average
// over the measured part of the run. Nothing takes a group below its min but
// schedules with a min of their own, operators, deployments, and what kills
// instances; from the first of the last three on none is counted.
func (s *Spec) LeastInstances(fleet string) float64 {
	f := s.Fleets[fleet]
	if f.Maintenance != nil || len(f.Hooks) > 0 || slices.Contains(f.SuspendedProcesses, "Launch") {
		return 0
	}
	least := f.Min
	if len(f.Policies)+len(f.Schedules) == 0 {
		least = f.Start()
	}
	for _, name := range sorted(f.Schedules) {
		if m := f.Schedules[name].Min; m != nil {
			least = min(least, *m)
		}
	}
	if f.HealthCheckType == "ELB" || f.MaxInstanceLifetime != nil {
		// No more are replaced at a time [imp].
		least -= max(1, f.Max/10, f.AllUnhealthyBatch)
	}
	span := s.shortest()
	safe := max(0, s.undisturbed(fleet)-(s.Duration.Time()-span))
	return float64(max(0, least)) * safe.Seconds() / span.Seconds()
}

// undisturbed is the time until something besides scaling and checks may end
// instances of a fleet; the end of the run where nothing does.
func (s *Spec) undisturbed(fleet string) engine.Time {
	first := s.Duration.Time()
	for _, name := range sorted(s.Fleets[fleet].Operations) {
		first = min(first, s.Fleets[fleet].Operations[name].At.Time())
	}
	for _, name := range sorted(s.Deployments) {
		if d := s.Deployments[name]; slices.Contains(d.Fleets(), fleet) {
			first = min(first, d.At.Time())
		}
	}
	for _, name := range sorted(s.Faults) {
		f := s.Faults[name]
		elsewhere := f.Service != "" || f.Fleet != "" && f.Fleet != fleet
		if harmless := f.Effect == "cpu" || f.Effect == "slow" || f.Effect == "latency"; !elsewhere && !harmless {
			first = min(first, f.At.Time())
		}
	}
	return first
}

// A Part is a fleet or a service that costs nothing, for want of a price, and is
// made of servers that can be counted.
type Part struct {
	Name  string
	Fleet bool
}

// Countable are the parts without a price whose servers stand for a cost: all
// fleets, and those services of which something is chosen.
func (s *Spec) Countable(chosen func(service string) bool) []Part {
	var parts []Part
	for _, name := range s.Unpriced() {
		switch {
		case s.Fleets[name] != nil:
			parts = append(parts, Part{name, true})
		case chosen(name):
			parts = append(parts, Part{name, false})
		}
	}
	return parts
}

// Count is how many servers a service has: of a station its servers, of a pool or a
// database its processors, of a queue its consumers, of a cache its nodes.
func (s *Service) Count() int {
	switch s.Kind() {
	case "station":
		if s.Servers != nil {
			return *s.Servers
		}
	case "pool", "database":
		return s.VCPUs
	case "queue":
		return s.Workers
	case "cache":
		return s.Nodes
	}
	return 1
}

package site

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A gauge is a metric of the scenario's own: base + scale x measure of what is
// measured: the instances of a fleet, a service or a balancer.
type gauge struct {
	*autoscaling.MetricSpec
	owner *fleet // whose alarms watch it
	limit int    // of connections, on each server
}

// reading is what a gauge has seen of one server or balancer in its period.
type reading struct {
	level          tally.LevelTally
	lower          tally.LevelTally // queue: what is not waiting
	used, capacity engine.Time
	count          uint64
}

func (f *fleet) newGauge(spec *autoscaling.MetricSpec) source {
	g := gauge{MetricSpec: spec, owner: f}
	measured := place(f)
	if spec.Of != "" {
		measured = f.sys.places[spec.Of]
	}
	switch of := measured.(type) {
	case *service:
		g.limit = of.connectionLimit()
		return &serviceGauge{gauge: g, index: slices.Index(f.sys.services, of)}
	case *balancerPlace:
		return &balancerGauge{gauge: g, of: of, index: slices.Index(f.sys.balancers, of)}
	default:
		return of.(*fleet).newFleetGauge(g)
	}
}

// serviceGauge measures a service.
type serviceGauge struct {
	gauge
	index int // of the service in the site
	seen  reading
}

func (g *serviceGauge) take(cut *siteTally) { g.add(&g.seen, &cut.services[g.index].Tally) }

func (g *serviceGauge) read(set *cloudwatch.StatisticSet) {
	if v, ok := g.value(&g.seen); ok {
		g.sample(set, v)
	}
	g.seen = reading{}
}

// balancerGauge measures a balancer.
type balancerGauge struct {
	gauge
	of    *balancerPlace
	index int // of the balancer in the site
	count uint64
}

func (g *balancerGauge) take(cut *siteTally) {
	t := &cut.balancers[g.index]
	if g.Measure == "errors" {
		g.count += sumOf(t.Errors[:]) + sumOf(t.Answers[traffic.OK+1:])
	} else {
		g.count += t.Requests
	}
}

func (g *balancerGauge) read(set *cloudwatch.StatisticSet) {
	v := exactly(float64(g.of.InFlight()))
	if g.Measure != "in_flight" {
		v = exactly(float64(g.count))
	}
	g.sample(set, v)
	g.count = 0
}

// fleetGauge measures the instances of a fleet.
type fleetGauge struct {
	gauge
	of    *fleet
	index int // among the gauges of the fleet
}

func (f *fleet) newFleetGauge(g gauge) *fleetGauge {
	g.limit = f.image.ConnectionLimit(f.machine)
	m := &fleetGauge{gauge: g, of: f, index: len(f.gauges)}
	f.gauges = append(f.gauges, m)
	return m
}

// take has nothing to do: instances were taken in when they were cut.
func (g *fleetGauge) take(*siteTally) {}

// measure takes in what the instance did until it was cut.
func (h *host) measure() {
	for k, g := range h.fleet.gauges {
		for len(h.seen) <= k {
			h.seen = append(h.seen, reading{})
		}
		g.add(&h.seen[k], &h.cut)
	}
}

// add takes in what a server did.
func (g *gauge) add(r *reading, t *server.Tally) {
	switch g.Measure {
	case "cpu":
		r.used += t.CPU
		r.capacity += t.Capacity
	case "connections", "connection_share":
		r.level.Merge(t.Connections)
	case "busy":
		r.level.Merge(t.Busy)
	case "in_flight":
		r.level.Merge(t.Number)
	case "queue":
		r.level.Merge(t.Number)
		r.lower.Merge(t.Busy)
	case "requests":
		r.count += t.Received - t.Probes
	}
}

// extent is a mean with the extremes around it.
type extent struct{ mean, least, most float64 }

func exactly(x float64) extent { return extent{x, x, x} }

// times stretches all three.
func (e extent) times(factor float64) extent {
	return extent{float64(e.mean * factor), float64(e.least * factor), float64(e.most * factor)}
}

// value is the measure over the period; false where there is none.
func (g *gauge) value(r *reading) (extent, bool) {
	l := r.level
	level := extent{l.Mean(), float64(l.Min), float64(l.Max)}
	switch g.Measure {
	case "cpu":
		return exactly(100 * float64(r.used) / float64(r.capacity)), r.capacity > 0
	case "connection_share":
		return level.times(100 / float64(g.limit)), l.Span > 0
	case "queue":
		return exactly(l.Mean() - r.lower.Mean()), l.Span > 0
	case "requests":
		return exactly(float64(r.count)), true
	}
	return level, l.Span > 0
}

// read adds a sample of each instance in service, or with per_instance one of all
// together.
func (g *fleetGauge) read(set *cloudwatch.StatisticSet) {
	sum := 0.0
	for _, h := range g.of.hosts {
		if len(h.seen) <= g.index {
			continue
		}
		v, ok := g.value(&h.seen[g.index])
		h.seen[g.index] = reading{}
		switch {
		case !ok || h.instance.State != autoscaling.InService:
		case g.PerInstance:
			sum += v.mean
		default:
			g.sample(set, v)
		}
	}
	if g.PerInstance {
		g.sample(set, exactly(sum))
	}
}

// sample adds one sample.
func (g *gauge) sample(set *cloudwatch.StatisticSet, v extent) {
	if g.PerInstance {
		n := g.owner.group.Count(autoscaling.InService)
		if n == 0 {
			return
		}
		v = v.times(1 / float64(n))
	}
	v = v.times(g.Scale)
	addLevel(set, g.Base+v.mean, g.Base+v.least, g.Base+v.most)
}

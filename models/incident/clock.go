package incident

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Plant is what faults act upon.
type Plant interface {
	// InService gives the instances in service of a fleet, "" for all, in a
	// zone, "" for all: of each fleet the longest-running first, ties by the
	// lowest id.
	InService(fleet, zone string) []Place
	// Nodes is how many nodes a service has.
	Nodes(service string) int
	// Afflict begins an effect on a place; several add up.
	Afflict(p Place, e Effect)
	// Relieve ends one that was begun; an instance may be gone.
	Relieve(p Place, e Effect)
}

// Clock carries out faults.
type Clock struct {
	plant Plant
	log   *timeline.Log
	sim   *engine.Sim
	begin *engine.Routine[*strike]
	end   *engine.Routine[relief]
}

// strike is a fault of a Clock's.
type strike struct {
	*Fault
	name   string
	effect Effect
}

// relief is the end of a fault at some of the places that it has hit.
type relief struct {
	*strike
	places []Place
}

// NewClock returns a Clock without faults.
func NewClock(sim *engine.Sim, p Plant, log *timeline.Log) *Clock {
	c := &Clock{plant: p, log: log, sim: sim}
	c.begin = engine.NewRoutine(sim, "fault begins", engine.Change, c.onBegin)
	c.end = engine.NewRoutine(sim, "fault ends", engine.Change, c.onEnd)
	return c
}

// Add puts a fault, which has been checked, on the clock under its name in the
// scenario.
func (c *Clock) Add(name string, f *Fault) {
	kind := Kind(slices.Index(kindNames, f.Effect))
	effect := Effect{Kind: kind, Load: f.Load, Factor: f.Factor, Share: float64(f.Share), Add: f.Latency.Time()}
	c.begin.At(f.At.Time(), &strike{f, name, effect})
}

func (c *Clock) onBegin(s *strike) {
	places := c.choose(s)
	if len(places) == 0 {
		c.tell(timeline.FaultStart, s, Place{Fleet: s.Fleet}, s.effect.words(Place{Instance: "none"})+"; nothing is in service to be hit")
		return
	}
	for k, p := range places {
		c.tell(timeline.FaultStart, s, p, s.effect.words(p)+c.howLong(s, k, len(places)))
		c.plant.Afflict(p, s.effect)
	}
	switch {
	case s.For == nil:
	case s.Recover == nil:
		c.end.After(s.For.Time(), relief{s, places})
	default:
		for k := range places {
			c.end.After(s.lasts(k, len(places)), relief{s, places[k : k+1]})
		}
	}
}

// choose finds the places that a fault hits now.
func (c *Clock) choose(s *strike) []Place {
	switch {
	case s.effect.Kind == LaunchFailure, s.loss():
		return []Place{{Fleet: s.Fleet, Zone: s.Zone}}
	case s.Service != "" && s.Instances == nil:
		return []Place{{Service: s.Service}}
	case s.Service != "":
		return c.nodes(s)
	}
	all := c.plant.InService(s.Fleet, s.Zone)
	return all[:s.Instances.Of(len(all))]
}

// nodes are the first of a service's.
func (c *Clock) nodes(s *strike) []Place {
	var places []Place
	for k := range s.Instances.Of(c.plant.Nodes(s.Service)) {
		places = append(places, Place{Service: s.Service, Node: k + 1})
	}
	return places
}

// lasts is how long the fault lasts at the k-th of n places: recovery takes them
// one by one, evenly, and is through with the last of them when its time is over.
func (f *Fault) lasts(k, n int) engine.Time {
	lasts := f.For.Time()
	if f.Recover != nil {
		lasts += f.Recover.Time() / engine.Time(n) * engine.Time(k+1)
	}
	return lasts
}

func (c *Clock) howLong(s *strike, k, n int) string {
	if s.For == nil {
		return ""
	}
	return fmt.Sprintf(", for %s", quantity.Duration(s.lasts(k, n)))
}

func (c *Clock) onEnd(r relief) {
	for _, p := range r.places {
		c.tell(timeline.FaultEnd, r.strike, p, r.effect.over(p))
		c.plant.Relieve(p, r.effect)
	}
}

func (c *Clock) tell(kind timeline.Kind, s *strike, p Place, text string) {
	c.log.Add(timeline.Event{At: c.sim.Now(), Kind: kind, Fleet: p.Fleet, Subject: s.name, Instance: p.Instance, Text: text})
}

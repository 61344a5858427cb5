package incident

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Kind is what a fault does to an instance.
type Kind uint8

// The kinds of effects.
const (
	Refuse Kind = iota // the port is closed
	CPU                // Load always-runnable threads
)

var kindNames = []string{"refuse", "cpu"}

// String is the name in scenarios.
func (k Kind) String() string { return kindNames[k] }

// Effect is what is done to an instance.
type Effect struct {
	Kind Kind
	Load float64 // of CPU: threads
}

// words says what the effect is, for the timeline.
func (e Effect) words() string {
	switch e.Kind {
	case CPU:
		return "cpu: " + strconv.FormatFloat(e.Load, 'f', -1, 64) + " threads that never sleep"
	default:
		return "refuse: the port is closed"
	}
}

// Plant is what faults act upon.
type Plant interface {
	// InService gives the ids of the instances in service at a place, the
	// longest-running first, ties by the lowest id.
	InService(Place) []string
	// Afflict begins an effect on an instance; several add up.
	Afflict(instance string, e Effect)
	// Relieve ends one that was begun; the instance may be gone.
	Relieve(instance string, e Effect)
}

// Place is where a fault strikes: one of both is set.
type Place struct{ Fleet, Zone string }

// Clock carries out faults.
type Clock struct {
	plant Plant
	log   *timeline.Log
	sim   *engine.Sim
	begin *engine.Routine[*fault]
	end   *engine.Routine[*fault]
}

// fault is one of a Clock's, with whom it has struck.
type fault struct {
	name    string
	spec    *Spec
	effect  Effect
	victims []string
}

// NewClock returns a Clock without faults.
func NewClock(sim *engine.Sim, p Plant, log *timeline.Log) *Clock {
	c := &Clock{plant: p, log: log, sim: sim}
	c.begin = engine.NewRoutine(sim, "fault begins", engine.Change, c.onBegin)
	c.end = engine.NewRoutine(sim, "fault ends", engine.Change, c.onEnd)
	return c
}

// Add puts a fault on the clock, under its name in the scenario. The Spec must
// have passed Check.
func (c *Clock) Add(name string, s *Spec) {
	kind := Kind(slices.Index(kindNames, s.Effect))
	c.begin.At(s.At.Time(), &fault{name: name, spec: s, effect: Effect{kind, s.Load}})
}

func (c *Clock) onBegin(f *fault) {
	all := c.plant.InService(Place{f.spec.Fleet, f.spec.Zone})
	f.victims = slices.Clone(all[:f.spec.Instances.of(len(all))])
	if len(f.victims) == 0 {
		c.tell(timeline.FaultStart, f, "", f.effect.words()+"; nothing is in service to be hit")
	}
	for _, id := range f.victims {
		c.tell(timeline.FaultStart, f, id, f.effect.words()+c.howLong(f))
		c.plant.Afflict(id, f.effect)
	}
	if f.spec.For != nil {
		c.end.After(f.spec.For.Time(), f)
	}
}

func (c *Clock) howLong(f *fault) string {
	if f.spec.For == nil {
		return ""
	}
	return fmt.Sprintf(", until %s", quantity.Duration(c.sim.Now()+f.spec.For.Time()))
}

func (c *Clock) onEnd(f *fault) {
	for _, id := range f.victims {
		c.tell(timeline.FaultEnd, f, id, f.effect.Kind.String()+" is over")
		c.plant.Relieve(id, f.effect)
	}
}

func (c *Clock) tell(kind timeline.Kind, f *fault, instance, text string) {
	c.log.Add(timeline.Event{At: c.sim.Now(), Kind: kind, Fleet: f.spec.Fleet, Subject: f.name, Instance: instance, Text: text})
}

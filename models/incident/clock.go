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
		return "cpu: load " + strconv.FormatFloat(e.Load, 'f', -1, 64) + ", threads that never sleep"
	default:
		return "refuse: the port is closed"
	}
}

// Plant is what faults act upon.
type Plant interface {
	// InService gives the ids of a fleet's instances in service, the
	// longest-running first, ties by the lowest id.
	InService(fleet string) []string
	// Afflict begins an effect on an instance; several add up.
	Afflict(instance string, e Effect)
	// Relieve ends one that was begun; the instance may be gone.
	Relieve(instance string, e Effect)
}

// Clock carries out faults.
type Clock struct {
	plant Plant
	log   *timeline.Log
	sim   *engine.Sim
	begin *engine.Routine[*strike]
	end   *engine.Routine[*strike]
}

// strike is a fault of a Clock's, with whom it has hit.
type strike struct {
	*Fault
	name    string
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

// Add puts a fault, which has been checked, on the clock under its name in the
// scenario.
func (c *Clock) Add(name string, f *Fault) {
	kind := Kind(slices.Index(kindNames, f.Effect))
	c.begin.At(f.At.Time(), &strike{Fault: f, name: name, effect: Effect{kind, f.Load}})
}

func (c *Clock) onBegin(s *strike) {
	all := c.plant.InService(s.Fleet)
	s.victims = slices.Clone(all[:s.Instances.Of(len(all))])
	if len(s.victims) == 0 {
		c.tell(timeline.FaultStart, s, "", s.effect.words()+"; nothing is in service to be hit")
	}
	for _, id := range s.victims {
		c.tell(timeline.FaultStart, s, id, s.effect.words()+c.howLong(s))
		c.plant.Afflict(id, s.effect)
	}
	if s.For != nil {
		c.end.After(s.For.Time(), s)
	}
}

func (c *Clock) howLong(s *strike) string {
	if s.For == nil {
		return ""
	}
	return fmt.Sprintf(", until %s", quantity.Duration(c.sim.Now()+s.For.Time()))
}

func (c *Clock) onEnd(s *strike) {
	for _, id := range s.victims {
		c.tell(timeline.FaultEnd, s, id, s.effect.Kind.String()+" is over")
		c.plant.Relieve(id, s.effect)
	}
}

func (c *Clock) tell(kind timeline.Kind, s *strike, instance, text string) {
	c.log.Add(timeline.Event{At: c.sim.Now(), Kind: kind, Fleet: s.Fleet, Subject: s.name, Instance: instance, Text: text})
}

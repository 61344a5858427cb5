package cloudwatch

import (
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Composite is an alarm on the states of others: ALARM where its rule holds,
// else OK. Before its first evaluation it is in INSUFFICIENT_DATA, and never
// again [api-comp]. It can have no Auto Scaling actions [cw]. The exported
// fields are for reading.
type Composite struct {
	Status
	Rule Expression

	children []*Status
	due      bool // a child has changed
}

// Composites are the composite alarms of a run. They are evaluated when a child
// has changed, at the same instant, after all children; those that are children
// of others come first, so that none is ever seen in a state of its own that is
// out of date.
type Composites struct {
	sim        *engine.Sim
	events     *timeline.Log
	list       []*Composite // children before those that they are children of
	first      *engine.Routine[struct{}]
	evaluation *engine.Routine[struct{}]
	awaited    bool
}

// firstEvaluation of composite alarms comes with the first one of others, a
// minute after they are made (UNSOURCED: "then").
const firstEvaluation = engine.Minute

// NewComposites returns an empty list.
func NewComposites(sim *engine.Sim, log *timeline.Log) *Composites {
	c := &Composites{sim: sim, events: log}
	c.evaluation = engine.NewRoutine(sim, "evaluate composite alarms", engine.Control, c.evaluate)
	c.first = engine.NewRoutine(sim, "first evaluation of composite alarms", engine.Control, c.wakeAll)
	return c
}

// Add makes an alarm whose children find must know, composite ones among them.
func (c *Composites) Add(name string, rule Expression, find func(name string) *Status) *Composite {
	a := &Composite{Status: Status{Name: name, events: c.events}, Rule: rule}
	for _, child := range rule.Children {
		s := find(child)
		a.children = append(a.children, s)
		s.Follow(func() { c.wake(a) })
	}
	if len(c.list) == 0 {
		c.first.After(firstEvaluation, struct{}{})
	}
	c.list = append(c.list, a)
	return a
}

func (c *Composites) wakeAll(struct{}) {
	for _, a := range c.list {
		c.wake(a)
	}
}

// wake has an alarm evaluated after everything that has been scheduled for this
// instant: all alarms on metrics that are evaluated now.
func (c *Composites) wake(a *Composite) {
	a.due = true
	if !c.awaited {
		c.awaited = true
		c.evaluation.After(0, struct{}{})
	}
}

// evaluate goes through the list once: those that a change wakes come later.
func (c *Composites) evaluate(struct{}) {
	for _, a := range c.list {
		if a.due {
			a.due = false
			a.evaluate(c.sim.Now())
		}
	}
	c.awaited = false
}

func (a *Composite) evaluate(now engine.Time) {
	state := OK
	if a.Rule.root.holds(a.children) {
		state = InAlarm
	}
	if state != a.State {
		a.turn(now, state, a.evidence())
	}
}

// evidence is the rule with the states of its alarms, the first few where they
// are many.
func (a *Composite) evidence() string {
	const few = 8
	var states []string
	for i, c := range a.children {
		if i == few {
			states = append(states, "...")
			break
		}
		states = append(states, a.Rule.Children[i]+" is "+c.State.String())
	}
	rule := strings.Join(strings.Fields(a.Rule.Text), " ") // on one line
	return strings.TrimSuffix(rule+": "+strings.Join(states, ", "), ": ")
}

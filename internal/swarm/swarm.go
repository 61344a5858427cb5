// Package swarm writes random scenarios over the whole scenario language, and
// makes those in which a fault shows as small as they can be.
//
// The same seed gives the same scenario. An author writes the outline: places,
// load, faults, and how they hang together. Then keys are set by chance, of all
// that the JSON Schema of the language has, so that a new key is tried as soon as
// it is there.
//
// It is for tests alone, which it gives flags of its own (-swarm and others).
package swarm

import (
	"errors"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
)

// enriching is how often a key is tried.
const enriching = 80

// Scenario is the text of the scenario of a seed. Runs of it take some tenths of
// a second, but for odd ones.
func Scenario(seed uint64) string {
	a := newAuthor(seed)
	return Write(a.enrich(a.outline(seed), enriching))
}

// outline is the scenario of a seed before keys are set by chance, but for the one
// that it is about.
func (a *author) outline(seed uint64) Table {
	doc, err := Read(a.scenario())
	if err != nil {
		panic("swarm: " + err.Error())
	}
	return a.follow(doc, themes()[seed%uint64(len(themes()))])
}

// Draining is the text of a scenario whose load ends after two minutes, and whose
// faults end too, in a run of forty.
func Draining(seed uint64) string {
	a := newAuthor(seed)
	a.drains = true
	return a.scenario()
}

// How many events a run of the swarm may have, and how many at one instant.
const (
	MostEvents = 2_000_000
	MostAtOnce = 400_000
)

// Judge tells scenarios that have more events than they may from those in which
// something is wrong: the language lets users ask for any number of them. Only users
// who do not pause may make time stand still; else the models go round in a loop.
func Judge(spec *scenario.Spec, err error) error {
	var limit *engine.EventLimitError
	var stuck *engine.StandstillError
	switch {
	case errors.As(err, &limit), errors.As(err, &stuck) && restless(spec):
		return ErrTooLarge
	}
	return err
}

func restless(spec *scenario.Spec) bool {
	for _, c := range spec.Clients {
		if c.Restless() {
			return true
		}
	}
	return false
}

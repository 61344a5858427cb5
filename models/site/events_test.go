package site

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// A story is some of the events of a run.
type story []timeline.Event

// events are those of some kinds, of all if none is named.
func events(o *Outcome, kinds ...timeline.Kind) story {
	return story(o.Events).only(func(e timeline.Event) bool { return len(kinds) == 0 || slices.Contains(kinds, e.Kind) })
}

func (s story) only(holds func(timeline.Event) bool) (list story) {
	for _, e := range s {
		if holds(e) {
			list = append(list, e)
		}
	}
	return list
}

func (s story) about(subject string) story {
	return s.only(func(e timeline.Event) bool { return e.Subject == subject })
}

func (s story) instants() (list []engine.Time) {
	for _, e := range s {
		list = append(list, e.At)
	}
	return list
}

func (s story) texts() (list []string) {
	for _, e := range s {
		list = append(list, e.Text)
	}
	return list
}

// at gives the instants of the events of a kind.
func at(o *Outcome, kind timeline.Kind) []engine.Time { return events(o, kind).instants() }

// told are the beginnings of the events of a kind about a subject, with their
// instants.
func told(o *Outcome, kind timeline.Kind, subject string) (list []string) {
	for _, e := range events(o, kind).about(subject) {
		text, _, _ := strings.Cut(e.Text, ":")
		list = append(list, fmt.Sprintf("%v %s", time.Duration(e.At), text))
	}
	return list
}

// heard are the answers of the policies, with their instants.
func heard(o *Outcome) (list []string) {
	for _, e := range events(o, timeline.Policy) {
		list = append(list, quantity.Duration(e.At).Rough()+" "+e.Text)
	}
	return list
}

package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// refused reports whether an operator's call was.
func refused(e timeline.Event) bool {
	return e.Kind == timeline.Operation && strings.Contains(e.Text, ": refused")
}

// operationRibbon marks the calls of operators.
func (a *account) operationRibbon(fleet string, f *frame) (ribbon, bool) {
	return a.markRibbon("  operations", fleet, f, func(e timeline.Event) (sign, meaning string) {
		switch {
		case e.Kind != timeline.Operation:
			return "", ""
		case refused(e):
			return "R", "operation refused"
		}
		return "o", "operation"
	})
}

// preventedRibbon marks what something kept the group from.
func (a *account) preventedRibbon(fleet string, f *frame) (ribbon, bool) {
	return a.markRibbon("  prevented", fleet, f, func(e timeline.Event) (sign, meaning string) {
		if e.Kind != timeline.Prevented {
			return "", ""
		}
		return "p", "prevented"
	})
}

// markRibbon marks the events of a fleet to which mark gives a sign.
func (a *account) markRibbon(name, fleet string, f *frame, mark func(timeline.Event) (sign, meaning string)) (ribbon, bool) {
	r := ribbon{name: name, cells: f.blank(" "), inks: map[string]ink{"p": doubt, "R": bad}}
	n := 0
	for _, e := range a.Detail.Events {
		sign, meaning := mark(e)
		if sign == "" || e.Fleet != fleet || !a.within(e.At, e.At) {
			continue
		}
		f.paintOver(r.cells, span{min(e.At, f.to-1), min(e.At, f.to-1) + 1}, sign)
		f.explainSign(sign, meaning)
		n++
	}
	r.value = fmt.Sprint(n)
	return r, n > 0
}

// suspendedRibbon shows when processes of a fleet were suspended by a call.
func (a *account) suspendedRibbon(fleet string, f *frame) (ribbon, bool) {
	r := ribbon{name: "  suspended", cells: f.blank(" "), inks: map[string]ink{"s": doubt}}
	var sum engine.Time
	for _, s := range a.suspensions(fleet) {
		f.paintOver(r.cells, s, "s")
		sum += s.length()
	}
	if sum == 0 {
		return r, false
	}
	f.explainSign("s", "suspended")
	r.value = short(rough(sum), valueWidth)
	return r, true
}

// suspensions are the stretches in which a call had suspended processes.
func (a *account) suspensions(fleet string) []span {
	var list []span
	from := timeline.NotReached
	for _, e := range a.Detail.Events {
		switch {
		case e.Kind != timeline.Operation || e.Fleet != fleet || refused(e):
		case strings.HasPrefix(e.Text, "suspend_processes") && from == timeline.NotReached:
			from = e.At
		case strings.HasPrefix(e.Text, "resume_processes") && from != timeline.NotReached:
			list, from = append(list, a.clip(from, e.At)), timeline.NotReached
		}
	}
	if from != timeline.NotReached {
		list = append(list, a.clip(from, a.to))
	}
	return slices.DeleteFunc(list, func(s span) bool { return s.length() == 0 })
}

// hindrance is what kept a fleet from something, for one reason.
type hindrance struct {
	fleet, reason, last string
	from, to            engine.Time // of the events
	times               int
}

// hindrances are those of the events that are told.
func (a *account) hindrances() []hindrance {
	var list []hindrance
	for _, e := range a.events {
		if e.Kind != timeline.Prevented {
			continue
		}
		what, reason := e.Text, e.Subject
		if at := strings.LastIndex(e.Text, ": "); at >= 0 {
			what, reason = e.Text[:at], e.Text[at+2:]
		}
		i := slices.IndexFunc(list, func(h hindrance) bool { return h.fleet == e.Fleet && h.reason == reason })
		if i < 0 {
			i = len(list)
			list = append(list, hindrance{fleet: e.Fleet, reason: reason, from: e.At})
		}
		list[i].last, list[i].to = what, e.At
		list[i].times++
	}
	return list
}

func (s *sheet) prevented(a *account) []string { return s.tall(preventedOf(a)) }

// preventedOf tells what kept the groups from what they wanted.
func preventedOf(a *account) block {
	b := block{title: "What was prevented", head: []string{"why", "first", "last", "times", "the last time"}, left: 5}
	clock := clockOf(a.Result)
	for _, h := range a.hindrances() {
		why := h.reason
		if len(a.fleets) > 1 {
			why = h.fleet + " " + why
		}
		b.rows = append(b.rows, []string{why, clock.Second(h.from.Seconds()), clock.Second(h.to.Seconds()), fmt.Sprint(h.times), h.last})
	}
	return b
}

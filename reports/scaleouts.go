package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// scaleOutsOf tells of each change of desired that launched instances how long it
// took until there was healthy capacity.
func scaleOutsOf(a *account) block {
	b := block{title: "How long until healthy capacity", head: []string{"desired", "by", "from", "to", "launched", "first usable", "all usable", "after"}, left: 2}
	clock := clockOf(a.Result)
	for _, o := range a.outs {
		first := "-"
		if o.FirstUsable != timeline.NotReached {
			first = clock.Second(o.FirstUsable.Seconds())
		}
		all, took := fmt.Sprintf("%d of %d", o.Usable, o.Launched), "-"
		if at := o.Complete(); at != timeline.NotReached {
			all, took = clock.Second(at.Seconds()), rough(at-o.At)
		}
		b.rows = append(b.rows, []string{
			clock.Second(o.At.Seconds()), a.alarmTitle(o.Fleet, a.asker(o)), fmt.Sprint(o.From), fmt.Sprint(o.To), fmt.Sprint(o.Launched), first, all, took,
		})
	}
	return b
}

// scaleOuts writes that, and which of the instances went before they were usable.
func (s *sheet) scaleOuts(a *account) []string {
	b := scaleOutsOf(a)
	if len(b.rows) == 0 {
		return nil
	}
	clock := clockOf(a.Result)
	lines := s.tall(b)
	for _, o := range a.outs {
		if o.Gone > 0 {
			text := fmt.Sprintf("%s: %d of the %d launched went before %s usable", clock.Second(o.At.Seconds()), o.Gone, o.Launched, verb(o.Gone, "it was", "they were"))
			lines = append(lines, s.bullet("", text)...)
		}
	}
	return lines
}

// asker is who changed desired: the alarm that invoked the policy, or the
// policy, schedule or operation.
func (a *account) asker(o *timeline.ScaleOut) string {
	if o.Alarm != "" {
		return o.Alarm
	}
	return o.By
}

// outage is a stretch in which a fleet had no instance that could be used: all along
// none was desired, or else there were to be some.
type outage struct {
	fleet string
	span
	unwanted bool
}

// says is what a report tells of it, but when.
func (o outage) says() string {
	if o.unwanted {
		return "no instance of " + o.fleet + " was desired"
	}
	return "no usable server of " + o.fleet
}

// shortest is how long an outage lasts at least that is told.
const shortest = 10 * engine.Second

// reopened is when requests went to a server again that answers: where the balancer
// fails open, before it finds it healthy.
func (a *account) reopened(fleet string, from, to engine.Time) engine.Time {
	open := false
	for _, e := range a.Detail.Events {
		switch {
		case e.At < from || e.At >= to || e.Fleet != fleet:
		case e.Kind == timeline.FailOpen:
			open = !strings.Contains(e.Text, "is over")
		case e.Kind == timeline.Serving && open:
			return e.At
		}
	}
	return to
}

// outages are those of all fleets over the part that is told, fleet by fleet. That none
// is desired is no outage where requests go to others instead.
func (a *account) outages() []outage {
	var all []outage
	for _, fleet := range a.fleets {
		open, unwanted := span{timeline.NotReached, timeline.NotReached}, true
		other := slices.Contains(a.Detail.Alternatives, fleet)
		end := func(at engine.Time) {
			if s := a.clip(open.from, a.reopened(fleet, open.from, at)); open.from != timeline.NotReached && s.length() >= shortest {
				all = append(all, outage{fleet, s, unwanted})
			}
			open.from, unwanted = timeline.NotReached, true
		}
		for _, l := range a.Detail.Levels {
			switch none := l.Usable == 0 && (l.Desired > 0 || !other); {
			case l.Fleet != fleet:
			case none:
				unwanted = unwanted && l.Desired == 0
				if open.from == timeline.NotReached {
					open.from = l.At
				}
			case !none && open.from != timeline.NotReached:
				end(l.At)
			}
		}
		end(a.to)
	}
	return all
}

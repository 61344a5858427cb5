package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/timeline"
)

// weights say which events come first where there is no room for all: the
// least is told first. Kinds without a weight are not told.
var weights = map[timeline.Kind]int{
	timeline.FaultStart: 1, timeline.FaultEnd: 1, timeline.Deployment: 1, timeline.Desired: 1, timeline.Replace: 1, timeline.LaunchFail: 1,
	timeline.Alarm: 2, timeline.Credits: 2, timeline.Schedule: 2, timeline.Healthy: 2, timeline.Unhealthy: 2,
	timeline.Launch: 3, timeline.Terminate: 3,
}

// unimportant is the weight of what goes without saying: alarms that fall back,
// a server that answers no check while it boots, further nodes of a balancer
// that find it healthy.
const unimportant = 4

// weigh gives each event its weight, 0 for those that are not told.
func weigh(events []timeline.Event) []int {
	weight := make([]int, len(events))
	used := map[string]bool{} // by a balancer
	for i, e := range events {
		weight[i] = weights[e.Kind]
		switch e.Kind {
		case timeline.Alarm:
			weight[i] = weighAlarm(e.Text)
		case timeline.Registered, timeline.Healthy, timeline.FirstServed:
			served := e.Kind != timeline.Registered || e.At == 0 // at time zero servers are healthy
			if served && used[e.Instance] && weight[i] > 0 {
				weight[i] = unimportant
			}
			used[e.Instance] = used[e.Instance] || served
		case timeline.Unhealthy:
			if !used[e.Instance] {
				weight[i] = unimportant
			}
			delete(used, e.Instance)
		}
	}
	return weight
}

// weighAlarm tells a new alarm from one that falls back; that alarms begin to
// work is not told.
func weighAlarm(text string) int {
	switch {
	case strings.HasPrefix(text, "INSUFFICIENT_DATA -> OK"):
		return 0
	case strings.HasPrefix(text, "OK -> ALARM"):
		return weights[timeline.Alarm]
	}
	return unimportant
}

// story is the control-plane timeline of the first replication in at most so
// many lines, the weightiest events of it in their order.
func story(r *experiments.Result, most int) block {
	b := block{title: "What happened", head: []string{"time", "event", "who", "what"}, left: 4}
	if r.Replications > 1 {
		b.title += fmt.Sprintf(" (first of %d replications)", r.Replications)
	}
	clock := clockOf(r)
	kept := weightiest(r.Detail.Events, most)
	for _, e := range kept {
		b.rows = append(b.rows, []string{clock.Second(e.At.Seconds()), string(e.Kind), who(e), e.Text})
	}
	if rest := len(r.Detail.Events) - len(kept); rest > 0 {
		b.note = fmt.Sprintf("... and %d more in events.csv", rest)
	}
	return b
}

// weightiest keeps at most so many events, in their order.
func weightiest(events []timeline.Event, most int) []timeline.Event {
	var order []int
	weight := weigh(events)
	for i := range events {
		if weight[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight[a], weight[b]) })
	order = order[:min(most, len(order))]
	slices.Sort(order)
	kept := make([]timeline.Event, len(order))
	for i, at := range order {
		kept[i] = events[at]
	}
	return kept
}

// who is what an event is about: the instance, with the subject that acts on
// it, or else the subject of the fleet.
func who(e timeline.Event) string {
	parts := []string{e.Fleet, e.Subject}
	if e.Instance != "" {
		parts = []string{e.Instance, e.Subject}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/timeline"
)

// weights say which events come first where there is no room for all: the
// least is told first. Kinds without a weight are not told.
var weights = map[timeline.Kind]int{
	timeline.FaultStart: 1, timeline.FaultEnd: 1, timeline.Deployment: 1, timeline.Desired: 1, timeline.Replace: 1, timeline.LaunchFail: 1,
	timeline.Alarm: 2, timeline.Credits: 2, timeline.Schedule: 2, timeline.Healthy: 2, timeline.Unhealthy: 2, timeline.FailOpen: 2, timeline.DNS: 2,
	timeline.Weights: 2, timeline.Refresh: 2,
	timeline.Operation: 1, timeline.Prevented: 2, timeline.Standby: 3,
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

// line is a line of the story: an event, or several that differ in nothing but
// their instance.
type line struct {
	timeline.Event
	instances []string
	weight    int
}

// linesOf are all events that are told.
func linesOf(events []timeline.Event) []line {
	weight := weigh(events)
	var lines []line
	for i, e := range events {
		if weight[i] == 0 {
			continue
		}
		if n := len(lines); n > 0 && lines[n-1].joins(e) {
			lines[n-1].instances = append(lines[n-1].instances, e.Instance)
			continue
		}
		lines = append(lines, line{e, []string{e.Instance}, weight[i]})
	}
	return lines
}

// joins reports whether an event can be told in the line.
func (l line) joins(e timeline.Event) bool {
	same := l.Event
	same.Instance = e.Instance
	return same == e && e.Instance != "" && l.Instance != ""
}

// story is the control-plane timeline of the first replication in at most so
// many lines.
func story(r *experiments.Result, most int) block {
	b := block{title: "What happened", head: []string{"time", "event", "who", "what"}, left: 4, lines: allLines}
	if r.Replications > 1 {
		b.title += fmt.Sprintf(" (first of %d replications)", r.Replications)
	}
	clock := clockOf(r)
	rest := len(r.Detail.Events)
	for _, l := range chosen(linesOf(r.Detail.Events), most) {
		b.rows = append(b.rows, []string{clock.Second(l.At.Seconds()), string(l.Kind), l.who(), l.what()})
		rest -= len(l.instances)
	}
	if rest > 0 {
		b.note = fmt.Sprintf("... and %d more in events.csv", rest)
	}
	return b
}

// who is what a line is about: the instance, with the subject that acts on it,
// or else the subject of the fleet.
func (l line) who() string {
	parts := []string{l.Fleet, autoscaling.BriefAlarm(l.Subject)}
	if len(l.instances) == 1 && l.Instance != "" {
		parts[0] = l.Instance
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// what is the text of a line, after the names of several instances.
func (l line) what() string {
	const most = 4
	n := len(l.instances)
	switch {
	case n == 1:
		return l.Text
	case n > most:
		return fmt.Sprintf("%s and %d more: %s", strings.Join(l.instances[:most-1], ", "), n-most+1, l.Text)
	}
	return strings.Join(l.instances, ", ") + ": " + l.Text
}

package reports

import (
	"io"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// ExplainOptions say what is to be told and on what.
type ExplainOptions struct {
	TextOptions
	// Piped writes every event on a line of its own, as wide as its words.
	Piped  bool
	Filter Filter
}

// Explain tells what the control plane did in the first replication: every
// event, a picture over time, how long each change of desired took to become
// healthy capacity and where that time went, and what became of each alarm.
func Explain(w io.Writer, r *experiments.Result, o ExplainOptions) error {
	s := newSheet(o.TextOptions)
	a := tell(r, o.Filter)
	sections := [][]string{s.events(a, o.Piped), s.picture(a), s.scaleOuts(a), s.lags(a), s.fates(a), s.prevented(a)}
	return printed(w, sections)
}

// mostWho is how wide the column may be that says who.
const mostWho = 26

// events writes a line for each event; on a terminal those that differ in
// nothing but their instance share one, and long sentences go on below.
func (s *sheet) events(a *account, piped bool) []string {
	clock := clockOf(a.Result)
	head := []string{"time", "event", "who", "what"}
	var rows [][]string
	var inks []ink
	for _, l := range together(a.events, !piped) {
		rows = append(rows, []string{clock.Second(l.At.Seconds()), string(l.Kind), plain(l.who()), plain(l.what())})
		inks = append(inks, accentOf(l.Event))
	}
	if len(rows) == 0 {
		return []string{"no event: nothing happened, or nothing that the flags choose"}
	}
	widths := [3]int{}
	for _, row := range append(rows, head) {
		for i := range widths {
			widths[i] = max(widths[i], cells.StringWidth(row[i]))
		}
	}
	if !piped {
		widths[2] = min(widths[2], mostWho)
	}
	left := widths[0] + widths[1] + widths[2] + 3*gap
	lines := []string{s.paint(dim, s.eventRow(head, widths, []string{head[3]})[0])}
	for i, row := range rows {
		what := []string{row[3]}
		if !piped {
			what = wrap(row[3], s.width-left)
		}
		for _, line := range s.eventRow(row, widths, what) {
			lines = append(lines, s.paint(inks[i], line))
		}
	}
	return lines
}

func (s *sheet) eventRow(row []string, widths [3]int, what []string) []string {
	line := ""
	for i, width := range widths {
		line += pad(middle(row[i], width), width+gap, false)
	}
	lines := []string{line + what[0]}
	for _, more := range what[1:] {
		lines = append(lines, strings.Repeat(" ", cells.StringWidth(line))+more)
	}
	return lines
}

// together makes a line of each event, or of those that can be told in one.
func together(events []timeline.Event, join bool) []line {
	var lines []line
	for _, e := range events {
		n := len(lines)
		switch {
		case join && n > 0 && lines[n-1].joins(e):
			lines[n-1].instances = append(lines[n-1].instances, e.Instance)
			continue
		case join && n > 0 && says(lines[n-1].Event, e):
			lines = lines[:n-1]
		}
		lines = append(lines, line{Event: e, instances: []string{e.Instance}})
	}
	return lines
}

// says reports whether a change of desired says all that the policy before it
// does.
func says(policy, desired timeline.Event) bool {
	return policy.Kind == timeline.Policy && desired.Kind == timeline.Desired && policy.At == desired.At &&
		policy.Fleet == desired.Fleet && policy.Subject == desired.Subject
}

// accentOf paints what decides: changes of desired, new alarms, refusals,
// faults.
func accentOf(e timeline.Event) ink {
	_, to, _ := e.Turned()
	switch {
	case e.Kind == timeline.Desired:
		return strong
	case to == inAlarm, e.Kind == timeline.FaultStart, e.Kind == timeline.Replace, e.Kind == timeline.LaunchFail:
		return bad
	case e.Kind == timeline.Policy && strings.HasPrefix(e.Text, "ignored"), e.Kind == timeline.Prevented:
		return doubt
	case e.Kind == timeline.Breach, e.Kind == timeline.PeriodEnd, e.Kind == timeline.Datapoint:
		return dim
	}
	return ""
}

// rough writes a stretch of time for a reader: to the tenth of a second, and
// below one second to the millisecond.
func rough(t engine.Time) string {
	if t < engine.Second {
		t = (t + engine.Millisecond/2) / engine.Millisecond * engine.Millisecond
	}
	return quantity.Duration(t).Rough()
}

// alarmTitle is an alarm as the timeline calls it, after its fleet where there
// are several.
func (a *account) alarmTitle(fleet, name string) string {
	title := autoscaling.BriefAlarm(name)
	if len(a.fleets) > 1 && fleet != "" {
		title = fleet + " " + title
	}
	return title
}

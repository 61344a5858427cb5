package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/reports/units"
)

// ribbon is one line of the picture: a cell for each column of time.
type ribbon struct {
	name  string
	cells []string
	inks  map[string]ink // of cells
	value string         // at its right
}

// frame is the room that a picture has, and the time it spans.
type frame struct {
	span
	columns int
	legend  []string // what the signs mean that are used
}

// column is the stretch of time of a column.
func (f *frame) column(c int) span {
	length := f.to - f.from
	at := func(c int) engine.Time { return f.from + engine.Time(float64(length)*(float64(c)/float64(f.columns))) }
	return span{at(c), max(at(c+1), at(c)+1)}
}

// covers are the columns that a stretch of time touches.
func (f *frame) covers(s span) (first, last int) {
	if s.to <= s.from {
		return 0, -1
	}
	place := func(t engine.Time) int {
		return int(float64(t-f.from) / float64(f.to-f.from) * float64(f.columns))
	}
	return max(place(s.from), 0), min(max(place(s.to-1), place(s.from)), f.columns-1)
}

// explainSign notes a sign for the legend.
func (f *frame) explainSign(sign, meaning string) {
	if text := sign + " " + meaning; !slices.Contains(f.legend, text) {
		f.legend = append(f.legend, text)
	}
}

// picture draws what the group wanted and had, the states of its alarms and what
// stood in their way, over one axis.
func (s *sheet) picture(a *account) []string {
	if a.to <= a.from {
		return nil
	}
	names := 0
	for _, r := range a.ribbons(&frame{span: span{a.from, a.to}, columns: 1}) {
		names = max(names, min(cells.StringWidth(plain(r.name))+1, mostTrack))
	}
	f := &frame{span: span{a.from, a.to}, columns: max(s.width-indent-names-valueWidth-2, 10)}
	all := a.ribbons(f)
	if len(all) == 0 {
		return nil
	}
	lines := []string{s.paint(strong, "OVER TIME")}
	per := f.column(0)
	note := "a column is " + rough(per.to-per.from)
	for _, line := range wrapParts(append([]string{note}, f.legend...), s.width-indent) {
		lines = append(lines, "  "+s.paint(dim, line))
	}
	for _, r := range all {
		lines = append(lines, s.ribbon(r, names))
	}
	return append(lines, s.axisOver(clockOf(a.Result), f, names)...)
}

func (s *sheet) ribbon(r ribbon, names int) string {
	var b strings.Builder
	for i := 0; i < len(r.cells); {
		j := i
		for j < len(r.cells) && r.cells[j] == r.cells[i] {
			j++
		}
		b.WriteString(s.paint(r.inks[r.cells[i]], strings.Repeat(r.cells[i], j-i)))
		i = j
	}
	line := "  " + pad(middle(plain(r.name), names-1), names, false) + s.paint(dim, "│") + b.String() + s.paint(dim, "│") + r.value
	return strings.TrimRight(line, " ")
}

// axisOver writes the time axis under the ribbons.
func (s *sheet) axisOver(clock units.Clock, f *frame, names int) []string {
	return s.axisLines(clock.TicksBetween(f.from.Seconds(), f.to.Seconds(), max(f.columns/8, 2)), f, names)
}

// axisLines writes ticks under an axis, and their labels where there is room.
func (s *sheet) axisLines(ticks []units.Tick, f *frame, names int) []string {
	line, labels := []rune(strings.Repeat("─", f.columns)), []rune(strings.Repeat(" ", f.columns+10))
	free := 0
	for _, t := range ticks {
		at := int(math.Round((t.Seconds - f.from.Seconds()) / (f.to - f.from).Seconds() * float64(f.columns)))
		at = min(at, f.columns-1)
		line[at] = '┴'
		from := max(at-len(t.Label)/2, 0)
		if from < free {
			continue
		}
		copy(labels[from:], []rune(t.Label))
		free = from + len(t.Label) + 1
	}
	left := strings.Repeat(" ", indent+names)
	return []string{
		s.paint(dim, left+"└"+string(line)+"┘"),
		s.paint(dim, strings.TrimRight(left+" "+string(labels), " ")),
	}
}

// ribbons are the lines of the picture, fleet by fleet.
func (a *account) ribbons(f *frame) []ribbon {
	var all []ribbon
	if r, ok := a.faultRibbon(f); ok {
		all = append(all, r)
	}
	for _, fleet := range a.fleets {
		all = append(all, a.serverRibbons(fleet, f)...)
		if r, ok := a.decisionRibbon(fleet, f); ok {
			all = append(all, r)
		}
		all = append(all, a.alarmRibbons(fleet, f)...)
	}
	return append(all, a.alarmRibbons("", f)...)
}

// blank is a ribbon of one sign.
func (f *frame) blank(sign string) []string {
	return slices.Repeat([]string{sign}, f.columns)
}

// paintOver puts a sign over a stretch of time.
func (f *frame) paintOver(cells []string, s span, sign string) {
	first, last := f.covers(s)
	for c := first; c <= last; c++ {
		cells[c] = sign
	}
}

// faultRibbon shows when faults were at work.
func (a *account) faultRibbon(f *frame) (ribbon, bool) {
	r := ribbon{name: "faults", cells: f.blank(" "), inks: map[string]ink{"!": bad}}
	open := map[string]engine.Time{}
	any := false
	over := func(from, to engine.Time) {
		if s := a.clip(from, to); s.length() > 0 {
			f.paintOver(r.cells, s, "!")
			any = true
		}
	}
	for _, e := range a.Detail.Events {
		switch from, is := open[e.Subject]; {
		case e.Kind == timeline.FaultStart && !is:
			open[e.Subject] = e.At
		case e.Kind == timeline.FaultEnd && is:
			over(from, e.At)
			delete(open, e.Subject)
		}
	}
	for _, from := range open {
		over(from, a.to)
	}
	return r, any
}

// The signs of servers.
const (
	signPending = "▒"
	signDesired = "░"
)

// mostServerRows is how many lines the servers of a fleet take.
const mostServerRows = 4

// serverRibbons show a fleet's servers in service, on top of them those that are
// pending, and those that are desired beyond both.
func (a *account) serverRibbons(fleet string, f *frame) []ribbon {
	inService, there, desired := a.levels(fleet, f)
	top := max(slices.Max(there), slices.Max(desired))
	if top == 0 {
		return nil
	}
	f.explainSign("█", "in service")
	rows := int(min(top, mostServerRows))
	all := make([]ribbon, rows)
	for k := range all {
		r := &all[rows-1-k]
		r.cells, r.inks = f.blank(" "), map[string]ink{signPending: dim, signDesired: dim}
		for _, block := range eighths {
			r.inks[block] = blue
		}
		for c := range r.cells {
			r.cells[c] = serverCell(inService[c], there[c], desired[c], top, k, rows)
			switch r.cells[c] {
			case signPending:
				f.explainSign(signPending, "pending")
			case signDesired:
				f.explainSign(signDesired, "desired")
			}
		}
	}
	all[0].name, all[0].value = fleet, "most "+units.Format(slices.Max(inService), "")
	return all
}

func serverCell(inService, there, desired, top float64, row, rows int) string {
	reaches := func(v float64) int { return level(v, top, rows) - 8*row }
	switch full := reaches(inService); {
	case full >= 1:
		return eighths[min(full, 8)]
	case reaches(there) >= 4:
		return signPending
	case reaches(desired) >= 4:
		return signDesired
	}
	return " "
}

// levels are the most servers in each column: in service, with those that are
// pending, and desired.
func (a *account) levels(fleet string, f *frame) (inService, there, desired []float64) {
	inService, there, desired = make([]float64, f.columns), make([]float64, f.columns), make([]float64, f.columns)
	var of []timeline.Level
	for _, l := range a.Detail.Levels {
		if l.Fleet == fleet {
			of = append(of, l)
		}
	}
	for i, l := range of {
		end := a.to
		if i+1 < len(of) {
			end = of[i+1].At
		}
		first, last := f.covers(a.clip(l.At, end))
		for c := first; c <= last; c++ {
			inService[c] = max(inService[c], float64(l.InService))
			there[c] = max(there[c], float64(l.InService+l.Pending))
			desired[c] = max(desired[c], float64(l.Desired))
		}
	}
	return inService, there, desired
}

// decisionRibbon marks the changes of desired.
func (a *account) decisionRibbon(fleet string, f *frame) (ribbon, bool) {
	const up, down, both = "▲", "▼", "◆"
	r := ribbon{name: "  changes", cells: f.blank(" "), inks: map[string]ink{up: strong, down: strong, both: strong}}
	n := 0
	for _, e := range a.Detail.Events {
		if e.Kind != timeline.Desired || e.Fleet != fleet || !a.within(e.At, e.At) {
			continue
		}
		n++
		sign := up
		if shrinks(e.Text) {
			sign = down
		}
		c, _ := f.covers(span{e.At, e.At + 1})
		c = min(c, f.columns-1)
		if r.cells[c] != " " && r.cells[c] != sign {
			sign = both
		}
		r.cells[c] = sign
		f.explainSign(sign, map[string]string{up: "out", down: "in", both: "out and in"}[sign])
	}
	r.value = fmt.Sprint(n)
	return r, n > 0
}

// The signs of an alarm's states.
const (
	signOK      = "."
	signAlarm   = "#"
	signWithout = "?"
)

// alarmRibbons show the states of a fleet's alarms, and below each what kept its
// policy from acting.
func (a *account) alarmRibbons(fleet string, f *frame) []ribbon {
	var all []ribbon
	for _, v := range a.alarms {
		if v.Fleet != fleet {
			continue
		}
		r := ribbon{name: a.alarmTitle(v.Fleet, v.Name), cells: f.blank(" "), inks: map[string]ink{signAlarm: bad, signOK: dim, signWithout: dim}}
		stays := a.stays(v)
		for _, look := range []struct{ state, sign, meaning string }{{"OK", signOK, "OK"}, {without, signWithout, "insufficient data"}, {inAlarm, signAlarm, "ALARM"}} {
			for _, s := range stays {
				if s.state == look.state {
					f.paintOver(r.cells, s.span, look.sign)
					f.explainSign(look.sign, look.meaning)
				}
			}
		}
		if t := total(stays, inAlarm); t > 0 {
			r.value = "ALARM " + short(rough(t), valueWidth-6)
		}
		all = append(all, r)
		if b, ok := a.blockedRibbon(v.Fleet, v.Name, f); ok {
			all = append(all, b)
		}
	}
	return all
}

// signs are those of the reasons that keep a policy from acting.
var signs = map[timeline.Reason]string{
	timeline.InActivity: "a", timeline.InCooldown: "c", timeline.InWarmup: "w", timeline.WaitsForAll: "t",
	timeline.OffTheSteps: "n", timeline.NoDatapoint: "d", timeline.Unheard: "s", timeline.Foreseen: "f", timeline.ForecastOnly: "o",
}

// sign is that of an answer; what it means goes into the legend.
func sign(v *timeline.Answer) (letter, meaning string) {
	switch {
	case v.Reason == timeline.AtBound:
		if strings.HasPrefix(v.By, "max") {
			return "M", "at max"
		}
		return "m", "at min"
	case signs[v.Reason] != "":
		return signs[v.Reason], string(v.Reason)
	}
	return "r", string(v.Reason)
}

// blockedRibbon shows when an alarm's policy could not act, and for what.
func (a *account) blockedRibbon(fleet, alarm string, f *frame) (ribbon, bool) {
	r := ribbon{name: "  blocked", cells: f.blank(" "), inks: map[string]ink{}}
	var sum engine.Time
	for _, v := range a.answers {
		if v.Fleet != fleet || v.Alarm != alarm || !v.Reason.Blocks() {
			continue
		}
		s := a.clip(v.From, v.To)
		letter, meaning := sign(v)
		f.paintOver(r.cells, s, letter)
		f.explainSign(letter, meaning)
		r.inks[letter] = doubt
		sum += s.length()
	}
	r.value = short(rough(sum), valueWidth)
	return r, sum > 0
}

// policyTitle is a policy as the timeline calls it.
func policyTitle(policy string) string { return autoscaling.BriefAlarm(policy) }

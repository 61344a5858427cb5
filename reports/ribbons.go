package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/timeline"
)

// ribbons are the lines of the picture, fleet by fleet.
func (a *account) ribbons(f *frame) []ribbon {
	var all []ribbon
	if r, ok := a.faultRibbon(f); ok {
		all = append(all, r)
	}
	for _, fleet := range a.fleets {
		all = append(all, a.serverRibbons(fleet, f)...)
		for _, draw := range []func(string, *frame) (ribbon, bool){
			a.decisionRibbon, a.operationRibbon, a.suspendedRibbon, a.preventedRibbon, a.replacedRibbon,
		} {
			if r, ok := draw(fleet, f); ok {
				all = append(all, r)
			}
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
	any := false
	for _, o := range a.Detail.Faults(a.to) {
		if s := a.clip(o.From, o.To); s.length() > 0 {
			f.paintOver(r.cells, s, "!")
			any = true
		}
	}
	return r, any
}

// The signs of servers.
const (
	signIdle    = "▓"
	signPending = "▒"
	signDesired = "░"
)

// mostServerRows is how many lines the servers of a fleet take.
const mostServerRows = 4

// serverRibbons show a fleet's servers that can be used, on top of them those in
// service that cannot, those that are pending, and those that are desired beyond
// all.
func (a *account) serverRibbons(fleet string, f *frame) []ribbon {
	v := a.levels(fleet, f)
	top := max(slices.Max(v.there), slices.Max(v.desired))
	if top == 0 {
		return nil
	}
	f.explainSign("█", "usable")
	rows := int(min(top, mostServerRows))
	all := make([]ribbon, rows)
	for k := range all {
		r := &all[rows-1-k]
		r.cells, r.inks = f.blank(" "), map[string]ink{signIdle: bad, signPending: dim, signDesired: dim}
		for _, block := range eighths {
			r.inks[block] = blue
		}
		for c := range r.cells {
			r.cells[c] = v.cell(c, top, k, rows)
			switch r.cells[c] {
			case signIdle:
				f.explainSign(signIdle, "in service, not usable")
			case signPending:
				f.explainSign(signPending, "pending")
			case signDesired:
				f.explainSign(signDesired, "desired")
			}
		}
	}
	all[0].name, all[0].value = fleet, "most "+units.Format(slices.Max(v.inService), "")
	if least := slices.Min(v.usable); least < slices.Min(v.inService) {
		all[len(all)-1].value = "usable " + units.Format(least, "") + " to " + units.Format(slices.Max(v.usable), "")
		if len(all) == 1 {
			all[0].value = "least usable " + units.Format(least, "")
		}
	}
	return all
}

// cell is the sign of a column in a row counted from below.
func (v *levels) cell(c int, top float64, row, rows int) string {
	reaches := func(v float64) int { return level(v, top, rows) - 8*row }
	switch full := reaches(v.usable[c]); {
	case full >= 1 && (full >= 8 || reaches(v.inService[c]) == full):
		return eighths[min(full, 8)]
	case reaches(v.inService[c]) >= 4:
		return signIdle
	case full >= 1:
		return eighths[full]
	case reaches(v.inService[c]) >= 1:
		return signIdle
	case reaches(v.there[c]) >= 4:
		return signPending
	case reaches(v.desired[c]) >= 4:
		return signDesired
	}
	return " "
}

// levels are the most servers in each column: in service, with those that are
// pending, and desired. Usable are those in service without the most that were
// so and could not be used.
type levels struct{ usable, inService, there, desired []float64 }

func (a *account) levels(fleet string, f *frame) levels {
	column := func() []float64 { return make([]float64, f.columns) }
	v, idle := levels{column(), column(), column(), column()}, column()
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
			v.inService[c] = max(v.inService[c], float64(l.InService))
			v.there[c] = max(v.there[c], float64(l.InService+l.Pending))
			v.desired[c] = max(v.desired[c], float64(l.Desired))
			idle[c] = max(idle[c], float64(l.InService-l.Usable))
		}
	}
	for c := range idle {
		v.usable[c] = max(v.inService[c]-idle[c], 0)
	}
	return v
}

// decisionRibbon marks the changes of desired.
func (a *account) decisionRibbon(fleet string, f *frame) (ribbon, bool) {
	const up, down, both = "▲", "▼", "◆"
	r := ribbon{name: "  changes", cells: f.blank(" "), inks: map[string]ink{up: strong, down: strong, both: strong}}
	n := 0
	for _, e := range a.Detail.Events {
		before, now, ok := e.Resized()
		if !ok || e.Fleet != fleet || !a.within(e.At, e.At) {
			continue
		}
		n++
		sign := up
		if now < before {
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

// replacedRibbon marks the instances that were replaced.
func (a *account) replacedRibbon(fleet string, f *frame) (ribbon, bool) {
	r := ribbon{name: "  replaced", cells: f.blank(" "), inks: map[string]ink{"x": bad}}
	n := 0
	for _, e := range a.Detail.Events {
		if e.Kind == timeline.Replace && e.Fleet == fleet && a.within(e.At, e.At) {
			f.paintOver(r.cells, span{min(e.At, f.to-1), min(e.At, f.to-1) + 1}, "x")
			n++
		}
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
		if b, ok := a.blockedRibbon("  blocked", f, func(w *timeline.Answer) bool { return w.Fleet == v.Fleet && w.Alarm == v.Name }); ok {
			all = append(all, b)
		}
	}
	return append(all, a.clockedRibbons(fleet, f)...)
}

// clockedRibbons show what kept a fleet's policies without an alarm, and its
// health checks, from acting.
func (a *account) clockedRibbons(fleet string, f *frame) []ribbon {
	var all []ribbon
	for _, v := range a.clocked() {
		if v.Fleet != fleet {
			continue
		}
		name := a.alarmTitle(v.Fleet, v.Policy)
		if b, ok := a.blockedRibbon(name, f, func(w *timeline.Answer) bool { return w.Fleet == fleet && w.Alarm == "" && w.Policy == v.Policy }); ok {
			all = append(all, b)
		}
	}
	return all
}

// signs are those of the reasons that keep a policy from acting.
var signs = map[timeline.Reason]string{
	timeline.InActivity: "a", timeline.InCooldown: "c", timeline.InWarmup: "w", timeline.WaitsForAll: "t",
	timeline.InGrace: "g", timeline.OffTheSteps: "n", timeline.NoDatapoint: "d", timeline.Unheard: "s", timeline.Foreseen: "f", timeline.ForecastOnly: "o",
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

// blockedRibbon shows when a policy could not act, and for what.
func (a *account) blockedRibbon(name string, f *frame, of func(*timeline.Answer) bool) (ribbon, bool) {
	r := ribbon{name: name, cells: f.blank(" "), inks: map[string]ink{}}
	var sum engine.Time
	for _, v := range a.answers {
		if !of(v) || !v.Reason.Blocks() {
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

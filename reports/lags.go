package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// partSigns fill the bars of the parts; the letters are their initials, as far
// as these differ.
var partSigns = [timeline.Parts]string{"m", "p", "e", "X", "r", "l", "b", "s", "k", "h"}

// partInks paint the bars.
var partInks = [timeline.Parts]ink{blue, blue, blue, bad, purple, purple, green, green, green, doubt}

// lags tells for each change of desired that launched instances where the time
// until the first of them was usable went: from the breach, if the breach of an
// alarm led to it first, else from the change.
func (s *sheet) lags(a *account) []string {
	if len(a.outs) == 0 {
		return nil
	}
	lines := []string{s.paint(strong, "WHERE THE TIME WENT, TO THE FIRST USABLE INSTANCE")}
	if s.width >= tableWidth {
		b := lagTable(a)
		lines = append(lines, s.whole(b, s.widths(b))...)
	} else {
		lines = append(lines, s.lagBars(a)...)
	}
	return append(lines, s.lagNotes(a)...)
}

// tableWidth is the width from which the parts are columns.
const tableWidth = 150

// lagsOf is the table under the title of a page of its own; empty where nothing
// was launched.
func lagsOf(a *account) block {
	if len(a.outs) == 0 {
		return block{}
	}
	b := lagTable(a)
	b.title = "Where the time went, to the first usable instance"
	return b
}

// lagTable has a row for each first instance and one for the mean of those that
// followed a breach.
func lagTable(a *account) block {
	clock := clockOf(a.Result)
	b := block{head: []string{"scaling"}, left: 1}
	for p := range timeline.Parts {
		b.head = append(b.head, p.String())
	}
	b.head = append(b.head, "in all", "warm-up beside")
	for _, o := range a.outs {
		v := o.First
		row := []string{clock.Second(o.At.Seconds()) + " " + v.Instance}
		for _, t := range v.Took() {
			row = append(row, spent(t))
		}
		b.rows = append(b.rows, append(row, spent(v.Lag()), spent(v.WarmUp())))
	}
	if means, all, n := meanParts(a.scalings); n > 1 {
		row := []string{meanTitle(n)}
		for _, t := range means {
			row = append(row, spent(t))
		}
		b.rows = append(b.rows, append(row, spent(all), ""))
	}
	return b
}

// meanTitle names the mean of the lags, which a metric gives too.
func meanTitle(n int) string { return fmt.Sprintf("mean of %d breaches", n) }

// spent writes what a part took; "-" where its end has not come.
func spent(t engine.Time) string {
	if t == timeline.NotReached {
		return "-"
	}
	return rough(t)
}

// meanParts are the means over the scalings that came to their end.
func meanParts(list []*timeline.Scaling) (means [timeline.Parts]engine.Time, all engine.Time, n int) {
	for _, v := range list {
		if v.Lag() == timeline.NotReached {
			continue
		}
		n++
		all += v.Lag()
		for p, t := range v.Took() {
			means[p] += t
		}
	}
	if n == 0 {
		return means, 0, 0
	}
	for p := range means {
		means[p] /= engine.Time(n)
	}
	return means, all / engine.Time(n), n
}

// lagRow is what a bar shows.
type lagRow struct {
	title  string
	took   [timeline.Parts]engine.Time
	all    engine.Time
	beside string // what ran beside the parts
}

// mostFigures is how many scalings have the figures of their parts below their
// bars; of more only their mean has.
const mostFigures = 6

// lagBars draw each scaling as a bar of its parts, on one scale, and their mean.
func (s *sheet) lagBars(a *account) []string {
	clock := clockOf(a.Result)
	longest := engine.Time(1)
	for _, o := range a.outs {
		longest = max(longest, sumOf(o.First.Took()))
	}
	var lines []string
	for _, o := range a.outs {
		v := o.First
		row := lagRow{title: clock.Second(o.At.Seconds()) + " " + v.Instance + " " + policyTitle(o.By), took: v.Took(), all: v.Lag()}
		if w := v.WarmUp(); w > 0 {
			row.beside = "warm-up " + rough(w) + " beside"
		}
		lines = append(lines, s.lagBar(row, longest))
		if len(a.outs) <= mostFigures {
			lines = append(lines, s.lagFigures(row)...)
		}
	}
	if means, all, n := meanParts(a.scalings); n > 1 {
		row := lagRow{title: meanTitle(n), took: means, all: all}
		lines = append(append(lines, s.lagBar(row, longest)), s.lagFigures(row)...)
	}
	return lines
}

func (s *sheet) lagBar(r lagRow, longest engine.Time) string {
	head := "  " + pad(short(r.title, 28), 28, false) + pad(spent(r.all), 8, true) + "  "
	return strings.TrimRight(head+s.bar(r.took, longest, s.width-cells.StringWidth(head)), " ")
}

// lagFigures are those of a bar, below it.
func (s *sheet) lagFigures(r lagRow) []string {
	parts := partsInWords(r.took)
	if r.beside != "" {
		parts = append(parts, r.beside)
	}
	lines := wrapParts(parts, s.width-2*indent)
	for i := range lines {
		lines[i] = "    " + s.paint(dim, lines[i])
	}
	return lines
}

func sumOf(took [timeline.Parts]engine.Time) engine.Time {
	var sum engine.Time
	for _, t := range took {
		sum += max(t, 0)
	}
	return sum
}

// bar draws parts as blocks of letters, the longest scaling over the width.
func (s *sheet) bar(took [timeline.Parts]engine.Time, longest engine.Time, width int) string {
	var b strings.Builder
	var at engine.Time
	drawn := 0
	for p, t := range took {
		at += max(t, 0)
		to := int(float64(at) / float64(longest) * float64(width))
		b.WriteString(s.paint(partInks[p], strings.Repeat(partSigns[p], to-drawn)))
		drawn = to
	}
	return b.String()
}

// partsInWords lists the parts that took time, each after the sign of its bar.
func partsInWords(took [timeline.Parts]engine.Time) []string {
	var list []string
	for p, t := range took {
		if t > 0 {
			list = append(list, fmt.Sprintf("%s %s %s", partSigns[p], timeline.Part(p), rough(t)))
		}
	}
	return list
}

// lagNotes say what each scaling met with between its alarm and the change of
// desired, and which did not come to their end.
func (s *sheet) lagNotes(a *account) []string {
	var lines []string
	for _, o := range a.outs {
		v := o.First
		if why := a.held(v); why != "" {
			lines = append(lines, s.bullet("", v.Instance+" waited for a change of desired: "+why)...)
		}
		if v.Lag() == timeline.NotReached {
			lines = append(lines, s.bullet("", v.Instance+" was not usable before it was taken away or the run ended: it adds to no mean")...)
		}
	}
	return lines
}

// held says what kept the policy of a scaling from acting, after its alarm.
func (a *account) held(v *timeline.Scaling) string { return inWords(a.obstacles(v)) }

// obstacles are what the policy of a scaling met with between its alarm and the
// change of desired.
func (a *account) obstacles(v *timeline.Scaling) []obstacle {
	var list []obstacle
	if !v.Reached(timeline.AtBreach) {
		return nil
	}
	blocked := span{v.At[timeline.AtAlarmed], v.At[timeline.AtDesired]}
	for _, w := range a.Detail.Answers {
		if w.Fleet == v.Fleet && w.Alarm == v.Alarm && w.Policy == v.Policy {
			cut := span{max(w.From, blocked.from), min(w.To, blocked.to)}
			list = addObstacle(list, w, cut.length())
		}
	}
	return list
}

// obstacle is what a policy met with, and for how long in all.
type obstacle struct {
	reason timeline.Reason
	by     string
	total  engine.Time
	times  int
}

// addObstacle adds an answer to those of its kind.
func addObstacle(list []obstacle, v *timeline.Answer, length engine.Time) []obstacle {
	if length <= 0 {
		return list
	}
	i := slices.IndexFunc(list, func(o obstacle) bool { return o.reason == v.Reason && o.by == v.By })
	if i < 0 {
		i = len(list)
		list = append(list, obstacle{reason: v.Reason, by: v.By})
	}
	list[i].total += length
	list[i].times++
	return list
}

// inWords lists obstacles, the longest first: "cooldown 4m, warm-up of web-2 2m".
func inWords(list []obstacle) string {
	slices.SortStableFunc(list, func(x, y obstacle) int { return cmp.Compare(y.total, x.total) })
	var parts []string
	told := map[timeline.Reason]bool{}
	for _, o := range list {
		if many := others(list, o.reason); many.times > mostBy {
			if told[o.reason] {
				continue
			}
			told[o.reason] = true
			o = many
		}
		parts = append(parts, o.String())
	}
	return strings.Join(parts, ", ")
}

// mostBy is how many instances are named that stood in the way for one reason.
const mostBy = 3

// ofInstances are the reasons that name an instance.
var ofInstances = []timeline.Reason{timeline.InActivity, timeline.InWarmup, timeline.InGrace}

// others are all obstacles of a reason in one, if it names instances.
func others(list []obstacle, reason timeline.Reason) obstacle {
	all := obstacle{reason: reason}
	if !slices.Contains(ofInstances, reason) {
		return all
	}
	for _, o := range list {
		if o.reason == reason {
			all.total += o.total
			all.times++
		}
	}
	all.by = fmt.Sprintf("%d instances", all.times)
	return all
}

// String says what stood in the way and for how long.
func (o obstacle) String() string {
	text := string(o.reason)
	switch {
	case o.reason == timeline.Applied:
		if o.times == 1 {
			return "applied once"
		}
		return fmt.Sprintf("applied %d times", o.times)
	case o.reason == timeline.AtBound:
		return "at " + o.by + ": " + rough(o.total)
	case o.reason == timeline.Awaiting:
		return fmt.Sprintf("%s %s (%s)", o.reason, rough(o.total), o.by)
	case o.reason == timeline.Refused:
		text = o.by
	case o.reason == timeline.HeldBack && o.by != "":
		text += " (" + o.by + ")"
	case o.reason == timeline.Outbid:
		text = "outbid by " + o.by
	case o.by != "":
		text += " of " + o.by
	}
	return text + " " + rough(o.total)
}

package page

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// Member is a configuration of several that are shown side by side.
type Member struct {
	Name string
	*experiments.Result
}

// multiples show the same figure of several configurations side by side, all on the
// same axes.
type multiples struct {
	ID, Title, Text, Note string
	Charts                []small
	Ticks                 []tick
	Table                 *Table
}

// Kind implements Part.
func (*multiples) Kind() string { return "multiples" }

// small is the chart of one configuration.
type small struct {
	Name string
	*chart
}

// Multiples draw each configuration minute by minute: load, latency, servers and CPU,
// of several replications the means with their intervals. Nothing is drawn where the
// minutes were not kept.
func Multiples(members []Member) []Part {
	var all []*data
	for _, m := range members {
		d := &data{Data: view.New(m.Result)}
		if d.Minutes() == 0 {
			return nil
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		return nil
	}
	var list []Part
	for _, f := range compared(all) {
		if m := f.draw(members, all); m != nil {
			list = append(list, m)
		}
	}
	return list
}

// figure is what is shown of each configuration.
type figure struct {
	id, title, unit, kind, look string
	of                          func(*data) view.Course // without values where it has none
}

// compared are the figures that tell configurations apart.
func compared(all []*data) []figure {
	list := []figure{
		{"each-load", "Offered requests per second", "1/s", "stairs", "l1", func(d *data) view.Course { return d.RateCourse("offered") }},
		{"each-p99", "Latency p99 of completed requests", "s", "line", "l3", func(d *data) view.Course { return d.Course("%s", view.ColumnOf("p99")) }},
		{"each-failed", "Failed requests per second", "1/s", "area", "f2", func(d *data) view.Course { return d.RateCourse("failed") }},
	}
	var fleets []string
	for _, d := range all {
		fleets = append(fleets, d.Fleets()...)
	}
	slices.Sort(fleets)
	fleets = slices.Compact(fleets)
	for i, fleet := range fleets {
		list = append(list,
			figure{id(i, "each-servers"), heading(fleets, fleet, "servers in service"), "", "area", "f1", func(d *data) view.Course { return d.Course("fleets.%s.in_service", fleet) }},
			figure{id(i, "each-cpu"), heading(fleets, fleet, "mean CPU of the servers in service"), "share", "line", "l1", func(d *data) view.Course { return d.Course("fleets.%s.cpu", fleet) }})
	}
	return list
}

// heading names a figure, after its fleet where there are several.
func heading(fleets []string, fleet, text string) string {
	if len(fleets) > 1 {
		return fleet + ": " + text
	}
	return string(text[0]-'a'+'A') + text[1:]
}

// draw draws the figure of all configurations on shared axes; nil where no one has
// any of it.
func (f figure) draw(members []Member, all []*data) *multiples {
	var courses []view.Course
	var values, drawn [][]float64
	for _, d := range all {
		c := f.of(d)
		courses, values, drawn = append(courses, c), append(values, c.Values), append(drawn, c.Values, c.Highs())
	}
	if _, most := view.Extent(values...); most == 0 {
		return nil
	}
	axis := f.axis(drawn)
	m := &multiples{ID: f.id, Title: view.Plain(f.title), Ticks: all[0].fewTicks(), Table: &Table{Title: view.Plain(f.title), Head: []string{"", "mean of the minutes", "greatest", "at"}, Left: 1}}
	if axis.Log {
		m.Note = "logarithmic scale"
	}
	for i, d := range all {
		if values[i] == nil {
			continue
		}
		c := d.over(id(i, f.id), m.Title, "", 90)
		c.add(members[i].Name, f.unit, f.kind, f.look, courses[i])
		at, _ := view.Peak(values[i])
		greatest, when := courses[i].Text(at, f.unit), d.Clock.Minute(d.Edges[at])
		c.Text = "At most " + greatest + ", at " + when + "."
		m.Charts = append(m.Charts, small{view.Plain(members[i].Name), c.fit(axis)})
		c.Text += c.widest()
		m.Table.Rows = append(m.Table.Rows, []string{members[i].Name, units.Format(meanOf(values[i]), f.unit), greatest, when})
	}
	m.Text = m.say(f.unit, values)
	return m
}

// axis is that of all configurations.
func (f figure) axis(values [][]float64) view.Axis {
	_, top := view.Extent(values...)
	switch f.unit {
	case "share":
		return view.PercentAxis()
	case "s":
		return view.Fitting(f.unit, values...)
	}
	return view.FromZero(top, f.unit)
}

// say tells which configuration comes highest, and which stays lowest.
func (m *multiples) say(unit string, values [][]float64) string {
	rows := m.Table.Rows
	most, least, high, low := 0, 0, math.Inf(-1), math.Inf(1)
	i := 0
	for _, v := range values {
		if v == nil {
			continue
		}
		_, peak := view.Peak(v)
		if peak > high {
			most, high = i, peak
		}
		if peak < low {
			least, low = i, peak
		}
		i++
	}
	if high == low {
		return "At most " + rows[most][2] + " in all, at " + rows[most][3] + "."
	}
	return rows[most][0] + " comes to " + rows[most][2] + ", at " + rows[most][3] + "; " + rows[least][0] + " to " + units.Format(low, unit) + " at most."
}

// meanOf leaves out minutes without a value.
func meanOf(values []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return sum / n
}

// fewTicks are those of a small chart.
func (d *data) fewTicks() []tick {
	var list []tick
	for _, t := range d.Clock.Ticks(4) {
		list = append(list, tick{At: percent(t.Seconds / d.Clock.Duration), Text: t.Label})
	}
	return list
}

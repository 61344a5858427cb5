package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// id is that of a fleet's chart. The fleet's name may be anything.
func id(fleet int, what string) string { return fmt.Sprintf("%s-%d", what, fleet+1) }

// servers shows a fleet's servers by their states: to the second where one run kept
// them so, of several replications the means of each minute.
func (d *data) servers(i int, fleet string) *chart {
	v := d.Capacity(fleet)
	clock := id(i, "fleet")
	if len(v.Edges) == 0 || d.Averaged() {
		v, clock = d.byMinute(fleet), minutes
	}
	c := d.over(id(i, "servers"), d.Heading(fleet, "servers"), d.ControlText(fleet), 110)
	add := func(name, kind, look string, values []float64) *series {
		s := &series{Name: name, Kind: kind, Look: look, Clock: clock, edges: v.Edges, Course: view.Course{Values: values}}
		c.Series = append(c.Series, s)
		return s
	}
	name := "in service"
	if !slices.Equal(v.There, v.InService) {
		add("pending", "area", "f6", v.There).stacked = true
	}
	if !slices.Equal(v.Usable, v.InService) {
		add("in service, not usable", "area", "f2", v.InService).stacked = true
		name = "usable"
	}
	servers := add(name, "area", "f1", v.Usable)
	servers.stacked, servers.Halves = true, d.Course("fleets.%s.in_service", fleet).Halves
	desired := add("desired", "stairs", "ink", v.Desired)
	desired.Halves = d.Course("fleets.%s.desired", fleet).Halves
	_, top := view.Extent(v.There, servers.Highs(), v.Desired, desired.Highs())
	return c.fit(view.FromZero(top, ""))
}

// byMinute is the capacity at the ends of the minutes.
func (d *data) byMinute(fleet string) view.Capacity {
	inService, pending := d.Column("fleets.%s.in_service", fleet), d.Column("fleets.%s.pending", fleet)
	if pending == nil {
		pending = d.Zeros()
	}
	return view.Capacity{
		Edges: d.Edges, Usable: inService, InService: inService, There: view.Sum(inService, pending),
		Desired: d.Column("fleets.%s.desired", fleet),
	}
}

// cpu shows the mean CPU of a fleet's servers, the thresholds of its alarms, and
// below it their states and what kept their policies from acting.
func (d *data) cpu(i int, fleet string) *chart {
	load := d.Course("fleets.%s.cpu", fleet)
	if load.Values == nil {
		return nil
	}
	c := d.over(id(i, "cpu"), d.Heading(fleet, "mean CPU of the servers in service"), d.ServersText(fleet), 130)
	c.add("CPU", "share", "line", "l1", load)
	for _, a := range d.Alarms(fleet) {
		if view.OnCPU(a) {
			c.Levels = append(c.Levels, level{Name: view.ThresholdName(a), Look: "limit", at: a.Threshold / 100, Span: view.Span{To: c.to}})
		}
	}
	for k, s := range d.Strips(fleet) {
		c.Strips = append(c.Strips, c.strip(fmt.Sprintf("%s-%d", id(i, "alarm"), k), s))
	}
	return c.fit(view.PercentAxis())
}

// stateLooks are those of the states, by the state.
var stateLooks = []struct {
	state float64
	look  string
}{{view.InAlarm, "in-alarm"}, {view.OK, "ok"}, {view.NoDatum, "no-data"}, {view.Blocked, "blocked"}}

// stripMiddle is where in its height of 12 pixels a strip is drawn.
const stripMiddle = 6

// strip draws each state of a strip as one path.
func (c *chart) strip(clock string, s view.Strip) strip {
	drawn := strip{
		Name: strings.TrimSpace(s.Name), Nested: strings.HasPrefix(s.Name, " "),
		series: &series{Name: strings.TrimSpace(s.Name), Kind: "state", Clock: clock, edges: s.Edges, Course: view.Course{Values: s.States}},
	}
	for _, l := range stateLooks {
		var p path
		for k := 0; k < len(s.States); k++ {
			if s.States[k] == l.state && s.Edges[k+1] > s.Edges[k] {
				p.move(s.Edges[k], stripMiddle)
				p.across(s.Edges[k+1])
			}
		}
		if len(p.text) > 0 {
			drawn.Pieces = append(drawn.Pieces, piece{l.look, attribute(string(p.text))})
		}
	}
	return drawn
}

// credits shows the CPU credits of a burstable fleet's poorest server; below zero
// are surplus credits, which are to be earned back or paid.
func (d *data) credits(i int, fleet string) *chart {
	balance := d.Course("fleets.%s.credits.min", fleet)
	if balance.Values == nil {
		return nil
	}
	low, high := least(balance.Values), most(balance.Values)
	text := fmt.Sprintf("The server that has the fewest has %s at the least, and %s at most.", units.Format(low, ""), units.Format(high, ""))
	c := d.over(id(i, "credits"), d.Heading(fleet, "CPU credits of the server that has the fewest"), text, 90)
	c.add("credits", "credits", "line", "l3", balance).least = true
	bottom, top := balance.Span()
	return c.fit(view.AroundZero(bottom, top, ""))
}

// connections shows those in use on the server that has most of them, against
// their limit.
func (d *data) connections(i int, fleet string) *chart {
	used, limit, _ := d.Connections(fleet)
	if used.Values == nil {
		return nil
	}
	c := d.over(id(i, "connections"), d.Heading(fleet, "connections in use on the server that has most"), d.ConnectionsText(fleet), 110)
	c.add("in use", "", "stairs", "l1", used)
	if limit != nil {
		c.add("limit", "", "stairs", "limit", view.Course{Values: limit})
	}
	_, top := view.Extent(used.Values, used.Highs(), limit)
	return c.fit(view.FromZero(top, ""))
}

// backlog shows for which share of the time a backlog was full.
func (d *data) backlog(i int, fleet string) *chart {
	_, _, full := d.Connections(fleet)
	if full.Values == nil {
		return nil
	}
	text := fmt.Sprintf("Up to %s of a minute.", units.Format(most(full.Values), "share"))
	c := d.over(id(i, "backlog"), d.Heading(fleet, "share of the time with a full backlog on some server"), text, 80)
	c.add("backlog full", "share", "area", "f2", full)
	return c.fit(view.PercentAxis())
}

// loads is a map of what each server of a fleet received. Its series are not drawn:
// they are what the cursor and the table tell.
func (d *data) loads(i int, fleet string) *chart {
	h := d.Heat(fleet)
	if h == nil {
		return nil
	}
	thick := min(max(180/len(h.Rows), 4), 18)
	c := d.over(id(i, "targets"), d.Heading(fleet, h.Title()), d.HeatText(h), thick*len(h.Rows))
	if d.Averaged() {
		c.Note = "in the first replication"
	}
	c.Heat = &heat{Thick: thick, Scale: h.ScaleText(), Waited: h.Waited(), rows: h.Rows, top: h.Axis.Max}
	for k, values := range [][]float64{h.Busiest, h.Mean, h.Idlest} {
		c.add([...]string{"busiest", "mean", "idlest"}[k], "1/s", "told", "", view.Course{Values: values})
	}
	for level, cells := range h.Cells(d.Edges) {
		var p path
		for _, cell := range cells {
			p.move(cell.From, c.Heat.middle(cell.Row))
			p.across(cell.To)
		}
		c.Heat.Pieces = append(c.Heat.Pieces, piece{fmt.Sprintf("h%d", level), attribute(string(p.text))})
	}
	for _, l := range h.Labels() {
		c.Heat.side = append(c.Heat.side, label{At: percent(c.Heat.middle(l.Row) / float64(c.Height)), Text: l.Text})
	}
	return c
}

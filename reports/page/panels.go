package page

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// data is a result as the charts need it.
type data struct{ *view.Data }

// charts are those over time for which the result has data.
func (d *data) charts() []*chart {
	if d.Minutes() == 0 {
		return nil
	}
	list := []*chart{d.load(), d.failures(), d.latency(), d.unanswered(), d.signIns()}
	for i, fleet := range d.Fleets() {
		list = append(list, d.servers(i, fleet), d.cpu(i, fleet), d.credits(i, fleet), d.connections(i, fleet), d.backlog(i, fleet), d.loads(i, fleet))
	}
	list = append(list, d.targets(), d.services(), d.queues(), d.cost())
	list = slices.DeleteFunc(list, func(c *chart) bool { return c == nil })
	for _, c := range list {
		c.Text += c.widest()
		c.tidy()
	}
	return list
}

// over is an empty chart over the run.
func (d *data) over(id, title, text string, height int) *chart {
	return &chart{ID: id, Title: title, Text: text, Height: height, to: d.Clock.Duration, data: d}
}

// minutes is the name of the minutes' edges in the island.
const minutes = "minutes"

// widest tells which of the intervals that are drawn is the widest.
func (c *chart) widest() string {
	var drawn []view.Course
	unit := ""
	for _, s := range c.Series {
		if s.Ribbon != "" {
			unit, drawn = s.Unit, append(drawn, s.Course)
		}
	}
	return c.data.WidestText(unit, drawn...)
}

// add adds a course over the minutes.
func (c *chart) add(name, unit, kind, look string, course view.Course) *series {
	s := &series{Name: name, Unit: unit, Kind: kind, Look: look, Clock: minutes, edges: c.data.Edges, Course: course}
	c.Series = append(c.Series, s)
	return s
}

// stack adds layers, of which the first is the lowest. They are drawn from the
// top one, the sum of all, down. The course of the sum is told, with its intervals,
// where it has some.
func (c *chart) stack(looks, names []string, rates [][]float64, unit string, all view.Course) (top float64) {
	sum := c.data.Zeros()
	for i, values := range rates {
		sum = slices.Clone(sum)
		for k, v := range values {
			if v > 0 {
				sum[k] += v
			}
		}
		c.add(names[i], unit, "area", looks[i%len(looks)], view.Course{Values: sum}).stacked = true
	}
	slices.Reverse(c.Series)
	if all.Halves != nil {
		c.add("all", unit, "told", "ink", all)
	}
	_, top = view.Extent(sum, all.Highs())
	return top
}

// The looks tell the layers of a stack apart; failures begin with the one that they
// have elsewhere.
var (
	layerLooks   = []string{"f1", "f2", "f3", "f4", "f5", "f6"}
	failureLooks = []string{"f2", "f1", "f4", "f3"}
)

func (d *data) load() *chart {
	offered, served := d.RateCourse("offered"), d.RateCourse("completed")
	if offered.Values == nil || served.Values == nil {
		return nil
	}
	c := d.over("load", "Requests per second", d.LoadText(), 180)
	c.add("served", "1/s", "area", "f1", served)
	c.add("offered", "1/s", "stairs", "l1", offered)
	_, top := view.Extent(offered.Values, offered.Highs(), served.Values, served.Highs())
	return c.fit(view.FromZero(top, "1/s"))
}

func (d *data) failures() *chart {
	causes := d.Causes()
	if len(causes) == 0 {
		return nil
	}
	var names, said []string
	var rates [][]float64
	total := 0.0
	for _, k := range causes {
		names, rates, total = append(names, k.Name), append(rates, k.Rates), total+k.Total
	}
	for _, k := range causes {
		said = append(said, fmt.Sprintf("%s %s", k.Name, units.Format(math.Round(100*k.Total/total)/100, "share")))
	}
	c := d.over("failures", "Failed requests per second, by cause", "Of the failures: "+strings.Join(said, ", ")+".", 130)
	return c.fit(view.FromZero(c.stack(failureLooks, names, rates, "1/s", d.RateCourse("failed")), "1/s"))
}

// quantileLooks are those of the quantiles of latency.
var quantileLooks = map[string]string{"p99": "l3 wide", "p95": "l2", "p50": "l1 thin mixed"}

func (d *data) latency() *chart {
	c := d.over("latency", "Latency of completed requests", d.LatencyText(), 200)
	var drawn [][]float64
	for _, q := range view.Quantiles {
		if v := d.Course("%s", view.ColumnOf(q)); v.Values != nil {
			c.add(q, "s", "line", quantileLooks[q], v)
			drawn = append(drawn, v.Values, v.Highs())
		}
	}
	if len(drawn) == 0 {
		return nil
	}
	missed := make([]bool, d.Minutes())
	for _, o := range d.Objectives() {
		c.Levels = append(c.Levels, level{Name: o.Name, Look: "limit", at: o.At, Span: o.Span})
		drawn = append(drawn, []float64{o.At})
		for i, m := range d.Missed(o) {
			missed[i] = missed[i] || m
		}
	}
	if spans := d.Spans(func(i int) bool { return missed[i] }); len(spans) > 0 {
		c.Missed = attribute(c.boxes(spans))
	}
	axis := view.Fitting("s", drawn...)
	if axis.Log {
		c.Note = "logarithmic scale"
	}
	return c.fit(axis)
}

func (d *data) unanswered() *chart {
	shares, most := d.Unanswered()
	if most < view.VisibleFailures {
		return nil
	}
	at, _ := view.Peak(shares.Values)
	text := fmt.Sprintf("Up to %s of a minute's requests failed, at %s. They have no latency above.", units.Format(most, "share"), d.Clock.Minute(d.Edges[at]))
	c := d.over("unanswered", "Share of requests that failed", text, 90)
	c.add("failed", "share", "area", "f2", shares)
	_, top := view.Extent(shares.Values, shares.Highs())
	return c.fit(view.FromZero(min(top, 1), "share"))
}

func (d *data) signIns() *chart {
	lost, moved := d.RateCourse("sessions.lost"), d.RateCourse("sessions.moved")
	at, most := view.Peak(lost.Values)
	_, mostMoved := view.Peak(moved.Values)
	if most == 0 && mostMoved == 0 {
		return nil
	}
	text := "No sign-in was lost."
	if most > 0 {
		text = fmt.Sprintf("Sign-ins are lost fastest at %s, %s.", d.Clock.Minute(d.Edges[at]), units.Format(most, "1/s"))
	}
	c := d.over("sessions", "Sign-ins lost, and visitors that changed the server, per second", text, 110)
	c.add("lost", "1/s", "area", "f2", lost)
	if mostMoved > 0 {
		c.add("changes of server", "1/s", "stairs", "l1", moved)
	}
	_, top := view.Extent(lost.Values, lost.Highs(), moved.Values, moved.Highs())
	return c.fit(view.FromZero(top, "1/s"))
}

// targets shows what all balancers may use.
func (d *data) targets() *chart {
	names := d.Names("balancers.", ".targets.healthy")
	if len(names) == 0 {
		return nil
	}
	var said []string
	var all [][]float64
	c := d.over("targets", "Targets that balancers may use", "", 90)
	for i, name := range names {
		healthy := d.Course("balancers.%s.targets.healthy", name)
		c.add(name, "", "stairs", lineLooks[i%len(lineLooks)], healthy)
		all = append(all, healthy.Values, healthy.Highs())
		count := units.Format(most(healthy.Values), "")
		if few := units.Format(least(healthy.Values), ""); few != count {
			count = few + " to " + count
		}
		said = append(said, name+" may use "+count)
	}
	c.Text = strings.Join(said, "; ") + "."
	_, top := view.Extent(all...)
	return c.fit(view.FromZero(top, ""))
}

// least and most are the extremes of values that are not NaN.
func least(values []float64) float64 {
	v := math.NaN()
	for _, x := range values {
		if !(v <= x) && !math.IsNaN(x) {
			v = x
		}
	}
	return v
}

func most(values []float64) float64 {
	v := math.NaN()
	for _, x := range values {
		if !(v >= x) && !math.IsNaN(x) {
			v = x
		}
	}
	return v
}

// lineLooks tell lines of one chart apart, by their dashes as well.
var lineLooks = []string{"l1", "l2", "l3", "l4"}

func (d *data) services() *chart {
	busy, text := d.Services()
	if len(busy) == 0 {
		return nil
	}
	c := d.over("services", "Utilization of the services", text, 130)
	for i, s := range busy {
		c.add(s.Name, "share", "line", lineLooks[i%len(lineLooks)], s.Course)
	}
	return c.fit(view.PercentAxis())
}

// queues shows how many requests are in the services, waiting and served.
func (d *data) queues() *chart {
	var said []string
	var all [][]float64
	c := d.over("queues", "Requests in the services, mean of a minute", "", 110)
	for _, name := range d.Names("services.", ".number.mean") {
		number := d.Course("services.%s.number.mean", name)
		at, most := view.Peak(number.Values)
		if most == 0 {
			continue
		}
		c.add(name, "requests", "line", lineLooks[len(said)%len(lineLooks)], number)
		all = append(all, number.Values, number.Highs())
		said = append(said, fmt.Sprintf("%s holds most at %s, %s", name, d.Clock.Minute(d.Edges[at]), units.Format(most, "requests")))
	}
	if len(all) == 0 {
		return nil
	}
	c.Text = strings.Join(said, "; ") + "."
	axis := view.Fitting("", all...)
	if axis.Log {
		c.Note = "logarithmic scale"
	}
	return c.fit(axis)
}

func (d *data) cost() *chart {
	rate := d.Course("cost.per_hour")
	if _, most := view.Peak(rate.Values); most == 0 {
		return nil
	}
	parts := d.Costs(len(layerLooks))
	c := d.over("cost", "Cost, USD per hour", d.CostText(parts), 130)
	if len(parts) < 2 {
		parts = []view.Part{{Name: "cost", Rates: rate.Values}}
	}
	var names []string
	var rates [][]float64
	for _, p := range parts {
		names, rates = append(names, p.Name), append(rates, p.Rates)
	}
	return c.fit(view.FromZero(c.stack(layerLooks, names, rates, "USD/h", rate), "USD"))
}

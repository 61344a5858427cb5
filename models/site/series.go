package site

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// columns fills the rows of a series. The requests' columns come first; the
// plant's follow, in the order of its parts.
type columns struct {
	alarms   []Alarm
	watched  []*cloudwatch.Status // of alarms
	nearness []*cloudwatch.Nearness
	scratch  client.Cell
}

// requestColumns are what a row says of the requests that were first offered in
// its minute.
var requestColumns = []Column{
	figure("time_s", "s"), figure("span_s", "s"), count("offered"), count("completed"), count("failed"), count("attempts"),
	figure("availability", "share"), figure("latency.mean", "s"), figure("latency.p50", "s"), figure("latency.p95", "s"),
	figure("latency.p99", "s"), figure("latency.max", "s"),
}

func newSeries(s *System) (*Series, columns) {
	var c columns
	list := append([]Column(nil), requestColumns...)
	for cause := traffic.OK + 1; cause < traffic.Causes; cause++ {
		list = append(list, count("errors."+cause.String()))
	}
	for _, f := range s.fleets {
		p := "fleets." + f.name + "."
		list = append(list, count(p+"desired"), count(p+"in_service"), count(p+"pending"), count(p+"terminating"),
			figure(p+"cpu", "share"), count(p+"connections.max"), count(p+"connections.limit"), figure(p+"credits.min", ""))
		for l := range server.Limits {
			list = append(list, figure(limitColumn(f.name, l), "s"))
		}
		if f.spec.WarmPool != nil {
			list = append(list, count(p+"warmed"))
		}
	}
	for _, v := range s.services {
		list = append(list, figure("services."+v.name+".utilization", "share"), figure("services."+v.name+".number.mean", ""))
		if v.kind == "cache" {
			list = append(list, figure("services."+v.name+".hit_ratio", "share"))
		}
	}
	for _, b := range s.balancers {
		list = append(list, figure("balancers."+b.name+".targets.healthy", ""), count("balancers."+b.name+".requests"))
	}
	for _, d := range s.cdns {
		list = append(list, count("cdns."+d.name+".requests"), figure("cdns."+d.name+".hit_ratio", "share"))
	}
	for _, d := range s.dns {
		list = append(list, figure("dns."+d.name+".records.healthy", ""))
	}
	if s.store != nil {
		list = append(list, count("sessions.started"), count("sessions.lost"), count("sessions.moved"))
	}
	c.watch(s)
	for _, a := range c.alarms {
		list = append(list, count(a.Column))
	}
	list = append(list, figure("cost.per_hour", "USD/h"))
	for _, p := range s.meter.parts(newSiteTally(s), engine.Minute) {
		list = append(list, figure("cost."+p.name+".per_hour", "USD/h"))
	}
	return &Series{Columns: list, Loads: newLoads(s)}, c
}

// count and figure are columns of whole and of other numbers.
func count(name string) Column        { return Column{Name: name, Whole: true} }
func figure(name, unit string) Column { return Column{Name: name, Unit: unit} }

func limitColumn(fleet string, l server.Limit) string {
	return "fleets." + fleet + ".saturated_seconds." + l.String()
}

// plant makes the row of a minute, with the requests' columns yet to be filled.
func (c *columns) plant(m *meter, span Span) []float64 {
	row := make([]float64, 0, len(m.series.Columns))
	row = append(row, span.From.Seconds(), (span.To - span.From).Seconds())
	for len(row) < len(requestColumns)+int(traffic.Causes)-1 {
		row = append(row, math.NaN())
	}
	for i, f := range m.sys.fleets {
		row = c.fleet(row, f, &m.minute.fleets[i])
	}
	for i, v := range m.sys.services {
		t := &m.minute.services[i]
		row = append(row, utilization(&t.Tally), t.Number.Mean())
		if v.kind == "cache" {
			row = append(row, float64(t.hits)/float64(t.lookups))
		}
	}
	for i := range m.minute.balancers {
		t := &m.minute.balancers[i]
		row = append(row, t.Healthy.Mean(), float64(t.Requests))
	}
	for i := range m.minute.cdns {
		t := &m.minute.cdns[i]
		row = append(row, float64(t.Received), t.HitRatio())
	}
	for i := range m.minute.dns {
		row = append(row, m.minute.dns[i].Healthy.Mean())
	}
	if m.sys.store != nil {
		t := &m.minute.sessions
		row = append(row, float64(t.Started), float64(t.Lost), float64(t.Moved))
	}
	for _, a := range c.watched {
		row = append(row, alarmLevel(a.State))
	}
	return m.rates(row, span.To-span.From)
}

// rates are what the minute costs by the hour, as a whole and part by part.
func (m *meter) rates(row []float64, span engine.Time) []float64 {
	whole, all := len(row), expense{}
	row = append(row, 0)
	for _, p := range m.parts(m.minute, span) {
		row = append(row, p.rate(span))
		all.add(p.expense)
	}
	row[whole] = all.rate(span)
	return row
}

func (c *columns) fleet(row []float64, f *fleet, t *fleetTally) []float64 {
	in := func(s autoscaling.State) float64 { return float64(f.group.Count(s)) }
	row = append(row, float64(f.group.Desired), in(autoscaling.InService), in(autoscaling.Pending), in(autoscaling.Terminating),
		utilization(&t.servers), float64(t.peak), connectionLimit(f), creditsOrNone(f, t))
	for _, span := range t.saturated {
		row = append(row, span.Seconds())
	}
	if f.spec.WarmPool != nil {
		row = append(row, in(autoscaling.WarmedStopped))
	}
	return row
}

// connectionLimit is how many connections an instance of a fleet can have; NaN
// where its software sets no limit.
func connectionLimit(f *fleet) float64 {
	if n := f.image.ConnectionLimit(f.machine); n > 0 {
		return float64(n)
	}
	return math.NaN()
}

// emptyPurse is the balance of CPU credits below which an instance in standard
// mode is held down: it cannot spend less than a vCPU-millisecond.
const emptyPurse = engine.Millisecond

// creditsOrNone is the least balance of CPU credits on an instance, NaN where
// the type has none. Below zero it is a debt, which standard mode does not know.
func creditsOrNone(f *fleet, t *fleetTally) float64 {
	switch {
	case !t.burstable:
		return math.NaN()
	case !f.machine.Credits.Unlimited && t.creditsMin < emptyPurse:
		return 0
	}
	return float64(t.creditsMin) / float64(server.CreditUnit)
}

// utilization is NaN where there was no capacity.
func utilization(t *server.Tally) float64 {
	if t.Capacity == 0 {
		return math.NaN()
	}
	return t.Utilization()
}

func alarmLevel(s cloudwatch.State) float64 {
	switch s {
	case cloudwatch.InAlarm:
		return 1
	case cloudwatch.OK:
		return 0
	}
	return -1
}

// requests fills the requests' columns of a row.
func (c *columns) requests(row []float64, t *client.Tally) {
	cell := &c.scratch
	cell.Reset()
	t.AddAll(cell)
	h := &cell.Latency
	values := append(row[2:2], float64(cell.Offered), float64(cell.Ended[traffic.OK]), float64(cell.Failed()), float64(cell.Attempts),
		availability(cell), seconds(h.Mean()), seconds(h.Quantile(0.5)), seconds(h.Quantile(0.95)), seconds(h.Quantile(0.99)), longest(h))
	for cause := traffic.OK + 1; cause < traffic.Causes; cause++ {
		values = append(values, float64(cell.Ended[cause]))
	}
}

// availability is NaN where no request has ended.
func availability(c *client.Cell) float64 {
	ended := c.Ended[traffic.OK] + c.Failed()
	if ended == 0 {
		return math.NaN()
	}
	return float64(c.Ended[traffic.OK]) / float64(ended)
}

// seconds are those of a time in nanoseconds.
func seconds(ns float64) float64 { return ns / 1e9 }

func longest(h *tally.Histogram) float64 {
	if h.Count() == 0 {
		return math.NaN()
	}
	return seconds(float64(h.Max()))
}

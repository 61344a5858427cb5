package site

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/scenario"
)

// A biller is a part of the site that costs something.
type biller interface {
	// due is what it costs up to the instant now, which is that of a cut.
	due(now engine.Time) expense
}

// expense is what a part of the site costs.
type expense struct {
	used    catalog.Money // for its use so far
	perHour catalog.Money // besides, by the begun hour
}

// entry is a line of the site's bill.
type entry struct {
	name string // of the metric, without "cost."
	of   biller
	expense
}

// entries are the lines of the site's bill: all that costs something, once, but
// for transfers and content delivery, which are priced by the month.
func (s *System) entries() []entry {
	var list []entry
	add := func(name string, b biller) { list = append(list, entry{name: name, of: b}) }
	for _, f := range s.fleets {
		add("fleets."+f.name, f)
	}
	for _, b := range s.balancers {
		add("balancers."+b.name, b)
	}
	for _, v := range s.services {
		add("services."+v.name, v)
	}
	return list
}

// charge is what use has cost since the last cut.
func (e *entry) charge(now engine.Time) catalog.Money {
	before := e.used
	e.expense = e.of.due(now)
	return e.used - before
}

// part is what a part of the site costs in some time.
type part struct {
	name string // of the metric, without "cost."
	expense
}

// parts are what all parts cost in some time, in the same order for any.
func (m *meter) parts(t *siteTally, span engine.Time) []part {
	list := []part{{"transfer", expense{used: m.sys.transfer.cost(t.moved, span)}}}
	for i, c := range m.sys.cdns {
		list = append(list, part{"cdns." + c.name, expense{used: c.cost(&t.cdns[i], span)}})
	}
	for i, e := range m.bill {
		list = append(list, part{e.name, expense{t.expenses[i], e.perHour}})
	}
	return list
}

// costs adds the parts of the bill, and their sum. A window is billed like a run
// of its own: its hours begin with it, and of what is priced by the month it has
// the share that it lasts.
func (m *meter) costs(set metricSet, w *window, completed uint64) {
	span := w.To - w.From
	var total catalog.Money
	var all expense
	for _, p := range m.parts(&w.siteTally, span) {
		cost := p.used + p.perHour.ForBegunHours(span)
		set.set("cost."+p.name, cost.USD())
		total += cost
		all.add(p.expense)
	}
	set.set("cost.total", total.USD())
	if span >= engine.Minute { // in less, what begun seconds cost would be all
		set.set("cost.per_hour", all.rate(span))
	}
	set.set("cost.per_million", total.USD()/float64(completed)*1e6)
}

func (e *expense) add(o expense) {
	e.used += o.used
	e.perHour += o.perHour
}

// rate is what some time costs by the hour, in USD: what depends on use, and the
// hourly price. Begun hours are paid at once, but are not a peak of cost.
func (e expense) rate(span engine.Time) float64 {
	return float64(e.used.USD()*3600)/span.Seconds() + e.perHour.USD()
}

// due implements biller: instances are billed by the second.
func (f *fleet) due(now engine.Time) expense { return expense{used: f.bill.Total(now)} }

// due implements biller.
func (b *balancerPlace) due(engine.Time) expense {
	return expense{used: b.bill.Used(), perHour: b.bill.Price.PerHour}
}

// use counts what a balancer was used for since the last cut.
func (b *balancerPlace) use(now engine.Time, t *balancer.Tally) {
	b.bill.Use(now, catalog.Usage{
		Connections: t.ClientConnections, Milliseconds: t.ClientTime, Bytes: capacityBytes(t), RuleEvaluations: t.RuleEvaluations,
	})
}

// due implements biller: only functions are billed by use.
func (v *service) due(engine.Time) expense {
	e := expense{perHour: v.price}
	if f, ok := v.facility.(*function); ok {
		e.used = f.bill.Total()
	}
	return e
}

// transfer knows what data on their way cost.
type transfer struct {
	sys    *System
	prices catalog.TransferPrices
	last   moved // up to the last cut
}

// moved are bytes that were sent to clients, and that crossed from zone to zone.
type moved struct{ sent, crossed uint64 }

func (s *System) newTransfer(p *scenario.Prices) *transfer {
	return &transfer{sys: s, prices: catalog.TransferPrices{
		Region: s.spec.Region.Region, Free: uint64(p.InternetFree), Internet: dollars(p.Internet), BetweenZones: catalog.Dollars(p.BetweenZones),
	}}
}

// sizes are those of good answers, by route.
func (s *System) sizes() []uint64 {
	list := make([]uint64, len(s.routes))
	for i, r := range s.routes {
		list[i] = uint64(r.Size)
	}
	return list
}

// dollars is a price that may be left out.
func dollars(usd *float64) *catalog.Money {
	if usd == nil {
		return nil
	}
	m := catalog.Dollars(*usd)
	return &m
}

// cut is what has moved since the last cut. What content delivery networks send is
// on their own bills.
func (t *transfer) cut() moved {
	now := moved{crossed: t.sys.crossed()}
	for _, c := range t.sys.clients {
		now.sent += c.Bytes
	}
	since := moved{now.sent - t.last.sent, now.crossed - t.last.crossed}
	t.last = now
	return since
}

// cost is that of what has moved in a span of time.
func (t *transfer) cost(of moved, span engine.Time) catalog.Money {
	bill := catalog.NewTransferBill(t.prices, span)
	bill.Send(of.sent)
	bill.Cross(of.crossed)
	return bill.Total()
}

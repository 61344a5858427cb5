package site

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/scenario"
)

// A biller is a part of the site that costs something.
type biller interface {
	// spent is what has come due up to the instant now, which is that of a cut.
	spent(now engine.Time) catalog.Money
	// hours is the part of it that comes due by the begun hour.
	hours() catalog.HourlyBill
}

// entry is a line of the site's bill.
type entry struct {
	name string // of the metric, without "cost."
	biller
	spent, hours catalog.Money // up to the last cut
}

// expense is what one part cost in some time.
type expense struct {
	spent catalog.Money
	hours catalog.Money // of this, what came due by the begun hour
}

// entries are the lines of the site's bill: all that costs something, once.
func (s *System) entries() []entry {
	var list []entry
	add := func(name string, b biller) { list = append(list, entry{name: name, biller: b}) }
	for _, f := range s.fleets {
		add("fleets."+f.name, f)
	}
	for _, b := range s.balancers {
		add("balancers."+b.name, b)
	}
	for _, v := range s.services {
		add("services."+v.name, v)
	}
	for _, c := range s.cdns {
		add("cdns."+c.name, c)
	}
	add("transfer", s.transfer)
	return list
}

// charge is what an entry has grown by since the last cut.
func (e *entry) charge(now engine.Time) expense {
	spent, hours := e.biller.spent(now), catalog.Money(0)
	if h := e.biller.hours(); h.PerHour > 0 {
		hours = h.Total(now)
	}
	grown := expense{spent - e.spent, hours - e.hours}
	e.spent, e.hours = spent, hours
	return grown
}

// cost is the sum of the site's expenses.
func cost(expenses []expense) (sum expense) {
	for _, e := range expenses {
		sum.spent += e.spent
		sum.hours += e.hours
	}
	return sum
}

// rate is what expenses come to by the hour, in USD: what depends on use, and the
// hourly prices. Begun hours are paid at once, but are not a peak of cost.
func (m *meter) rate(expenses []expense, span engine.Time) float64 {
	var hourly catalog.Money
	for i := range m.bill {
		hourly += m.bill[i].biller.hours().PerHour
	}
	sum := cost(expenses)
	return float64((sum.spent-sum.hours).USD()*3600)/span.Seconds() + hourly.USD()
}

// nothing is for parts without hourly prices.
type nothing struct{}

func (nothing) hours() catalog.HourlyBill { return catalog.HourlyBill{} }

// spent implements biller.
func (f *fleet) spent(now engine.Time) catalog.Money { return f.bill.Total(now) }

// hours implements biller.
func (f *fleet) hours() catalog.HourlyBill { return catalog.HourlyBill{} }

// spent implements biller.
func (b *balancerPlace) spent(now engine.Time) catalog.Money { return b.bill.Total(now) }

// hours implements biller.
func (b *balancerPlace) hours() catalog.HourlyBill { return b.bill.Hours() }

// use counts what a balancer was used for since the last cut. A capacity unit
// covers 1 GB, of what goes to functions and comes from them 0.4 GB [PRICE-ELB].
func (b *balancerPlace) use(now engine.Time, t *balancer.Tally) {
	b.bill.Use(now, catalog.Usage{
		Connections: t.ClientConnections, Milliseconds: t.ClientTime, Bytes: t.Bytes + t.FunctionBytes*5/2, RuleEvaluations: t.RuleEvaluations,
	})
}

// balancerPrices are what load balancers cost by their kinds. What one runs on
// instances of one's own costs nothing beside them.
var balancerPrices = map[string]catalog.BalancerPrice{
	"classic": catalog.ClassicBalancer, "application": catalog.ApplicationBalancer, "network": catalog.NetworkBalancer,
}

// spent implements biller.
func (v *service) spent(now engine.Time) catalog.Money {
	spent := v.bill.Total(now)
	if f := functionAt(v); f != nil {
		spent += f.bill.Total()
	}
	return spent
}

// hours implements biller.
func (v *service) hours() catalog.HourlyBill { return v.bill }

// spent implements biller.
func (c *cdn) spent(engine.Time) catalog.Money { return c.bill.Total() }

// transfer is the bill for data on their way.
type transfer struct {
	nothing
	sys  *System
	bill *catalog.TransferBill
	// Bytes up to the last cut.
	sent, crossed uint64
}

func (s *System) newTransfer(p *scenario.Prices) *transfer {
	prices := catalog.TransferPrices{
		Region: s.spec.Region.Region, Free: uint64(p.InternetFree), Internet: dollars(p.Internet), BetweenZones: catalog.Dollars(p.BetweenZones),
	}
	return &transfer{sys: s, bill: catalog.NewTransferBill(prices, s.spec.Duration.Time())}
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

// spent implements biller. What content delivery networks send is on their own
// bills.
func (t *transfer) spent(engine.Time) catalog.Money {
	var sent uint64
	for _, c := range t.sys.clients {
		sent += c.Bytes
	}
	t.bill.Send(sent - t.sent)
	crossed := t.sys.crossed()
	t.bill.Cross(crossed - t.crossed)
	t.sent, t.crossed = sent, crossed
	return t.bill.Total()
}

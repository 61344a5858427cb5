package bounds

import (
	"maps"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Cost is what the measured part of a run costs at least on average, in USD, in a
// configuration that meets its expectation of availability: what is paid by the
// hour, and for the transfer of as many answers as there must be. Without such an
// expectation, or where clients wait for ever, nothing may be answered and only
// the first part is left.
func Cost(s *scenario.Spec) float64 { return s.Floor().USD() + use(s) }

// use is what as many completed requests as there must be cost.
func use(s *scenario.Spec) float64 {
	required := availabilityAsked(s)
	if required == 0 || s.Discard.Auto || len(s.CDNs) > 0 || len(s.DNS) > 0 {
		return 0
	}
	span := s.Duration.Time() - s.Discard.For.Time()
	var sent, variance float64
	through := make(map[string]float64) // bytes by balancer
	for _, name := range slices.Sorted(maps.Keys(s.Clients)) {
		c := s.Clients[name]
		a, ok := answered(s, c, required)
		if !ok {
			return 0
		}
		sent += a.bytes
		variance += float64(a.sd * a.sd)
		through[c.Target] += a.bytes + a.requestBytes
	}
	prices := catalog.TransferPrices{Region: s.Region.Region, Free: uint64(s.Prices.InternetFree), BetweenZones: catalog.Dollars(s.Prices.BetweenZones)}
	if p := s.Prices.Internet; p != nil {
		m := catalog.Dollars(*p)
		prices.Internet = &m
	}
	bill := catalog.NewTransferBill(prices, span)
	// The price of a byte falls as they get more: a standard deviation less makes
	// up for it that the mean of prices is not the price of the mean.
	bill.Send(uint64(max(0, sent-math.Sqrt(variance))))
	usd := bill.Total().USD()
	for _, name := range slices.Sorted(maps.Keys(through)) {
		if b := s.Balancers[name]; b != nil {
			price := catalog.Balancer(b.Product)
			if price.Unit.Bytes > 0 {
				usd += float64(price.PerUnit.USD() * through[name] / float64(price.Unit.Bytes))
			}
		}
	}
	return usd
}

// answers are those that a client must get, on average, with what they weigh.
type answers struct{ bytes, requestBytes, sd float64 }

// answered is the least that a client gets where so large a share of what is done
// or failed is done. What is missing may be what weighs most.
func answered(s *scenario.Spec, c *client.Spec, required float64) (a answers, ok bool) {
	sessions, recent, most, ok := begun(s, c)
	wait, bounded := longest(c)
	residual, known := residual(c)
	if !ok || !bounded || !known {
		return a, false
	}
	mean := c.Requests.Mean()
	asked := float64(sessions * mean)
	open := float64(recent*(later(c, wait, 1)+float64(mean*(wait+60)))) + float64(most*later(c, wait, 2)/recently)
	done := max(0, float64(required*(asked-open))/(1+float64((1-required)*residual)))
	var size, request, heaviest float64
	routes := s.Shares(c)
	for _, name := range slices.Sorted(maps.Keys(routes)) {
		r, share := s.Routes[name], float64(routes[name])
		size += float64(share * float64(r.Size))
		request += float64(share * float64(r.Request))
		heaviest = max(heaviest, float64(r.Size)+float64(r.Request))
	}
	missing := float64((asked - done) * heaviest)
	second := c.Requests.Variance() + float64(mean*mean)
	return answers{
		bytes:        max(0, float64(asked*size)-missing),
		requestBytes: max(0, float64(asked*request)-missing),
		sd:           float64(math.Sqrt(float64(sessions*second)) * heaviest),
	}, true
}

// recently is the time before the end of which the rate of arrivals decides how
// many requests are still to come then, in seconds.
const recently = 3600

// begun is how many sessions begin in the measured part of a run on average, at
// what rate at most just before its end, and at what rate at most ever, per
// second.
func begun(s *scenario.Spec, c *client.Spec) (sessions, recent, most float64, ok bool) {
	course := s.Course(c)
	if course == nil {
		return 0, 0, 0, false
	}
	first := int(math.Ceil(s.Discard.For.Time().Seconds() / 60))
	end := s.Duration.Time()
	for i := first; i < len(course); i++ {
		sessions += float64(course[i] * min(engine.Minute, end-engine.Time(i)*engine.Minute).Seconds())
	}
	recent = slices.Max(course[max(0, len(course)-recently/60):])
	return sessions, recent, slices.Max(course), true
}

// later is the mean of the sum of T^moment / moment over the requests of a session
// but the first, where T is when after its begin a request is made, at most; of the
// laws that residual knows.
//
// With N requests in a session the k-th after the first is made k steps after its
// begin, so that it takes the means of 1 + 2 + ... + (N-1) and of the sum of their
// squares.
func later(c *client.Spec, wait float64, moment int) float64 {
	step := c.Think.Mean()/1e9 + wait
	mean := c.Requests.Mean()
	sum := (c.Requests.Variance() + float64(mean*(mean-1))) / 2
	if moment == 1 {
		return step * sum
	}
	squares := float64(mean * (mean - 1) * (2*mean - 1)) // of a geometric law
	if c.Requests.Variance() == 0 {
		squares /= 6
	}
	variance := c.Think.Variance() / 1e18
	return (float64(variance*sum) + float64(step*step*squares)) / 2
}

package site

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
)

// bandwidth compares what each instance of a fleet sends in a minute with what its
// type can. Answers take no time for their size: a run in which instances send
// more than that says so, no more.
type bandwidth struct {
	of            catalog.Instance
	minutes       int     // in which an instance sent more than the baseline
	most          float64 // Gbit/s of one instance in one minute
	sender, since string  // of the most: the instance, and when
}

// newBandwidth is nil where AWS gives no figures, and where the instances' vCPUs
// cannot make so many answers that it would matter.
func (f *fleet) newBandwidth() *bandwidth {
	if f.spec.Instance == "" {
		return nil
	}
	of, err := catalog.Lookup(f.spec.Instance)
	if err != nil {
		panic("site: unchecked instance type: " + err.Error())
	}
	for i := range f.sys.routes {
		work, limited := f.sys.routes[i].Demand[f.name]
		bits := f.sends(i)
		if limited && work.Mean() > 0 {
			bits *= float64(of.VCPU) * f.spec.Speed / (work.Mean() / 1e9)
		} else if bits > 0 {
			bits = float64(of.BaselineGbps*1e9) + 1
		}
		if of.BaselineGbps > 0 && bits > of.BaselineGbps*1e9 {
			return &bandwidth{of: of}
		}
	}
	return nil
}

// sends is how many bits an instance sends at most for an attempt on a route: the
// answer, and the request with each call.
func (f *fleet) sends(route int) float64 {
	r := &f.sys.routes[route]
	bytes := float64(r.Size)
	for _, c := range f.calls {
		if c.Routes[route] {
			bytes += float64(r.Request)
		}
	}
	return 8 * bytes
}

// compare looks at what the instances of a fleet have sent in a minute. The last of
// a run may be a part of one; in less than a second a single answer says nothing
// about a rate.
func (b *bandwidth) compare(hosts []*host, minute Span) {
	over, length := false, max(minute.To-minute.From, engine.Second)
	for _, h := range hosts {
		if gbps := float64(h.sent) * 8 / float64(length); gbps > b.of.BaselineGbps { // bits per ns
			over = true
			if gbps > b.most {
				b.most, b.sender, b.since = gbps, h.instance.ID, duration(minute.From)
			}
		}
		h.sent = 0
	}
	if over {
		b.minutes++
	}
}

// warning is what a user must know who reads the run's latencies; "" for nothing.
// How long instances can send more than the baseline depends on credits that AWS
// does not give in figures: typically 5 to 60 minutes, best effort [EC2-NET].
func (b *bandwidth) warning(fleet string) string {
	if b == nil || b.minutes == 0 {
		return ""
	}
	more := fmt.Sprintf("up to %g Gbit/s are for some minutes only, best effort", b.of.BurstGbps)
	if b.most > b.of.BurstGbps {
		more = fmt.Sprintf("it can never send more than %g Gbit/s", b.of.BurstGbps)
	}
	return fmt.Sprintf("fleet %s: %s sent %.3g Gbit/s in the minute from %s on, and in %d min an instance sent more than the baseline of %s, %g Gbit/s; %s, and the simulator does not hold instances down to it",
		fleet, b.sender, b.most, b.since, b.minutes, b.of.Name, b.of.BaselineGbps, more)
}

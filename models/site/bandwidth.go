package site

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/scenario"
)

// bandwidth compares what each instance of a fleet sends in a minute with what its
// type can. Answers take no time for their size: a run in which instances send
// more than that says so, no more.
type bandwidth struct {
	of            catalog.Instance
	minutes       int    // in which an instance sent more than the baseline
	most          uint64 // bytes of one instance in one minute
	sender, since string // of the most: the instance, and when
}

// newBandwidth is nil where AWS gives no figures, and where the instances' vCPUs
// cannot make so many answers that it would matter.
func (s *System) newBandwidth(name string, spec *scenario.Fleet) *bandwidth {
	if spec.Instance == "" {
		return nil
	}
	of, err := catalog.Lookup(spec.Instance)
	if err != nil {
		panic("site: unchecked instance type: " + err.Error())
	}
	for i := range s.routes {
		r := &s.routes[i]
		work, limited := r.Demand[name]
		bits := 8 * float64(max(r.Size, r.Request))
		if limited && work.Mean() > 0 {
			bits *= float64(of.VCPU) * spec.Speed / (work.Mean() / 1e9)
		} else if bits > 0 {
			bits = float64(of.BaselineGbps*1e9) + 1
		}
		if of.BaselineGbps > 0 && bits > of.BaselineGbps*1e9 {
			return &bandwidth{of: of}
		}
	}
	return nil
}

// compare looks at what the instances of a fleet have sent in the minute from an
// instant on.
func (b *bandwidth) compare(hosts []*host, from engine.Time) {
	over := false
	for _, h := range hosts {
		if b.gbps(h.sent) > b.of.BaselineGbps {
			over = true
			if h.sent > b.most {
				b.most, b.sender, b.since = h.sent, h.instance.ID, duration(from)
			}
		}
		h.sent = 0
	}
	if over {
		b.minutes++
	}
}

// gbps is the bandwidth that so many bytes in a minute take.
func (b *bandwidth) gbps(bytes uint64) float64 { return float64(bytes) * 8 / 60e9 }

// warning is what a user must know who reads the run's latencies; "" for nothing.
// How long instances can send more than the baseline depends on credits that AWS
// does not give in figures: typically 5 to 60 minutes, best effort [EC2-NET].
func (b *bandwidth) warning(fleet string) string {
	if b == nil || b.minutes == 0 {
		return ""
	}
	more := fmt.Sprintf("up to %g Gbit/s are for some minutes only, best effort", b.of.BurstGbps)
	if most := b.gbps(b.most); most > b.of.BurstGbps {
		more = fmt.Sprintf("it can never send more than %g Gbit/s", b.of.BurstGbps)
	}
	return fmt.Sprintf("fleet %s: %s sent %.3g Gbit/s in the minute from %s on, and in %d min an instance sent more than the baseline of %s, %g Gbit/s; %s, and the simulator does not hold instances down to it",
		fleet, b.sender, b.gbps(b.most), b.since, b.minutes, b.of.Name, b.of.BaselineGbps, more)
}

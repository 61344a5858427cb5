package traffic

import (
	"cmp"

	"github.com/headroom-sim/headroom/engine"
)

// An Impairment is what faults and regressions, all together, do to a part of a
// site at present. The zero value does nothing.
type Impairment struct {
	Crashed  bool        // it is gone
	Refusing bool        // its port is closed
	Hung     bool        // it accepts connections and answers nothing
	Load     float64     // threads that never sleep
	Slowdown float64     // factor by which work takes longer; 0 is 1
	Errors   float64     // share of the requests that are answered with 500 at once, each by chance
	Latency  engine.Time // added to each request
}

// Down tells whether connections are refused.
func (i Impairment) Down() bool { return i.Crashed || i.Refusing }

// Factor is by how much work takes longer: 1 is not at all.
func (i Impairment) Factor() float64 { return cmp.Or(i.Slowdown, 1) }

// Stretch is how long a piece of work takes that takes t without the Impairment.
func (i Impairment) Stretch(t engine.Time) engine.Time {
	if i.Factor() == 1 {
		return t
	}
	return engine.Time(min(float64(float64(t)*i.Slowdown), float64(engine.Forever/2)))
}

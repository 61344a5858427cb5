package incident

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
)

// Effects are those that act on a part of a site at present; the zero value is
// none. Several add up.
type Effects []Effect

// Add begins an effect.
func (l *Effects) Add(e Effect) { *l = append(*l, e) }

// Remove ends an effect that was begun; false if it was not.
func (l *Effects) Remove(e Effect) bool {
	k := slices.Index(*l, e)
	if k >= 0 {
		*l = slices.Delete(*l, k, k+1)
	}
	return k >= 0
}

// Condition is the state of a part of the site under all effects on it.
type Condition struct {
	Crashed  bool        // it is gone
	Refusing bool        // its port is closed
	Hung     bool        // it accepts connections and answers nothing
	Load     float64     // threads that never sleep
	Slowdown float64     // factor by which work takes longer, 1 or more: those of several effects multiply
	Errors   float64     // share of the requests that are answered with 500 at once; those of several effects are independent
	Latency  engine.Time // added to each request
}

// Condition sums the effects up.
func (l Effects) Condition() Condition {
	c := Condition{Slowdown: 1}
	spared := 1.0
	for _, e := range l {
		switch e.Kind {
		case Crash:
			c.Crashed = true
		case Refuse:
			c.Refusing = true
		case Hang:
			c.Hung = true
		case CPU:
			c.Load += e.Load
		case Slow:
			c.Slowdown = float64(c.Slowdown * e.Factor)
		case Errors:
			spared = float64(spared * (1 - e.Share))
		case Latency:
			c.Latency += e.Add
		}
	}
	c.Errors = 1 - spared
	return c
}

package incident

import (
	"slices"

	"github.com/headroom-sim/headroom/models/traffic"
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

// Impairment sums the effects up: slowdowns multiply, and errors are independent
// of each other.
func (l Effects) Impairment() traffic.Impairment {
	var c traffic.Impairment
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
			c.Slowdown = float64(c.Factor() * e.Factor)
		case Errors:
			spared = float64(spared * (1 - e.Share))
		case Latency:
			c.Latency += e.Add
		}
	}
	c.Errors = 1 - spared
	return c
}

package timeline

import "github.com/headroom-sim/headroom/engine"

// ScaleOut is a change of desired that launched instances, whoever asked for it,
// and how long it took until they could all be used. Its times are nanoseconds
// since the start of the run.
type ScaleOut struct {
	Fleet, By, Alarm string // By is a policy, schedule or operation; Alarm is "" without one
	At               engine.Time
	From, To         int // desired

	Launched int // instances
	Usable   int // of those, that could be used once
	Gone     int // of those, taken away before they could be used

	FirstUsable, LastUsable engine.Time // so far, or NotReached

	// First is how the first instance came: the scaling of the alarm, if this is
	// what its breach led to first, else one that begins with the change.
	First *Scaling
}

// Complete is when the last of the instances could be used that desired was
// raised by, counting those that took the place of others; NotReached if fewer
// ever could.
func (o *ScaleOut) Complete() engine.Time {
	if o.Usable < o.To-o.From && o.Usable < o.Launched {
		return NotReached
	}
	return o.LastUsable
}

// Use notes that one more of the instances can be used.
func (o *ScaleOut) Use(now engine.Time) {
	o.Usable++
	o.LastUsable = now
	if o.FirstUsable == NotReached {
		o.FirstUsable = now
	}
}

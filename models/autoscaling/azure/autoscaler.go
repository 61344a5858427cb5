package azure

import "github.com/headroom-sim/headroom/engine"

// Autoscaler is an autoscale setting with what it remembers.
type Autoscaler struct {
	Rules []Rule
	// Default is the capacity that is wanted at least while a metric cannot be
	// read.
	Default int

	cools    engine.Time // both directions, until
	readings []Reading
}

// Bounds are the capacity's minimum and maximum.
type Bounds struct{ Min, Max int }

// Answer is what became of a run of the job.
type Answer uint8

// The answers.
const (
	Scaled   Answer = iota + 1 // the capacity changes
	Settled                    // no scale-out rule fires, and not every scale-in rule
	Cooling                    // a cooldown runs
	Deferred                   // a scale-in would make a scale-out rule fire
	Bounded                    // the capacity is at the bound that stops it
	Blind                      // a metric cannot be read, and no rule acts
)

// Decision is the outcome of a run, with the figures behind it. It is valid
// until the next one.
type Decision struct {
	Answer    Answer
	Current   int
	Capacity  int       // from now on
	Readings  []Reading // of the rules, in their order
	Rule      int       // that decides; -1: none
	Intended  int       // capacity that it asks for
	Flaps     int       // scale-out rule that would fire at Intended; -1: none
	Until     engine.Time
	Defaulted bool // the capacity rises to the default one
	Bound     int  // that cuts the capacity; -1: none
}

// Decide runs the job: readings has the value of each rule's metric.
func (a *Autoscaler) Decide(now engine.Time, current int, b Bounds, readings []Reading) Decision {
	a.readings = append(a.readings[:0], readings...)
	d := Decision{Answer: Settled, Current: current, Capacity: current, Readings: a.readings, Rule: -1, Flaps: -1, Bound: -1}
	switch {
	case current < b.Min || current > b.Max:
		d.Bound = min(max(current, b.Min), b.Max)
		d.Capacity = d.Bound
	case now < a.cools:
		d.Answer, d.Until = Cooling, a.cools
	case a.blind() && current < min(a.Default, b.Max):
		d.Defaulted, d.Capacity = true, min(a.Default, b.Max)
	default:
		a.follow(&d, b)
	}
	if d.Capacity != current {
		d.Answer = Scaled
		if d.Rule >= 0 {
			a.cools = now + a.Rules[d.Rule].Cooldown
		}
	}
	return d
}

// blind reports whether some metric cannot be read.
func (a *Autoscaler) blind() bool {
	for _, r := range a.readings {
		if !r.Known {
			return true
		}
	}
	return false
}

// follow scales out if any of the rules for that fires, else in if all of the
// rules for that do.
func (a *Autoscaler) follow(d *Decision, b Bounds) {
	if a.out(d) {
		d.within(b)
		return
	}
	if a.in(d) {
		d.within(b)
		if d.Capacity < d.Current {
			a.avoidFlapping(d)
		}
		return
	}
	if a.blind() {
		d.Answer = Blind
	}
}

// within cuts the intended capacity.
func (d *Decision) within(b Bounds) {
	d.Capacity = min(max(d.Intended, b.Min), b.Max)
	if d.Capacity == d.Intended {
		return
	}
	d.Bound = d.Capacity
	if d.Capacity == d.Current {
		d.Answer = Bounded
	}
}

// out finds the largest capacity that a scale-out rule asks for.
func (a *Autoscaler) out(d *Decision) bool {
	for i := range a.Rules {
		r := &a.Rules[i]
		if r.Out && r.fires(d.Readings[i], d.Current, d.Current) {
			a.propose(d, i)
		}
	}
	return d.Rule >= 0
}

// in finds the smallest reduction that the scale-in rules ask for, if all fire.
func (a *Autoscaler) in(d *Decision) bool {
	for i := range a.Rules {
		r := &a.Rules[i]
		switch {
		case r.Out:
		case !r.fires(d.Readings[i], d.Current, d.Current):
			d.Rule = -1
			return false
		default:
			a.propose(d, i)
		}
	}
	return d.Rule >= 0
}

// propose lets the rule decide that asks for the largest capacity; of several
// that with the longest cooldown (UNSOURCED).
func (a *Autoscaler) propose(d *Decision, rule int) {
	n := a.Rules[rule].capacity(d.Current)
	switch {
	case d.Rule < 0 || n > d.Intended:
		d.Rule, d.Intended = rule, n
	case n == d.Intended && a.Rules[rule].Cooldown > a.Rules[d.Rule].Cooldown:
		d.Rule = rule
	}
}

// avoidFlapping raises the capacity of a scale-in to the first at which no
// scale-out rule would fire; if only the present one is left, the scale-in is
// put off [az-flap].
func (a *Autoscaler) avoidFlapping(d *Decision) {
	for n := d.Capacity; n < d.Current; n++ {
		flaps := a.firesOn(d, n)
		if flaps < 0 {
			d.Capacity = n
			return
		}
		if d.Flaps < 0 {
			d.Flaps = flaps
		}
	}
	d.Answer, d.Capacity = Deferred, d.Current
}

// firesOn is the first scale-out rule that would fire with n instances, or -1.
// None is left to bear a load if n is 0.
func (a *Autoscaler) firesOn(d *Decision, n int) int {
	for i := range a.Rules {
		if r := &a.Rules[i]; r.Out && r.fires(d.Readings[i], d.Current, n) {
			return i
		}
	}
	return -1
}

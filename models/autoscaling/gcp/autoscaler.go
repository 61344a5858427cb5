package gcp

import "github.com/headroom-sim/headroom/engine"

// Settings are an autoscaling policy [gcp-pol].
type Settings struct {
	Signals       []Signal
	Stabilization engine.Time // over which the peak counts
	ScaleIn       *Control    // nil: all that is too much goes at once
	Mode          Mode
}

// Signal is a metric with its target.
type Signal struct {
	Name   string
	Target int64 // for one VM, in millionths of the metric's unit; positive
}

// Load is what a signal says of the group.
type Load struct {
	VMs   int   // that count: not those that still initialize
	Total int64 // of their values, in millionths
	Known bool
}

// Control is a scale-in control: of the largest size recommended within the
// window at most so many VMs may go [gcp-sic].
type Control struct {
	Replicas int // or percent of that size, rounded up (UNSOURCED)
	Percent  bool
	Window   engine.Time
}

// Mode is what the group makes of the recommended size.
type Mode uint8

// The modes.
const (
	On           Mode = iota
	OnlyScaleOut      // never shrinks
	Off               // the size is recommended, and nothing happens
)

// Bounds are the least and the greatest number of VMs.
type Bounds struct{ Min, Max int }

// Autoscaler is a policy with what it remembers.
type Autoscaler struct {
	Settings

	begun       bool
	needs       peak // over the stabilization period
	recommended peak // over the window of the scale-in control
	latest      int  // recommended size
	loads       []Load
}

// Answer is what became of a decision.
type Answer uint8

// The answers.
const (
	Scaled     Answer = iota + 1 // the target size changes
	Settled                      // the load needs the present size
	Stabilized                   // a peak within the stabilization period holds the size
	Controlled                   // the scale-in control does
	Bounded                      // the size is at the bound that stops it
	Kept                         // the mode does not let the group follow
	Blind                        // no signal, or on the way in not every one, has a value
)

// Decision is the outcome, with the figures behind it. It is valid until the
// next one.
type Decision struct {
	Answer      Answer
	Current     int
	Size        int // the target size from now on
	Loads       []Load
	Signal      int         // that needs the most; -1: none
	Needed      int         // for its load
	Peak        int         // of the stabilization period, Needed included
	Until       engine.Time // sizes above Needed are held
	Floor       int         // that the scale-in control leaves, where it is above Peak
	Bound       int         // that cuts the rest; -1: none
	Recommended int
}

// Decide recommends a size for the loads of the signals, and follows it as the
// mode says. At the first call the present size counts as needed so far: what
// the load was before is not known (DERIVED).
func (a *Autoscaler) Decide(now engine.Time, current int, b Bounds, loads []Load) Decision {
	a.begin(now, current)
	a.loads = append(a.loads[:0], loads...)
	d := Decision{Current: current, Size: current, Loads: a.loads, Signal: -1, Bound: -1}
	if !a.need(&d) {
		d.Answer = Blind
		return d
	}
	a.needs.add(now, d.Needed)
	d.Peak, d.Until = a.needs.greatest(now, d.Needed+1)
	d.Peak = max(d.Peak, d.Needed) // a stabilization period of 0 has no sizes
	d.Recommended = d.Peak
	a.control(&d, now)
	d.Recommended = min(max(d.Recommended, b.Min), b.Max)
	if cut := d.Recommended; cut != max(d.Peak, d.Floor) {
		d.Bound = cut
	}
	a.latest = d.Recommended
	d.follow(a.Mode)
	return d
}

func (a *Autoscaler) begin(now engine.Time, current int) {
	if a.begun {
		return
	}
	a.begun = true
	a.needs.window = a.Stabilization
	if a.ScaleIn != nil {
		a.recommended.window = a.ScaleIn.Window
	}
	a.needs.add(now, current)
	a.latest = current
}

// need is the largest number of VMs that a signal's load needs. While a signal
// has no value the others may only add VMs (UNSOURCED: the cautious choice).
func (a *Autoscaler) need(d *Decision) bool {
	failed := false
	for i, l := range d.Loads {
		if !l.Known {
			failed = true
			continue
		}
		if n := a.Signals[i].need(l); d.Signal < 0 || n > d.Needed {
			d.Signal, d.Needed = i, n
		}
	}
	return d.Signal >= 0 && !(failed && d.Needed < d.Current)
}

// need is ceil(total / target).
func (s *Signal) need(l Load) int { return int(l.Total/s.Target + min(l.Total%s.Target, 1)) }

// control keeps the size within what the scale-in control lets go. The latest
// recommendation has been the group's until now.
func (a *Autoscaler) control(d *Decision, now engine.Time) {
	if a.ScaleIn == nil {
		return
	}
	a.recommended.add(now, a.latest)
	from, _ := a.recommended.greatest(now, 0)
	if floor := from - a.ScaleIn.most(from); floor > d.Peak {
		d.Floor, d.Recommended = floor, floor
	}
}

// most is how many of a number of VMs may go.
func (c *Control) most(of int) int {
	if c.Percent {
		return (of*c.Replicas + 99) / 100
	}
	return c.Replicas
}

// follow makes the group's size of the recommendation.
func (d *Decision) follow(m Mode) {
	switch {
	case m == Off && d.Recommended != d.Current, m == OnlyScaleOut && d.Recommended < d.Current:
		d.Answer = Kept
	case d.Recommended != d.Current:
		d.Answer, d.Size = Scaled, d.Recommended
	case d.Needed == d.Current:
		d.Answer = Settled
	case d.Bound >= 0:
		d.Answer = Bounded
	case d.Floor > 0:
		d.Answer = Controlled
	default:
		d.Answer = Stabilized
	}
}

package hpa

import (
	"math"

	"github.com/headroom-sim/headroom/models/timeline"
)

// Finding is how a metric came to its proposal.
type Finding uint8

// The findings.
const (
	// Counted: ceil(ratio x pods).
	Counted Finding = iota + 1
	// Tolerated: the ratio is close enough to 1, so the proposal is the current
	// number.
	Tolerated
	// Turned: with pods that are missing or unready filled in, the ratio or the
	// proposal points the other way; the proposal is the current number.
	Turned
	// Failed: there is no value of any pod that counts, and no proposal.
	Failed
)

// Proposal is what one metric asks for, with the figures behind it.
type Proposal struct {
	Finding  Finding
	Replicas int
	Value    int64 // CPU: whole percent of the request; else thousandths of the unit per pod; External: in all
	Pods     int   // that Value is the mean of
	Filled   int   // of these, missing or unready ones that have been given a value
	Before   int64 // Value without those
	Aside    Aside
	// Held: without those filled in the metric would ask for more than there is.
	Held bool
}

// Aside are the pods of a metric without a value that counts.
type Aside struct {
	Missing, Unready int
	Lacking, Young   timeline.Names // of these, where they are known
	Woken            bool           // the unready ones have been given a value
}

// propose is what a metric asks for [hpa-code]. If all pods have a value that
// counts, or the unready ones would only be needed to scale up, that is
// ceil(ratio x pods). Else missing pods are taken to use nothing on the way up
// and, on the way down, all of their request (more where the target is more) or
// just the target; unready ones to use nothing on the way up.
func (s *Settings) propose(m *Metric, o Observation, current int) Proposal {
	switch {
	case m.Kind == External && o.Known:
		return s.spread(m, o, current)
	case m.Kind == External || o.Pods == 0:
		return Proposal{Finding: Failed}
	}
	first := m.ratio(o)
	wakes := o.Unready > 0 && first > 1
	aside := Aside{o.Missing, o.Unready, o.Lacking, o.Young, wakes}
	p := m.figure(o)
	p.Aside = aside
	if !wakes && o.Missing == 0 {
		if s.Tolerance.covers(first) {
			return p.stay(Tolerated, current)
		}
		return p.scale(ceil(first, o.Pods))
	}
	before, pods := p.Value, o.Pods
	o.fill(m, first, wakes)
	again := m.ratio(o)
	p = m.figure(o)
	p.Aside, p.Before, p.Filled = aside, before, o.Pods-pods
	n := ceil(again, o.Pods)
	p.Held = first > 1 && !s.Tolerance.covers(first) && (s.Tolerance.covers(again) || n <= current)
	switch {
	case s.Tolerance.covers(again):
		return p.stay(Tolerated, current)
	case first < 1 && again > 1, first > 1 && again < 1,
		again < 1 && n > current, again > 1 && n < current:
		return p.stay(Turned, current)
	default:
		return p.scale(n)
	}
}

// spread is ceil(value / target), unless the value per replica is close enough
// to the target [hpa-code]. Without replicas it never is: that is how an HPA whose
// minimum is 0 comes back from there.
func (s *Settings) spread(m *Metric, o Observation, current int) Proposal {
	p := Proposal{Value: o.Value, Pods: o.Pods}
	if s.Tolerance.covers(float64(o.Value) / float64(float64(m.Target)*float64(o.Pods))) {
		return p.stay(Tolerated, current)
	}
	return p.scale(ceil(float64(o.Value)/float64(m.Target), 1))
}

func (p Proposal) stay(f Finding, current int) Proposal {
	p.Finding, p.Replicas = f, current
	return p
}

func (p Proposal) scale(n int) Proposal {
	p.Finding, p.Replicas = Counted, n
	return p
}

// figure is the metric's value over the pods that count.
func (m *Metric) figure(o Observation) Proposal {
	return Proposal{Value: m.value(o), Pods: o.Pods}
}

// value is the utilization in percent, or the average in thousandths. The
// controller divides whole numbers: 50.9 % is 50 % to it.
func (m *Metric) value(o Observation) int64 {
	if m.Kind == CPU {
		return o.Value * 100 / o.Request
	}
	return o.Value / int64(o.Pods)
}

func (m *Metric) ratio(o Observation) float64 { return float64(m.value(o)) / float64(m.Target) }

// fill gives the pods that do not count a value that speaks against the change.
func (o *Observation) fill(m *Metric, ratio float64, wakes bool) {
	switch {
	case o.Missing > 0 && ratio < 1:
		o.join(o.Missing, o.MissingRequest, m.cautious(o))
	case o.Missing > 0 && ratio > 1:
		o.join(o.Missing, o.MissingRequest, 0)
	}
	if wakes {
		o.join(o.Unready, o.UnreadyRequest, 0)
	}
}

func (o *Observation) join(pods int, request, value int64) {
	o.Pods += pods
	o.Request += request
	o.Value += value
}

// cautious is what missing pods are taken to use on the way down.
func (m *Metric) cautious(o *Observation) int64 {
	if m.Kind == CPU {
		return o.MissingRequest * max(100, m.Target) / 100
	}
	return int64(o.Missing) * m.Target
}

// ceil is ceil(ratio x pods), at most the greatest int32.
func ceil(ratio float64, pods int) int {
	return int(math.Min(math.Ceil(float64(ratio*float64(pods))), math.MaxInt32))
}

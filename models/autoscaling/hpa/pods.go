package hpa

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Pod is a pod that is neither failed nor being deleted, with its CPU.
type Pod struct {
	Name    string
	Pending bool        // not all of its containers run
	Ready   bool        // its condition Ready
	Turned  engine.Time // since when the condition has been so
	Started engine.Time // acknowledged by the kubelet
	Request int64       // CPU, in thousandths of a vCPU
	// CPU is the latest sample, in thousandths of a vCPU, rounded up; it is the
	// mean over a Window that ended at Sampled.
	CPU     int64
	Sampled engine.Time
	Window  engine.Time
	Missing bool // there is no sample
}

// Observation is what is known of one metric, with the pods in the three groups
// of the controller. Values and requests are in thousandths of the unit. Of an
// external metric Pods is the number of replicas, which may be none, and Known
// says that there is a value; the others are known by the pods that have one.
type Observation struct {
	Pods           int   // that count as ready and have a value
	Value, Request int64 // their sums
	Known          bool  // external metrics

	Missing        int // pods without a value
	MissingRequest int64

	Unready        int // pods that are pending or, for CPU, too young
	UnreadyRequest int64

	Lacking, Young timeline.Names // of Missing and Unready, where they are known
}

// Add counts a pod, for a CPU metric [hpa-code].
func (o *Observation) Add(p *Pod, now engine.Time, s *Settings) {
	switch {
	case p.Pending:
		o.unready(p)
	case p.Missing:
		o.Missing++
		o.Lacking.Add(p.Name)
		o.MissingRequest += p.Request
	case s.setsAside(p, now):
		o.unready(p)
	default:
		o.Pods++
		o.Value += p.CPU
		o.Request += p.Request
	}
}

func (o *Observation) unready(p *Pod) {
	o.Unready++
	o.Young.Add(p.Name)
	o.UnreadyRequest += p.Request
}

// setsAside reports whether a pod's CPU does not count yet: within the
// initialization period unless the pod is ready and its sample began after it
// turned so; later only if it is unready and never was ready.
func (s *Settings) setsAside(p *Pod, now engine.Time) bool {
	if now < p.Started+s.CPUInitializationPeriod {
		return !p.Ready || p.Sampled < p.Turned+p.Window
	}
	return !p.Ready && p.Turned < p.Started+s.InitialReadinessDelay
}

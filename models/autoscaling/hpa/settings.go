package hpa

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
)

// Settings are those of one HorizontalPodAutoscaler, and of the controller
// manager that runs it.
type Settings struct {
	Metrics []Metric
	// Tolerance is how far a ratio may be from 1 without any action.
	Tolerance Tolerance
	// CPUInitializationPeriod is how long after a pod's start its CPU counts
	// only once the pod is ready, and from samples that began after that.
	CPUInitializationPeriod engine.Time
	// InitialReadinessDelay is how soon after its start a pod must turn ready
	// or unready for the controller to believe, when it is unready later, that
	// it never was ready.
	InitialReadinessDelay engine.Time
	ScaleUp, ScaleDown    Behavior
}

// Kind is how a metric's values are read.
type Kind uint8

// The kinds of metrics.
const (
	// CPU is the resource metric cpu with the target type Utilization: percent
	// of what the pods request.
	CPU Kind = iota
	// Pods is a custom metric of the pods with the target type AverageValue.
	Pods
	// External is a metric of something else with the target type AverageValue:
	// its value is spread over the replicas.
	External
)

// Metric is one entry of the HPA's spec.metrics.
type Metric struct {
	Name   string
	Kind   Kind
	Target int64 // positive; CPU: percent of the request; else thousandths of the unit per pod
}

// Tolerance is how far a ratio of value to target may be from 1 [hpa-tol].
type Tolerance struct {
	Up, Down float64
	// Interval is the test of Kubernetes 1.33 and later,
	// 1 - down <= ratio <= 1 + up; before it is |1 - ratio| <= up. In float64
	// they differ at the edge: 55 / 50 is within the interval up to 1 + 0.1, and
	// yet further than 0.1 from 1.
	Interval bool
}

func (t Tolerance) covers(ratio float64) bool {
	if t.Interval {
		return 1-t.Down <= ratio && ratio <= 1+t.Up
	}
	return math.Abs(1-ratio) <= t.Up
}

// Behavior is how fast replicas may change in one direction.
type Behavior struct {
	// Stabilization is how far back recommendations are looked at: on the way
	// up the least of them counts, on the way down the greatest.
	Stabilization engine.Time
	Select        Select
	Rates         []Rate
}

// Select is which of several rate policies counts.
type Select uint8

// The values of selectPolicy.
const (
	Max      Select = iota // that which allows the greatest change
	Min                    // that which allows the smallest change
	Disabled               // no change in this direction
)

// Rate is a rate policy: at most so many pods, or percent of the replicas at
// its beginning, in any period.
type Rate struct {
	Value   int // positive
	Percent bool
	Period  engine.Time
}

package hpa

import "github.com/headroom-sim/headroom/engine"

// Autoscaler is a HorizontalPodAutoscaler with what the controller remembers of
// it. It is synced at fixed intervals, 15 s in a cluster's default.
type Autoscaler struct {
	Settings

	recommended []recommendation
	ups, downs  []change
	proposals   []Proposal
}

// Answer is what became of a sync.
type Answer uint8

// The answers.
const (
	// Scaled: the number of replicas changes.
	Scaled Answer = iota + 1
	// Settled: the metrics ask for the current number.
	Settled
	// Stabilized: recent recommendations hold the number where it is.
	Stabilized
	// Limited: the rate policies allow no change now.
	Limited
	// Bounded: the number is at the bound that stops it.
	Bounded
	// Blind: no metric, or on the way down not every metric, has a value.
	Blind
	// SwitchedOff: there are no replicas, which disables an HPA with a minimum.
	SwitchedOff
)

// Decision is the outcome of a sync, with the figures behind it. It is valid
// until the next sync.
type Decision struct {
	Answer    Answer
	Current   int
	Replicas  int        // from now on
	Proposals []Proposal // of the metrics, in their order
	Metric    int        // that asks for the most; -1: none
	Proposed  int        // by that metric
	Stable    int        // after stabilization
	Until     engine.Time
	Limit     int   // that the rate policies allow, if they allow less than Stable
	Rate      *Rate // which of them; nil where the direction is disabled
	Bound     int   // that cuts what is left, Min or Max of the workload; -1: none
}

// Bounds are minReplicas and maxReplicas.
type Bounds struct{ Min, Max int }

// Sync decides about the replicas from one observation per metric.
func (a *Autoscaler) Sync(now engine.Time, current int, b Bounds, observed []Observation) Decision {
	if a.recommended == nil {
		a.recommend(now, current)
	}
	d := Decision{Current: current, Replicas: current, Metric: -1, Bound: -1}
	switch {
	case current == 0 && b.Min > 0:
		d.Answer = SwitchedOff
	case current > b.Max:
		d.bound(b.Max)
	case current < b.Min:
		d.bound(b.Min)
	case !a.ask(&d, observed):
		d.Answer = Blind
	default:
		a.normalize(&d, now, b)
	}
	if d.Replicas != current {
		d.Answer = Scaled
		a.scaled(now, d.Replicas-current)
	}
	return d
}

func (d *Decision) bound(n int) { d.Replicas, d.Bound = n, n }

// ask collects the proposals of the metrics. The largest counts; if a metric
// fails the rest may only scale up [hpa].
func (a *Autoscaler) ask(d *Decision, observed []Observation) bool {
	a.proposals = a.proposals[:0]
	failed := false
	for i := range a.Metrics {
		p := a.propose(&a.Metrics[i], observed[i], d.Current)
		a.proposals = append(a.proposals, p)
		switch {
		case p.Finding == Failed:
			failed = true
		case d.Metric < 0 || p.Replicas > d.Proposed:
			d.Metric, d.Proposed = i, p.Replicas
		}
	}
	d.Proposals = a.proposals
	return d.Metric >= 0 && !(failed && d.Proposed < d.Current)
}

// normalize holds the proposal back: by stabilization, by rate policies, by the
// bounds, in this order [hpa-code2].
func (a *Autoscaler) normalize(d *Decision, now engine.Time, b Bounds) {
	d.Stable, d.Until = a.stabilize(now, d.Current, d.Proposed)
	a.recommend(now, d.Proposed)
	d.Replicas = d.Stable
	switch {
	case d.Stable > d.Current:
		limit, by := a.limitUp(now, d.Current)
		d.cut(limit, by, b.Max)
	case d.Stable < d.Current:
		limit, by := a.limitDown(now, d.Current)
		d.cut(limit, by, b.Min)
	case d.Stable == d.Proposed:
		d.Answer = Settled
	default:
		d.Answer = Stabilized
	}
}

// cut keeps the number within what the rate policies allow and, further out,
// the bound. It also says why the number stays, for the case that it does.
func (d *Decision) cut(limit int, by *Rate, bound int) {
	direction := 1
	if d.Stable < d.Current {
		direction = -1
	}
	allowed, rated := bound, direction*limit < direction*bound
	if rated {
		allowed = limit
	}
	if direction*d.Stable <= direction*allowed {
		return
	}
	d.Replicas = allowed
	if rated {
		d.Answer, d.Limit, d.Rate = Limited, limit, by
	} else {
		d.Answer, d.Bound = Bounded, bound
	}
}

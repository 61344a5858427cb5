package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// The many checkers of Route 53, of which more than 18 % must find an endpoint
// healthy [R53-DET], are modelled as one with a random phase: its verdict changes
// after as many checks in a row as the threshold says (INFERRED).

const (
	// checkTimeout is the time for a connection and then for the answer [R53-DET].
	checkTimeout = (4 + 2) * engine.Second
	// aliasInterval is how often an alias record looks at its balancer's targets
	// (UNSOURCED: as often as the fast checks).
	aliasInterval = 10 * engine.Second
)

// check is the state of the checks of a record.
type check struct {
	phase  engine.Time // of the first one
	streak int         // results in a row that are against the verdict
}

func (d *DNS) bind(stream func(name string) random.Stream) {
	for i := range d.records {
		r := &d.records[i]
		luck := stream("phase/" + d.name + "/" + r.Name)
		r.phase = engine.Time(luck.Uniform(0, 0) * float64(d.interval()))
	}
	d.prober = traffic.NewProber(d.sim, traffic.Probing{Name: "dns/" + d.name, Interval: d.interval(), Timeout: checkTimeout}, d)
}

func (d *DNS) interval() engine.Time {
	if c := d.spec.HealthCheck; c != nil {
		return c.Interval.Time()
	}
	return aliasInterval
}

// Watch begins the checks of the records, each at a random phase.
func (d *DNS) Watch() {
	if d.spec.HealthCheck == nil && !d.spec.EvaluateTargetHealth {
		return
	}
	for i := range d.records {
		if d.spec.HealthCheck == nil && d.records[i].Alive == nil {
			continue
		}
		d.prober.Begin(int32(i), d.records[i].phase)
	}
}

// Endpoint implements traffic.Checker. An alias record looks at its targets
// instead.
func (d *DNS) Endpoint(i int32) traffic.Receiver {
	r := &d.records[i]
	if d.spec.HealthCheck == nil {
		d.look(r)
		return nil
	}
	return r.To
}

// look judges an alias record by the targets of its balancer.
func (d *DNS) look(r *record) {
	switch alive := r.Alive(); {
	case alive && r.sick:
		d.pronounce(r, false, "each target group has a healthy target again")
	case !alive && !r.sick:
		d.pronounce(r, true, "a target group has no healthy target")
	}
}

// Result implements traffic.Checker: enough results in a row against the verdict
// change it.
func (d *DNS) Result(i int32, cause traffic.Cause) {
	r := &d.records[i]
	if (cause != traffic.OK) == r.sick {
		r.streak = 0
		return
	}
	need := d.spec.HealthCheck.Threshold
	if r.streak++; r.streak < need {
		return
	}
	if r.sick {
		d.pronounce(r, false, fmt.Sprintf("%d of %d checks passed", r.streak, need))
	} else {
		d.pronounce(r, true, fmt.Sprintf("%d of %d checks failed: %s", r.streak, need, cause))
	}
}

// pronounce changes the verdict on a record.
func (d *DNS) pronounce(r *record, sick bool, why string) {
	r.sick, r.streak = sick, 0
	kind, change := timeline.Healthy, -1
	if sick {
		kind, change = timeline.Unhealthy, 1
	}
	d.ill += change
	d.healthy.Add(d.sim.Now(), int64(-change))
	d.log.Add(timeline.Event{At: d.sim.Now(), Kind: kind, Subject: d.name, Text: "record " + r.Name + ": " + why + "; " + d.consequence()})
}

// consequence says what clients are answered from now on.
func (d *DNS) consequence() string {
	until := ", clients ask again within " + d.spec.TTL.String()
	switch {
	case d.ill == len(d.records):
		return "all records are unhealthy and taken for healthy"
	case d.spec.failover():
		return "answered is " + d.records[d.active()].Name + until
	}
	return fmt.Sprintf("%d of %d records are answered", len(d.records)-d.ill, len(d.records)) + until
}

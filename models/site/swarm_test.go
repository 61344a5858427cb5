package site

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/internal/swarm"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
)

// A swarm of random scenarios over all that the language has: whatever a user
// writes, a run must come to its end, its books must balance (requests are
// conserved, Little's law and the utilisation law hold, slots add up), and a
// second run must be the same.
func TestSwarm(t *testing.T) {
	swarm.Each(t, 100, func(text string) error {
		spec, problems := swarm.Spec(text)
		if err := problems.Err(); err != nil {
			return err
		}
		end := spec.Duration.Time()
		config := whole(spec, Span{0, end / 3}, Span{end / 3, end})
		config.Objectives = []Objective{{Metric: "availability", Lo: 0.99, Hi: 1}, {Metric: "latency.p95", Hi: 0.1}}
		config.Events, config.Instant = swarm.MostEvents, swarm.MostAtOnce
		first, err := Build(spec, config).Run(onward)
		if err != nil {
			return swarm.Judge(spec, err)
		}
		config.Record = Recording{Span{end / 4, end}, 300} // changes nothing
		again, err := Build(spec, config).Run(onward)
		switch {
		case err != nil:
			return fmt.Errorf("the second run: %w", err)
		case again.Digest != first.Digest || !reflect.DeepEqual(again.Windows, first.Windows):
			return errors.New("a second run is another one")
		}
		return errors.Join(sane(spec, first), decomposed(spec, first), again.Trace.disorder())
	})
}

// sane checks the metrics of an outcome against each other and their bounds.
func sane(spec *scenario.Spec, o *Outcome) error {
	for _, w := range o.Windows {
		m := w.Metrics
		if m["requests.offered"] != m["requests.completed"]+m["requests.failed"]+m["requests.in_flight"] {
			return errors.New("requests are not conserved")
		}
		var failed float64
		for name, v := range m {
			unit, known := spec.Unit(name)
			switch {
			case !known:
				return errors.New("the reference does not know " + name)
			case v < 0 && !strings.HasSuffix(name, "credits.min"):
				return fmt.Errorf("%s is negative: %g", name, v)
			case unit == scenario.Share && v > 1+1e-9:
				return fmt.Errorf("%s is more than the whole: %g", name, v)
			case strings.HasPrefix(name, "errors."):
				failed += v
			}
		}
		if failed != m["requests.failed"] {
			return errors.New("causes do not add up to the failures")
		}
		if parts, total := costs(m); math.Abs(parts-total) > 1e-9+1e-12*total {
			return fmt.Errorf("the parts cost %v, the whole %v", parts, total)
		}
	}
	for i, c := range o.Series.Columns {
		for _, row := range o.Series.Rows {
			if v := row[i]; c.Whole && !math.IsNaN(v) && v != math.Trunc(v) {
				return fmt.Errorf("%s is no whole number: %g", c.Name, v)
			}
		}
	}
	for _, name := range []string{"requests.offered", "requests.attempts", "requests.completed", "errors.timeout"} {
		if spec.Discard.For == 0 && o.Windows[0].Metrics[name] != o.Windows[1].Metrics[name]+o.Windows[2].Metrics[name] {
			return errors.New("windows do not add up: " + name)
		}
	}
	return nil
}

// costs are what the parts cost, and what is said to be their sum.
func costs(m map[string]float64) (parts, total float64) {
	for name, v := range m {
		of, ok := strings.CutPrefix(name, "cost.")
		if ok && of != "total" && !strings.HasPrefix(of, "per_") {
			parts += v
		}
	}
	return parts, m["cost.total"]
}

// decomposed checks that the records of scalings say what the metrics say, and
// that their parts add up to the lags, to the nanosecond.
func decomposed(spec *scenario.Spec, o *Outcome) error {
	var launchLag, lag autoscaling.Lag
	for _, s := range o.Scalings {
		var sum engine.Time
		for p, took := range s.Took() {
			switch {
			case took >= 0:
				sum += took
			case s.Reached(timeline.AtUsable):
				return fmt.Errorf("%v of %s is missing", timeline.Part(p), s.Instance)
			}
		}
		launchLag.Sum, launchLag.Count = launchLag.Sum+s.LaunchLag(), launchLag.Count+1
		if s.Reached(timeline.AtUsable) {
			lag.Sum, lag.Count = lag.Sum+s.Lag(), lag.Count+1
			if sum != s.Lag() {
				return fmt.Errorf("the parts of the lag of %s add up to %v, not %v", s.Instance, sum, s.Lag())
			}
		}
	}
	if spec.Discard.For > 0 {
		return nil // the metrics leave some out
	}
	for name, want := range map[string]autoscaling.Lag{"scaling.launch_lag.mean": launchLag, "scaling.lag.mean": lag} {
		if got, sampled := o.Windows[0].Metrics[name]; sampled != (want.Count > 0) || sampled && got != want.Mean()/1e9 {
			return fmt.Errorf("%s is %g, %v by the records", name, got, want)
		}
	}
	return nil
}

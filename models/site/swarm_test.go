package site

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
		from, end := spec.Discard.For.Time(), spec.Duration.Time()
		cut := from + (end-from)/3
		config := whole(spec, Span{from, cut}, Span{cut, end}, Span{0, end}) // in parts, and as it was
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
		return errors.Join(sane(spec, first), decomposed(first), again.Trace.disorder())
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
			case math.IsNaN(v) || math.IsInf(v, 0):
				return fmt.Errorf("%s is no number: %g", name, v)
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
			switch v := row[i]; {
			case math.IsInf(v, 0):
				return fmt.Errorf("%s is no number: %g", c.Name, v)
			case c.Whole && !math.IsNaN(v) && v != math.Trunc(v):
				return fmt.Errorf("%s is no whole number: %g", c.Name, v)
			}
		}
	}
	return addUp(spec, o.Windows[0].Metrics, o.Windows[1].Metrics, o.Windows[2].Metrics)
}

// addUp checks that counts of the whole are those of its two parts.
func addUp(spec *scenario.Spec, all, first, second map[string]float64) error {
	for name, v := range all {
		if counts(spec, name) && v != first[name]+second[name] {
			return fmt.Errorf("%s is %g, and %g and %g in parts", name, v, first[name], second[name])
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
func decomposed(o *Outcome) error {
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
	for name, want := range map[string]autoscaling.Lag{"scaling.launch_lag.mean": launchLag, "scaling.lag.mean": lag} {
		if got, sampled := o.Windows[3].Metrics[name]; sampled != (want.Count > 0) || sampled && got != want.Mean()/1e9 {
			return fmt.Errorf("%s is %g, %v by the records", name, got, want)
		}
	}
	return nil
}

// What is no number, and what does not add up, is noticed.
func TestSaneNotices(t *testing.T) {
	spec := read(t, outage, nil)
	some := func(attempts, latency float64) Window {
		return Window{Metrics: map[string]float64{"requests.attempts": attempts, "latency.max": latency}}
	}
	check := func(attempts, latency, minute float64) error {
		return sane(spec, &Outcome{
			Windows: []Window{some(attempts, latency), some(1, 2), some(2, 1)},
			Series:  &Series{Columns: []Column{{Name: "throughput"}}, Rows: [][]float64{{minute}}},
		})
	}
	require.NoError(t, check(3, 2, math.NaN()))
	require.ErrorContains(t, check(3, math.NaN(), 0), "latency.max is no number")
	require.ErrorContains(t, check(3, math.Inf(1), 0), "latency.max is no number")
	require.ErrorContains(t, check(3, 2, math.Inf(1)), "throughput is no number")
	require.ErrorContains(t, check(4, 2, 0), "requests.attempts is 4, and 1 and 2 in parts")
}

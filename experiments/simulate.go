package experiments

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/site"
)

// outcome is that of one replication.
type outcome struct {
	*site.Outcome
	discard engine.Time
}

// cell simulates one replication. With discard = "auto" it does so twice: once
// to find the initial transient, once to measure what comes after it. The
// outcome is empty if ctx is cancelled.
func (s *Study) cell(ctx context.Context, replication int, progress func(done float64)) (outcome, error) {
	discard := s.Spec.Discard.For.Time()
	var warnings []site.Warning
	if s.Spec.Discard.Auto {
		pilot, err := s.simulate(ctx, replication, 0, func(done float64) { progress(done / 2) })
		if err != nil || pilot == nil {
			return outcome{}, err
		}
		var settled bool
		discard, settled = transient(pilot.Series)
		if !settled {
			warnings = append(warnings, site.Warning{About: "discard",
				Text: "discard = \"auto\": no steady state was found (MSER-5); the run is too short, or its load changes all the time"})
		}
		inner := progress
		progress = func(done float64) { inner((1 + done) / 2) }
	}
	o, err := s.simulate(ctx, replication, discard, progress)
	if o != nil {
		o.Warnings = append(o.Warnings, warnings...)
	}
	return outcome{o, discard}, err
}

// transient finds the initial transient by MSER-5 on the mean latency of each
// minute; minutes without a sample take the value before.
func transient(series *site.Series) (engine.Time, bool) {
	var values []float64
	last := 0.0
	for _, v := range series.Column("latency.mean") {
		if !math.IsNaN(v) {
			last = v
		}
		values = append(values, last)
	}
	cut, settled := output.Transient(values)
	return engine.Time(cut) * engine.Minute, settled
}

// simulate runs one replication, of as many visitors at once as a scenario may have
// users; the outcome is nil if ctx is cancelled.
func (s *Study) simulate(ctx context.Context, replication int, discard engine.Time, progress func(done float64)) (*site.Outcome, error) {
	end := s.end()
	measured := site.Span{From: discard, To: end}
	system := site.Build(s.Spec, site.Config{
		Seed: s.Spec.Seed, Replication: s.first() + replication,
		Measured: measured, During: append(s.windows(), s.cut(measured)...), Objectives: s.objectives(),
		Crowd: client.MostUsers, Record: s.recording(replication),
	})
	return system.Run(func(now engine.Time) bool {
		progress(float64(now) / float64(end))
		return ctx.Err() == nil
	})
}

// recording is what is asked for of a replication.
func (s *Study) recording(replication int) site.Recording {
	if replication > 0 {
		return site.Recording{}
	}
	return s.options.Record
}

// windows are the distinct parts of the run that expectations ask for.
func (s *Study) windows() []site.Span {
	var spans []site.Span
	for _, name := range s.expectationNames() {
		if e := s.Spec.Expectations[name]; e.During != nil {
			if span := during(e); !slices.Contains(spans, span) {
				spans = append(spans, span)
			}
		}
	}
	return spans
}

// window is the number of an expectation's window in the figures of a cell.
func (s *Study) window(e *scenario.Expectation) int {
	if e.During == nil {
		return 0
	}
	return 1 + slices.Index(s.windows(), during(e))
}

// during is the window of an expectation that has one.
func during(e *scenario.Expectation) site.Span {
	return site.Span{From: e.During.From.Time(), To: e.During.To.Time()}
}

func (s *Study) expectationNames() []string {
	return slices.Sorted(maps.Keys(s.Spec.Expectations))
}

// objectives are the expectations that slo.violation_minutes judges.
func (s *Study) objectives() []site.Objective {
	var list []site.Objective
	for _, name := range s.expectationNames() {
		e := s.Spec.Expectations[name]
		if site.IsObjective(e.Metric) {
			b := bound(e)
			o := site.Objective{Metric: e.Metric, Lo: b.Lo, Hi: b.Hi}
			if e.During != nil {
				o.During = during(e)
			}
			list = append(list, o)
		}
	}
	return list
}

var relations = map[scenario.Relation]output.Relation{
	scenario.AtMost: output.AtMost, scenario.AtLeast: output.AtLeast, scenario.Between: output.Between, scenario.Equals: output.Equals,
}

func bound(e *scenario.Expectation) output.Bound {
	relation, lo, hi := e.Bound()
	return output.NewBound(relations[relation], lo, hi)
}

package reports_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/internal/swarm"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/reports"
)

// Whatever scenario a user writes, the program reads its file, runs it, gives the
// same figures again with another number of jobs, and prints all that it has on
// it; and what explain tells is what events.csv has and what the metrics count.
func TestSwarm(t *testing.T) {
	swarm.Each(t, 20, func(text string) error {
		path, err := swarm.Unpack(t.TempDir(), "swarm", text)
		if err != nil {
			return err
		}
		study, err := experiments.Open(path, experiments.Options{})
		if err != nil {
			return err
		}
		if err := affordable(study); err != nil {
			return err
		}
		first, err := (&experiments.Runner{Jobs: 1}).Run(t.Context(), study)
		if err != nil {
			return err
		}
		second, err := (&experiments.Runner{Jobs: 2}).Run(t.Context(), study)
		if err != nil {
			return err
		}
		return errors.Join(sameBytes(first, second), drawn(first), told(first), lint(study))
	})
}

// affordable finds out whether a run is short enough.
func affordable(s *experiments.Study) error {
	config := site.Config{Seed: s.Spec.Seed, Measured: site.Span{To: s.Spec.Duration.Time()}, Events: swarm.MostEvents, Instant: swarm.MostAtOnce}
	_, err := site.Build(s.Spec, config).Run(func(engine.Time) bool { return true })
	return swarm.Judge(s.Spec, err)
}

// lint writes what is doubtful and what is idle.
func lint(s *experiments.Study) error {
	for _, line := range append(s.Doubts().Lines(""), s.Idle().Lines("")...) {
		if strings.Contains(line, "\n") {
			return fmt.Errorf("lint is not one line: %q", line)
		}
	}
	return nil
}

// sameBytes checks that two runs print the same.
func sameBytes(first, second *experiments.Result) error {
	var pages [2]map[string][]byte
	for i, r := range []*experiments.Result{first, second} {
		pages[i] = make(map[string][]byte)
		report := reports.Runs.Report(r)
		files, err := report.Files("json", "csv", "parquet", "openmetrics", "infracost", "markdown", "html", "text")
		if err != nil {
			return err
		}
		for _, f := range files {
			var b bytes.Buffer
			if err := f.Write(&b); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			pages[i][f.Name] = b.Bytes()
		}
	}
	for name, page := range pages[0] {
		if !bytes.Equal(page, pages[1][name]) {
			return fmt.Errorf("%s has other bytes with two jobs", name)
		}
	}
	return nil
}

// drawn draws the pictures.
func drawn(r *experiments.Result) error {
	files, err := reports.Runs.Report(r).Files("png")
	for _, f := range files {
		err = errors.Join(err, f.Write(io.Discard))
	}
	return err
}

// told checks the timeline: the lines of explain, its JSON and events.csv have the
// same events, in order of time, and the metrics count them.
func told(r *experiments.Result) error {
	rows, err := rowsOf(r)
	if err != nil {
		return err
	}
	var text, object bytes.Buffer
	if err := reports.Explain(io.Discard, r, reports.ExplainOptions{TextOptions: reports.TextOptions{Width: 80, Colour: true}}); err != nil {
		return err
	}
	if err := reports.Explain(&text, r, reports.ExplainOptions{TextOptions: reports.TextOptions{Width: 100}, Piped: true}); err != nil {
		return err
	}
	if err := reports.TimelineJSON(&object, r, reports.Filter{}); err != nil {
		return err
	}
	var told struct {
		Events []struct {
			Time                                  float64 `json:"time_s"`
			Event, Fleet, Subject, Instance, Text string
		}
	}
	if err := json.Unmarshal(object.Bytes(), &told); err != nil {
		return err
	}
	if len(told.Events) != len(rows) {
		return fmt.Errorf("explain tells %d events, events.csv has %d", len(told.Events), len(rows))
	}
	last, page := 0.0, text.String()
	for i, e := range told.Events {
		at, err := strconv.ParseFloat(rows[i][0], 64)
		_, rest, found := strings.Cut(page, e.Text)
		page = rest
		switch {
		case err != nil:
			return err
		case math.Abs(at-e.Time) > 0.00051 || !slices.Equal(rows[i][2:], []string{e.Event, e.Fleet, e.Subject, e.Instance, e.Text}):
			return fmt.Errorf("explain tells %v, events.csv %q", e, rows[i])
		case !found:
			return fmt.Errorf("the text of explain does not tell %q, or not in order", e.Text)
		case e.Time < last:
			return fmt.Errorf("%v comes after %g s", e, last)
		}
		last = e.Time
	}
	return counted(r, rows)
}

func rowsOf(r *experiments.Result) ([][]string, error) {
	var b bytes.Buffer
	if err := reports.EventsCSV(&b, r); err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		return nil, err
	}
	return rows[1:], nil
}

// counted checks metrics of the whole run against the events. Where launch after
// launch fails not each is told.
func counted(r *experiments.Result, rows [][]string) error {
	if r.DiscardS > 0 {
		return nil // the metrics leave some out
	}
	events, failing := make(map[string]float64), false
	for _, row := range rows {
		switch kind := timeline.Kind(row[2]); {
		case kind == timeline.LaunchFail:
			failing = true
		case kind == timeline.Desired:
			events["scaling.actions"]++
		case kind == timeline.Launch && strings.HasPrefix(row[6], "launched"):
			events["fleets."+row[3]+".instances.launched"]++
		case kind == timeline.Terminated:
			events["fleets."+row[3]+".instances.terminated"]++
		}
	}
	for name, m := range r.Metrics {
		instances := strings.HasSuffix(name, ".instances.launched") || strings.HasSuffix(name, ".instances.terminated")
		if (name == "scaling.actions" || instances && !failing) && m.Mean != events[name] {
			return fmt.Errorf("%s is %g, and the timeline has %g", name, m.Mean, events[name])
		}
	}
	return nil
}

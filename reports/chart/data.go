package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/reports/units"
)

// data is a result as the pictures need it.
type data struct {
	*experiments.Result
	series *site.Series
	clock  units.Clock
	edges  []float64 // where minutes begin, and where the last one ends; seconds
}

func newData(r *experiments.Result) *data {
	d := &data{Result: r, series: r.Detail.Series, clock: units.Clock{Start: r.Detail.Start, Duration: r.DurationS}}
	if d.series == nil {
		d.series = &site.Series{}
	}
	d.edges = append(d.edges, d.series.Column("time_s")...)
	if n := len(d.edges); n > 0 {
		// the last minute may be cut short by the end of the run
		d.edges = append(d.edges, max(min(d.edges[n-1]+60, r.DurationS), d.edges[n-1]+1e-3))
		d.clock.Duration = d.edges[n]
	}
	return d
}

// column is a column of the series, nil where it is absent or has no value.
func (d *data) column(format string, args ...any) []float64 {
	values := d.series.Column(fmt.Sprintf(format, args...))
	if slices.ContainsFunc(values, func(v float64) bool { return !math.IsNaN(v) }) {
		return values
	}
	return nil
}

// middles are the middles of the minutes.
func (d *data) middles() []float64 {
	xs := make([]float64, len(d.edges)-1)
	for i := range xs {
		xs[i] = (d.edges[i] + d.edges[i+1]) / 2
	}
	return xs
}

// rate is a column of counts as counts per second.
func (d *data) rate(name string) []float64 {
	counts := d.column("%s", name)
	for i := range counts {
		counts[i] /= d.edges[i+1] - d.edges[i]
	}
	return counts
}

// zeros is a base line for layers.
func (d *data) zeros() []float64 { return make([]float64, len(d.series.Rows)) }

// fleets are the fleets in the order of their names.
func (d *data) fleets() []string { return d.names("fleets.", ".in_service") }

// names are what stands between a prefix and a suffix in the names of columns,
// sorted.
func (d *data) names(prefix, suffix string) []string {
	var names []string
	for _, c := range d.series.Columns {
		name, found := strings.CutPrefix(c.Name, prefix)
		if !found {
			continue
		}
		if name, found = strings.CutSuffix(name, suffix); found {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// heading names a panel, after its fleet where there are several.
func (d *data) heading(fleet, text string) string {
	if len(d.fleets()) > 1 {
		return fleet + ": " + text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// timed is an empty figure over the time of the run.
func (d *data) timed() *figure {
	return &figure{x: timeAxis(d.clock, 11), xName: d.clock.Name(), bands: d.bands()}
}

// bands are what was left out of the statistics, and the faults.
func (d *data) bands() []band {
	var bands []band
	if d.DiscardS > 0 {
		bands = append(bands, band{0, min(d.DiscardS, d.clock.Duration), "left out of the statistics"})
	}
	for _, o := range d.Detail.Faults(engine.Time(d.clock.Duration * float64(engine.Second))) {
		b := band{o.From.Seconds(), o.To.Seconds(), o.Name}
		if n := len(bands); n > 0 && bands[n-1].from == b.from && bands[n-1].to == b.to {
			continue // what the fault takes with it: a balancer's node in the lost zone
		}
		bands = append(bands, b)
	}
	return bands
}

// subtitle says what the picture is of.
func (d *data) subtitle() string {
	text := d.Title
	if text == "" {
		text = d.Scenario
	}
	if d.Variant != "" {
		text += ", variant " + d.Variant
	}
	return text
}

// first says which replication a picture over time shows.
func (d *data) first() string {
	if d.Replications > 1 {
		return fmt.Sprintf(" (first of %d replications)", d.Replications)
	}
	return ""
}

// words are all of the author's words that pictures show.
func (d *data) words() string {
	words := []string{d.subtitle()}
	words = append(words, d.fleets()...)
	words = append(words, d.names("services.", ".utilization")...)
	words = append(words, d.names("balancers.", ".targets.healthy")...)
	words = append(words, d.names("cost.", ".per_hour")...)
	for _, a := range d.Detail.Alarms {
		words = append(words, a.Name)
	}
	for _, b := range d.bands() {
		words = append(words, b.name)
	}
	return strings.Join(words, " ")
}

// Package view is what pictures of a result show, whoever draws them: rates
// minute by minute, causes of failures, objectives, the states of alarms, parts of
// the cost, and in words what there is to see.
package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/site"
)

// Data is a result as pictures need it.
type Data struct {
	*experiments.Result
	Clock units.Clock
	Edges []float64 // where minutes begin, and where the last one ends; seconds

	first *site.Series         // that of the first replication; never nil
	all   *experiments.Minutes // those of several replications, which are shown then; nil without
}

// New looks at a result.
func New(r *experiments.Result) *Data {
	d := &Data{Result: r, first: r.Detail.Series, Clock: units.Clock{Start: r.Detail.Start, Duration: r.DurationS}}
	if d.first == nil {
		d.first = &site.Series{}
	}
	d.all = r.Detail.Minutes
	d.Edges = append(d.Edges, d.first.Column("time_s")...)
	if n := len(d.Edges); n > 0 {
		// the last minute may be cut short by the end of the run
		d.Edges = append(d.Edges, max(min(d.Edges[n-1]+60, r.DurationS), d.Edges[n-1]+1e-3))
		d.Clock.Duration = d.Edges[n]
	}
	return d
}

// Minutes is how many there are; 0 where they were not kept.
func (d *Data) Minutes() int { return len(d.first.Rows) }

// Column is a column over the minutes, of several replications their means; nil where
// it is absent or has no value. It is the caller's own.
func (d *Data) Column(format string, args ...any) []float64 {
	return d.Course(format, args...).Values
}

// Middles are the middles of the minutes, seconds.
func (d *Data) Middles() []float64 {
	xs := make([]float64, len(d.Edges)-1)
	for i := range xs {
		xs[i] = (d.Edges[i] + d.Edges[i+1]) / 2
	}
	return xs
}

// Rate is a column of counts as counts per second.
func (d *Data) Rate(name string) []float64 { return d.perSecond(d.Column("%s", name)) }

// perSecond divides what is told of minutes by their lengths, in place.
func (d *Data) perSecond(counts []float64) []float64 {
	for i := range counts {
		counts[i] /= d.Edges[i+1] - d.Edges[i]
	}
	return counts
}

// Zeros is a base line for layers.
func (d *Data) Zeros() []float64 { return make([]float64, d.Minutes()) }

// Fleets are the fleets in the order of their names.
func (d *Data) Fleets() []string { return d.Names("fleets.", ".in_service") }

// columns are those of the minutes that are shown.
func (d *Data) columns() []site.Column {
	if d.all == nil {
		return d.first.Columns
	}
	var list []site.Column
	for _, c := range d.all.Columns {
		list = append(list, c.Column)
	}
	return list
}

// Names are what stands between a prefix and a suffix in the names of columns,
// sorted.
func (d *Data) Names(prefix, suffix string) []string {
	var names []string
	for _, c := range d.columns() {
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

// Heading names a panel, after its fleet where there are several.
func (d *Data) Heading(fleet, text string) string {
	if len(d.Fleets()) > 1 {
		return fleet + ": " + text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// Band is a stretch of the run with a name.
type Band struct {
	Span
	Name string
}

// Bands are what was left out of the statistics, and the faults.
func (d *Data) Bands() []Band {
	var bands []Band
	if d.DiscardS > 0 {
		bands = append(bands, Band{Span{0, min(d.DiscardS, d.Clock.Duration)}, "left out of the statistics"})
	}
	for _, o := range d.Detail.Faults(engine.Time(d.Clock.Duration * float64(engine.Second))) {
		b := Band{Span{o.From.Seconds(), o.To.Seconds()}, o.Name}
		if n := len(bands); n > 0 && bands[n-1].Span == b.Span {
			continue // what the fault takes with it: a balancer's node in the lost zone
		}
		bands = append(bands, b)
	}
	return bands
}

// Subtitle says what a picture is of.
func (d *Data) Subtitle() string {
	text := d.Title
	if text == "" {
		text = d.Scenario
	}
	if d.Variant != "" {
		text += ", variant " + d.Variant
	}
	return text
}

// First says of which replication a picture of single events is.
func (d *Data) First() string {
	if d.Replications > 1 {
		return fmt.Sprintf(" (first of %d replications)", d.Replications)
	}
	return ""
}

// Pooled says of which replications a distribution is.
func (d *Data) Pooled() string {
	if d.Replications > 1 {
		return fmt.Sprintf(" (all %d replications)", d.Replications)
	}
	return ""
}

package page

import (
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/view"
)

// overTime are the charts over the time of a run, under one cursor, with its
// events as marks above them.
type overTime struct {
	Charts []*chart
	Marks  []mark
	Bands  []bandLabel
	Ticks  []tick
	Clock  string // what the clock shows
	Island *island
}

// Kind implements Part.
func (*overTime) Kind() string { return "over-time" }

// OverTime draws a run minute by minute, of several replications the means with their
// intervals; nothing where the minutes were not kept. The events are those of a
// Timeline on the same page.
func OverTime(r *experiments.Result, events []Event) []Part {
	d := &data{Data: view.New(r)}
	o := &overTime{Charts: d.charts(), Clock: d.Clock.Name()}
	if len(o.Charts) == 0 {
		return nil
	}
	o.Marks, o.Bands, o.Ticks = d.marks(events), d.bandLabels(), d.ticks()
	o.Island = d.island(o.Charts, events)
	return []Part{o}
}

// Pair are parts side by side, where there is room.
type Pair []Part

// Kind implements Part.
func (Pair) Kind() string { return "pair" }

// Kind implements Part.
func (*spread) Kind() string { return "spread" }

// Distribution draws the latencies of all replications; nothing where no request
// was completed.
func Distribution(r *experiments.Result) []Part {
	var pair Pair
	for _, s := range (&data{Data: view.New(r)}).spreads() {
		pair = append(pair, s)
	}
	if pair == nil {
		return nil
	}
	return []Part{pair}
}

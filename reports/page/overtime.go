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

// OverTime draws the first replication minute by minute; nothing where the minutes
// were not kept. The events are those of a Timeline on the same page.
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

// spreads are pictures of a distribution, side by side.
type spreads []*spread

// Kind implements Part.
func (spreads) Kind() string { return "spreads" }

// Distribution draws the latencies of all replications; nothing where no request
// was completed.
func Distribution(r *experiments.Result) []Part {
	list := (&data{Data: view.New(r)}).spreads()
	if len(list) == 0 {
		return nil
	}
	return []Part{spreads(list)}
}

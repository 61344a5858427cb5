package chart

import (
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/view"
)

// data is a result as the pictures need it.
type data struct{ *view.Data }

func newData(r *experiments.Result) *data { return &data{view.New(r)} }

// timed is an empty figure over the time of the run.
func (d *data) timed() *figure {
	f := &figure{x: timeAxis(d.Clock, 11), xName: d.Clock.Name(), bands: d.Bands()}
	if d.Averaged() {
		f.states = "(in the first replication)"
	}
	return f
}

// words are all of the author's words that pictures show.
func (d *data) words() []string {
	words := []string{d.Subtitle()}
	words = append(words, d.Fleets()...)
	words = append(words, d.Names("services.", ".utilization")...)
	words = append(words, d.Names("balancers.", ".targets.healthy")...)
	words = append(words, d.Names("cost.", ".per_hour")...)
	for _, a := range d.Detail.Alarms {
		words = append(words, a.Name)
	}
	for _, b := range d.Bands() {
		words = append(words, b.Name)
	}
	return words
}

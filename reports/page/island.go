package page

import (
	"time"

	"github.com/headroom-sim/headroom/reports/view"
)

// island is what the script of the page works on: data, and nothing that the page
// does not show in words or pictures already.
type island struct {
	Duration float64            `json:"duration"` // seconds
	Days     bool               `json:"days"`     // the run sees more than one midnight
	Wall     [][2]float64       `json:"wall"`     // from so many seconds on the wall clock is so many seconds ahead, since 1970
	Clocks   map[string]numbers `json:"clocks"`   // edges, seconds
	Charts   []chartData        `json:"charts"`
	Events   []eventData        `json:"events"`
}

type chartData struct {
	ID     string       `json:"id"`
	Height int          `json:"height"`
	Min    float64      `json:"min"`
	Max    float64      `json:"max"`
	Log    bool         `json:"log"`
	Series []seriesData `json:"series"`
	Strips []seriesData `json:"strips"`
	Heat   *heatData    `json:"heat"`
}

// heatData are the rows of a map, from the top.
type heatData struct {
	Thick int          `json:"thick"`
	Top   float64      `json:"top"`
	Rows  []seriesData `json:"rows"`
}

type seriesData struct {
	Name    string  `json:"name"`
	Unit    string  `json:"unit"`
	Kind    string  `json:"kind"`
	Clock   string  `json:"clock"`
	Stacked bool    `json:"stacked"`
	Values  numbers `json:"values"`
	// Halves are the half-widths of the values' intervals; absent without.
	Halves *numbers `json:"halves,omitempty"`
}

// eventData is an event that is drawn into the charts.
type eventData struct {
	At   float64 `json:"at"`
	Mark string  `json:"mark"`
	Row  int     `json:"row"` // of the timeline, from 1
	Text string  `json:"text"`
}

func (d *data) island(charts []*chart, events []Event) *island {
	l := &island{Duration: d.Clock.Duration, Days: d.Clock.Duration > 86400, Wall: d.wall(), Clocks: map[string]numbers{}}
	of := func(s *series) seriesData {
		if _, known := l.Clocks[s.Clock]; !known {
			l.Clocks[s.Clock] = encode(s.edges)
		}
		data := seriesData{Name: s.Name, Unit: s.Unit, Kind: s.Kind, Clock: s.Clock, Stacked: s.stacked, Values: encode(s.Values)}
		if s.Halves != nil {
			halves := encode(s.Halves)
			data.Halves = &halves
		}
		return data
	}
	for _, c := range charts {
		data := chartData{ID: c.ID, Height: c.Height, Min: c.y.Min, Max: c.y.Max, Log: c.y.Log}
		for _, s := range c.Series {
			data.Series = append(data.Series, of(s))
		}
		for _, s := range c.Strips {
			data.Strips = append(data.Strips, of(s.series))
		}
		if h := c.Heat; h != nil {
			data.Heat = &heatData{Thick: h.Thick, Top: h.top}
			for _, row := range h.rows {
				data.Heat.Rows = append(data.Heat.Rows, of(&series{Clock: minutes, edges: c.data.Edges, Course: view.Course{Values: row}}))
			}
		}
		l.Charts = append(l.Charts, data)
	}
	for i, e := range events {
		if e.Mark != "" {
			l.Events = append(l.Events, eventData{e.At, e.Mark, i + 1, e.Time + " " + e.Kind + " " + e.Who + ": " + e.What})
		}
	}
	return l
}

// wall tells what the clock on the wall shows, again wherever daylight saving
// begins or ends; nothing where the scenario has no start.
func (d *data) wall() [][2]float64 {
	if d.Clock.Start.IsZero() {
		return nil
	}
	var list [][2]float64
	last := 0
	for t := 0.0; t <= d.Clock.Duration; t += 1800 {
		at := d.Clock.Start.Add(time.Duration(t) * time.Second)
		if _, offset := at.Zone(); t == 0 || offset != last {
			last = offset
			list = append(list, [2]float64{t, float64(d.Clock.Start.Unix() + int64(offset))})
		}
	}
	return list
}

package page

import (
	"fmt"
	"html/template"

	"github.com/headroom-sim/headroom/reports/view"
)

// mark is an event, or several that are too near to each other to be told apart,
// above the charts.
type mark struct {
	Left  float64 // percent of the width
	Look  string
	Sign  string
	Count int // of events, if there are several
	Row   int // of the first one, in the timeline
	Label string
}

// signs are those of the marks.
var signs = map[string]string{"out": "▲", "in": "▼", "alarm": "!", "fault": "✕", "other": "◆"}

// nearest is how near two marks may be, in percent of the width: they are 24
// pixels wide.
const nearest = 2.8

// marks joins events that are too near to each other.
func (d *data) marks(events []Event) []mark {
	var list []mark
	for i, e := range events {
		if e.Mark == "" {
			continue
		}
		left := percent(e.At / d.Clock.Duration)
		if n := len(list); n > 0 && left-list[n-1].Left < nearest {
			list[n-1].join(markOf(e, i+1))
			continue
		}
		m := markOf(e, i+1)
		m.Left = left
		list = append(list, m)
	}
	for i := range list {
		if more := list[i].Count - 1; more > 0 {
			list[i].Label += fmt.Sprintf(" (and %d more)", more)
		}
	}
	return list
}

// markOf is the mark of an event in a row of the timeline.
func markOf(e Event, row int) mark {
	return mark{Look: e.Mark, Sign: signs[e.Mark], Count: 1, Row: row, Label: e.Time + " " + e.Kind + " " + e.Who + ": " + e.What}
}

// join adds another. An alarm gives way to what it led to.
func (m *mark) join(o mark) {
	m.Count++
	switch {
	case m.Look == o.Look, o.Look == "alarm":
	case m.Look == "alarm":
		m.Look, m.Row, m.Label = o.Look, o.Row, o.Label
	default:
		m.Look = "other"
	}
	m.Sign = signs[m.Look]
}

// bandLabel names a band.
type bandLabel struct {
	Name        string
	Left, Width float64 // percent
}

func (d *data) bandLabels() []bandLabel {
	var list []bandLabel
	for _, b := range d.Bands() {
		list = append(list, bandLabel{b.Name, percent(b.From / d.Clock.Duration), percent((b.To - b.From) / d.Clock.Duration)})
	}
	return list
}

// Behind is a path over the bands.
func (c *chart) Behind() template.HTMLAttr {
	var spans []view.Span
	for _, b := range c.data.Bands() {
		spans = append(spans, b.Span)
	}
	return attribute(c.boxes(spans))
}

// tick is a mark of the time axis.
type tick = label

// ticks are those of the time axis. On a narrow page every second one is left out.
func (d *data) ticks() []tick {
	few := map[float64]bool{}
	for _, t := range d.Clock.Ticks(6) {
		few[t.Seconds] = true
	}
	var list []tick
	for _, t := range d.Clock.Ticks(12) {
		list = append(list, tick{percent(t.Seconds / d.Clock.Duration), t.Label, !few[t.Seconds]})
	}
	return list
}

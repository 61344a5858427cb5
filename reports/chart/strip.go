package chart

import (
	"slices"

	"gonum.org/v1/plot/vg"
)

// strip shows the states of an alarm as a bar under a panel: 1 in ALARM, 0 OK,
// -1 without sufficient data; or when its policy was blocked. Anything else is a
// gap.
type strip struct {
	name   string
	edges  []float64
	states []float64
}

// The states beside those of alarms.
const (
	blockedState = 2
	noState      = 3
)

// drawStrips draws the strips under a panel's area, their names at the right,
// and below them what the bars mean.
func drawStrips(a area, strips []strip) {
	if len(strips) == 0 {
		return
	}
	y := a.Min.Y - stripGap
	for _, s := range strips {
		y -= stripHeight
		s.draw(a, y)
		name := a.figure.fonts.fit(s.name, labelText, labelMost+keyWidth)
		a.figure.fonts.write(a.Canvas, name, labelText, a.Max.X+labelGap, y+stripHeight/2-0.35*labelText.size, 0)
		y -= stripGap
	}
	drawStripKey(a, strips, y-labelHeight+stripGap)
}

func (s strip) draw(a area, y vg.Length) {
	for i := 0; i < len(s.states); {
		j := i + 1
		for j < len(s.states) && s.states[j] == s.states[i] {
			j++
		}
		drawState(a, s.states[i], a.at(s.edges[i]), a.at(s.edges[j]), y)
		i = j
	}
}

// drawState draws a state so that it is told without its colour: a full bar in
// ALARM, a thin line in OK, dots without sufficient data.
func drawState(a area, state float64, from, to, y vg.Length) {
	middle := y + stripHeight/2
	switch state {
	case 1:
		a.box(failed, vg.Point{X: from, Y: y}, vg.Point{X: to, Y: y + stripHeight})
	case 0:
		a.StrokeLine2(stroke(passed, 2), from, middle, to, middle)
	case -1:
		a.StrokeLine2(stroke(axes, 1.5, 1.5, 2.5), from, middle, to, middle)
	case blockedState:
		low, high := vg.Point{X: from, Y: y}, vg.Point{X: max(to, from+1), Y: y + stripHeight}
		a.box(light(purple, 0.2), low, high)
		hatch(a, stroke(purple, 0.75), low, high)
	}
}

func drawStripKey(a area, strips []strip, y vg.Length) {
	x := a.Min.X
	keys := []struct {
		state float64
		name  string
	}{{1, "in ALARM"}, {0, "OK"}, {-1, "insufficient data"}, {blockedState, "its policy cannot act"}}
	if !slices.ContainsFunc(strips, func(s strip) bool { return slices.Contains(s.states, blockedState) }) {
		keys = keys[:3]
	}
	for _, k := range keys {
		drawState(a, k.state, x, x+keyWidth, y)
		x += keyWidth + 4
		a.figure.fonts.write(a.Canvas, k.name, noteText, x, y+stripHeight/2-0.35*noteText.size, 0)
		x += a.figure.fonts.width(k.name, noteText) + 2*labelGap
	}
}

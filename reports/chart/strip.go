package chart

import (
	"slices"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/reports/view"
)

// drawStrips draws the strips under a panel's area, their names at the right,
// and below them what the bars mean.
func drawStrips(a area, strips []view.Strip) {
	if len(strips) == 0 {
		return
	}
	y := a.Min.Y - stripGap
	for _, s := range strips {
		y -= stripHeight
		drawStrip(a, s, y)
		name := a.figure.fonts.fit(s.Name, labelText, labelMost+keyWidth)
		a.figure.fonts.write(a.Canvas, name, labelText, a.Max.X+labelGap, y+stripHeight/2-0.35*labelText.size, 0)
		y -= stripGap
	}
	drawStripKey(a, strips, y-labelHeight+stripGap)
}

func drawStrip(a area, s view.Strip, y vg.Length) {
	for i := 0; i < len(s.States); {
		j := i + 1
		for j < len(s.States) && s.States[j] == s.States[i] {
			j++
		}
		drawState(a, s.States[i], a.at(s.Edges[i]), a.at(s.Edges[j]), y)
		i = j
	}
}

// drawState draws a state so that it is told without its colour: a full bar in
// ALARM, a thin line in OK, dots without sufficient data.
func drawState(a area, state float64, from, to, y vg.Length) {
	middle := y + stripHeight/2
	switch state {
	case view.InAlarm:
		a.box(failed, vg.Point{X: from, Y: y}, vg.Point{X: to, Y: y + stripHeight})
	case view.OK:
		a.StrokeLine2(stroke(passed, 2), from, middle, to, middle)
	case view.NoDatum:
		a.StrokeLine2(stroke(axes, 1.5, 1.5, 2.5), from, middle, to, middle)
	case view.Blocked:
		low, high := vg.Point{X: from, Y: y}, vg.Point{X: max(to, from+1), Y: y + stripHeight}
		a.box(light(purple, 0.2), low, high)
		hatch(a, stroke(purple, 0.75), low, high)
	}
}

func drawStripKey(a area, strips []view.Strip, y vg.Length) {
	x := a.Min.X
	keys := []struct {
		state float64
		name  string
	}{{view.InAlarm, "in ALARM"}, {view.OK, "OK"}, {view.NoDatum, "insufficient data"}, {view.Blocked, "its policy cannot act"}}
	if !slices.ContainsFunc(strips, func(s view.Strip) bool { return slices.Contains(s.States, view.Blocked) }) {
		keys = keys[:3]
	}
	for _, k := range keys {
		drawState(a, k.state, x, x+keyWidth, y)
		x += keyWidth + 4
		a.figure.fonts.write(a.Canvas, k.name, noteText, x, y+stripHeight/2-0.35*noteText.size, 0)
		x += a.figure.fonts.width(k.name, noteText) + 2*labelGap
	}
	a.figure.fonts.write(a.Canvas, a.figure.states, noteText, x, y+stripHeight/2-0.35*noteText.size, 0)
}

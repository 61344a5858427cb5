package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// SweepPlots returns the pictures of a sweep: what each key does to each
// response, and of a grid over two keys a map of all points; of a Morris design
// how much each key does, and how evenly.
func SweepPlots(r *experiments.SweepResult) []Plot { return sweepPlots(r, newFonts(systemFonts)) }

// SweepWarnings tells which characters of the sweep's names no font on this
// machine can draw.
func SweepWarnings(r *experiments.SweepResult) []string {
	words := []string{r.Scenario, r.Title}
	for _, f := range r.Matrix.Factors {
		words = append(words, f.Key, f.Range)
	}
	for _, response := range r.Responses {
		words = append(words, response.Name)
	}
	return newFonts(systemFonts).warnings(words)
}

func sweepPlots(r *experiments.SweepResult, fonts *fonts) []Plot {
	s := newSurvey(r)
	var drawn []Plot
	if r.Matrix.Kind == design.Morris {
		for i := range s.effects {
			drawn = append(drawn, s.screening(i))
		}
	} else if len(s.effects) > 0 {
		if r.Matrix.Kind == design.Grid && len(r.Matrix.Factors) == 2 && len(r.Points) <= mostTiles {
			drawn = append(drawn, s.heat())
		}
		for factor := range r.Matrix.Factors {
			if p, ok := s.response(factor); ok && len(drawn) < mostSweepPlots {
				drawn = append(drawn, p)
			}
		}
	}
	for i := range drawn {
		f := drawn[i].figure
		f.title, f.subtitle, f.fonts = drawn[i].Title, s.subtitle(), fonts
	}
	return drawn
}

const (
	mostSweepPlots  = 12
	mostSweepPanels = 6
	mostTiles       = 2500 // of a map: more are a blur, and a large file
	mostDots        = 2000 // of a cloud
	mostRows        = 12   // with a name
	acrossFigure    = 80   // characters of a label's size along the axis
)

// survey is a sweep with what the pictures need of it.
type survey struct {
	*experiments.SweepResult
	effects []experiments.Effects // of the responses that vary
	means   [][]float64           // of the points, for each of the effects
}

func newSurvey(r *experiments.SweepResult) *survey {
	s := &survey{SweepResult: r}
	for i, e := range r.Effects() {
		if !e.Constant && len(s.effects) < mostSweepPanels {
			s.effects = append(s.effects, e)
			s.means = append(s.means, r.Response(i).Means())
		}
	}
	return s
}

func (s *survey) subtitle() string {
	kind := strings.ReplaceAll(s.Matrix.Kind.String(), "_", " ")
	text := fmt.Sprintf("%s · %s, %d points, %d replications each", cmp.Or(s.Title, s.Scenario), kind, len(s.Points), s.Replications)
	if s.Replications == 1 {
		text = strings.Replace(text, "1 replications", "1 replication", 1)
	}
	switch s.Matrix.Kind {
	case design.Grid, design.OneAtATime:
		if s.Replications > 1 {
			text += " · means with 95 % intervals"
		}
	case design.LatinHypercube, design.Sobol:
		text += " · points, and means of neighbours"
	}
	return text
}

// valueAxis is one for the values of a response: from zero, unless all of them
// lie close together far from it. Where intervals reach beyond what the response
// can be, the axis does not.
func valueAxis(unit string, values, intervals []float64) axis {
	low, high := least(values), greatest(values)
	if wide := least(intervals); wide < low {
		low = wide
		if least(values) >= 0 {
			low = math.Max(0, wide)
		}
	}
	if wide := greatest(intervals); wide > high {
		high = wide
		if unit == "share" {
			high = math.Min(1, wide)
		}
	}
	if low > 0 && high-low > 0.5*high || low == 0 || math.IsInf(low, 1) {
		return fitting(unit, []float64{low, high})
	}
	pad := 0.08 * (high - low)
	top := high + pad
	if unit == "share" {
		top = math.Min(1, top)
	}
	return aroundZero(low-pad, top, unit)
}

// least and greatest of the values that are finite; infinite without any.
func least(values []float64) float64 {
	low := math.Inf(1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low = math.Min(low, v)
		}
	}
	return low
}

func greatest(values []float64) float64 {
	high := math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			high = math.Max(high, v)
		}
	}
	return high
}

// series are the values of a response by a factor's level.
type series struct {
	xs, mean        []float64
	lo, hi          []float64 // NaN without an interval
	pointXs, points []float64 // of single points
	asIs            float64   // the response of the scenario as it is; NaN: not known
	numeric         bool      // a line between the means has a meaning
}

func (c *series) add(level float64, e output.Estimate) {
	c.xs, c.mean, c.lo, c.hi = append(c.xs, level+0.5), append(c.mean, e.Mean), append(c.lo, e.Lo), append(c.hi, e.Hi)
}

// along is the response by the levels of a factor.
func (s *survey) along(effect, factor int) series {
	e := s.effects[effect]
	c := series{asIs: math.NaN(), numeric: s.Matrix.Factors[factor].Numeric()}
	for _, l := range e.Levels {
		if l.Factor == factor {
			c.add(float64(l.Level), l.Mean)
		}
	}
	for _, d := range e.Differences {
		if d.Factor == factor {
			c.add(float64(d.Level), d.Mean)
		}
	}
	switch s.Matrix.Kind {
	case design.OneAtATime:
		c.asIs = s.means[effect][0]
	case design.LatinHypercube, design.Sobol:
		every := 1 + len(s.means[effect])/mostDots
		for point, v := range s.means[effect] {
			if point%every != 0 {
				continue
			}
			level, _ := s.Matrix.Level(point, factor)
			c.points, c.pointXs = append(c.points, v), append(c.pointXs, float64(level)+0.5)
		}
		for _, class := range s.Matrix.Classes(s.means[effect], factor) {
			c.add(float64(class.First+class.Last)/2, view.Only(class.Mean))
		}
	}
	return c
}

// response shows what a factor does to every response.
func (s *survey) response(factor int) (Plot, bool) {
	f := s.Matrix.Factors[factor]
	if f.Levels() < 2 {
		return Plot{}, false
	}
	fig := &figure{x: from(view.Levels(f, acrossFigure)), xName: f.Key}
	var said []string
	for i, e := range s.effects {
		c := s.along(i, factor)
		fig.panels = append(fig.panels, &panel{
			heading: heading(e.Response), height: 120, y: valueAxis(e.Response.Unit, slices.Concat(c.mean, c.points, []float64{c.asIs}), slices.Concat(c.lo, c.hi)), marks: c.marks(),
		})
		said = append(said, c.say(e.Response, f))
	}
	return Plot{Name: "effect-" + fileName(factor, f.Key), Title: "What " + f.Key + " does", Alt: strings.Join(said, " "), figure: fig}, true
}

// heading names a response, with a unit that its axis leaves out.
func heading(r experiments.Response) string {
	if r.Unit == "USD" || r.Unit == "1/s" {
		return r.Name + ", " + r.Unit
	}
	return r.Name
}

// say tells what there is to see.
func (c series) say(r experiments.Response, f design.Factor) string {
	last := len(c.mean) - 1
	if last < 1 {
		return ""
	}
	level := func(i int) string { return f.Value(min(f.Levels()-1, int(c.xs[i]))) }
	return fmt.Sprintf("%s is %s at %s and %s at %s.", r.Name, units.Format(c.mean[0], r.Unit), level(0), units.Format(c.mean[last], r.Unit), level(last))
}

func (c series) marks() []mark {
	var marks []mark
	if len(c.points) > 0 {
		marks = append(marks, cloud{c.pointXs, c.points})
	}
	if !math.IsNaN(c.asIs) {
		marks = append(marks, bound{"as it is", c.asIs, 0, math.Inf(1), stroke(purple, 1.2, 4, 3)})
	}
	if c.numeric {
		marks = append(marks, curve{"", c.xs, c.mean, stroke(blue, 1.8)})
	}
	return append(marks, whiskers{c.xs, c.mean, c.lo, c.hi})
}

// fileName is a name for a picture of a key: its number, and what of it a file
// may be called.
func fileName(number int, key string) string {
	keep := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}
	name := strings.Map(keep, key)
	return fmt.Sprintf("%d-%s", number+1, name[:min(len(name), 60)])
}

// heat shows each response over both factors of a grid.
func (s *survey) heat() Plot {
	across, up := s.Matrix.Factors[1], s.Matrix.Factors[0]
	if across.Levels() < up.Levels() {
		across, up = up, across
	}
	column := slices.IndexFunc(s.Matrix.Factors, func(f design.Factor) bool { return f.Key == across.Key })
	fig := &figure{x: from(view.Levels(across, acrossFigure)), xName: across.Key}
	y := from(view.LevelsUp(up, mostRows))
	height := min(300, max(90, 22*up.Levels()))
	var said []string
	for i, e := range s.effects {
		t := tiles{unit: e.Response.Unit, columns: across.Levels(), rows: up.Levels(), values: make([]float64, len(s.means[i]))}
		for point, v := range s.means[i] {
			a, _ := s.Matrix.Level(point, column)
			b, _ := s.Matrix.Level(point, 1-column)
			t.values[b*t.columns+a] = v
		}
		low, high := t.extent()
		heading := fmt.Sprintf("%s, from %s (light) to %s (dark), over %s", e.Response.Name, units.Format(low, t.unit), units.Format(high, t.unit), up.Key)
		fig.panels = append(fig.panels, &panel{heading: heading, height: vg.Length(height), y: y, marks: []mark{t}})
		said = append(said, t.say(e.Response.Name, across, up))
	}
	return Plot{Name: "map", Title: up.Key + " and " + across.Key, Alt: strings.Join(said, " "), figure: fig}
}

// screening shows of each factor how much it does, and how evenly.
func (s *survey) screening(effect int) Plot {
	e := s.effects[effect]
	shown := view.NewScreening(s.Matrix.Factors, e)
	p := &panel{heading: e.Response.Name + ": spread of the effect (sigma)", height: 240, y: from(shown.Y)}
	for rank, i := range shown.Order {
		p.marks = append(p.marks, numbered{rank + 1, s.Matrix.Factors[i].Key, shown.Sizes[i], shown.Spreads[i]})
	}
	fig := &figure{x: from(shown.X), xName: view.ScreeningAcross, panels: []*panel{p}}
	return Plot{Name: "screening-" + fileName(effect, e.Response.Name), Title: "Which key matters to " + e.Response.Name, Alt: shown.Text, figure: fig}
}

package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/page"
	"github.com/headroom-sim/headroom/reports/view"
)

// SweepHTML writes the report on a sweep as one page that needs no other file: how
// many points are inside their objectives, maps of the responses, and which key
// moves what.
func SweepHTML(w io.Writer, r *experiments.SweepResult) error {
	answer := tables(keysBlock(r))
	if text := unmoved(r); text != "" {
		answer = append(answer, page.Words(plain(text)))
	}
	again := []page.Part{
		page.Command(plain(sweepAgain(r).String())),
		page.Words(fmt.Sprintf("With the same scenario and settings Headroom %s gives the digest %s again. In the folder of this report a row a point is in results.csv, a row a replication in cells.csv, both also as Parquet, and all effects are in effects.csv.", plain(experiments.Version), r.Digest())),
	}
	return page.Write(w, &page.Report{
		Title: plain(sweepTitle(r)), Asked: plainAll(sweepAsked(r)), Version: plain(experiments.Version),
		Verdict: page.Verdict{Kind: sweepKind(r), Text: plain(sweepAnswer(r)), More: plainAll(said(sweepCaution(r)))}, Answer: answer,
		Sections: []page.Section{
			{ID: "maps", Name: "Maps", Title: "Over two keys", Parts: sweepMaps(r)},
			{ID: "effects", Name: "Effects", Title: "What each key does", Parts: effectParts(r)},
			{ID: "points", Name: "Points", Title: "Points", Parts: tables(pointsBlock(r, manyPoints))},
			{ID: "again", Name: "Reproduction", Title: "Reproduction", Parts: again},
		},
	})
}

// sweepKind is the best verdict on any point.
func sweepKind(r *experiments.SweepResult) string {
	counts := verdictCounts(r)
	for _, v := range verdictOrder {
		if counts[v.String()] > 0 {
			return looks[v]
		}
	}
	return "none"
}

// Of a grid there are at most so many maps, of as many tiles; of a sampled design so
// many points are drawn. Along a plane there is room for so many characters on a phone.
const (
	mostMaps  = 24
	mostTiles = 2500
	mostDots  = 400

	acrossPlane = 40
)

// sweepMaps are maps of each response over the two keys of a grid that move it most,
// one for each combination of the others.
func sweepMaps(r *experiments.SweepResult) []page.Part {
	if r.Matrix.Kind != design.Grid || len(r.Matrix.Factors) < 2 || len(r.Points) > mostTiles {
		return nil
	}
	var pair page.Pair
	for i, e := range r.Effects() {
		if e.Constant {
			continue
		}
		for _, p := range panes(r, e) {
			if len(pair) < mostMaps {
				pair = append(pair, p.tiles(r, i, fmt.Sprintf("map-%d", len(pair)+1)))
			}
		}
	}
	if pair == nil {
		return nil
	}
	return []page.Part{pair}
}

// pane is a map's part of a grid: the points that differ in two factors only.
type pane struct {
	across, up int
	others     string // what the points have in common, "" where nothing else varies
	points     []int
}

// panes are those of a response: its most important factors, the one with more
// levels across.
func panes(r *experiments.SweepResult, e experiments.Effects) []pane {
	m := r.Matrix
	order := byImportance(len(m.Factors), func(factor int) float64 {
		if e.Variance == nil {
			return 0
		}
		return e.Variance.Shares[factor].Share
	})
	across, up := order[0], order[1]
	if m.Factors[across].Levels() < m.Factors[up].Levels() {
		across, up = up, across
	}
	names := keyNames(r)
	var list []pane
	for point := range r.Points {
		var others []string
		for factor := range m.Factors {
			if factor != across && factor != up {
				others = append(others, names[factor]+" = "+setting(r, point, factor))
			}
		}
		text := strings.Join(others, ", ")
		at := slices.IndexFunc(list, func(p pane) bool { return p.others == text })
		if at < 0 {
			at, list = len(list), append(list, pane{across: across, up: up, others: text})
		}
		list[at].points = append(list[at].points, point)
	}
	return list
}

// tiles draws a response over a pane; the rows go up as their values do.
func (p pane) tiles(r *experiments.SweepResult, response int, id string) page.Tiles {
	m, e := r.Matrix, r.Effects()[response]
	across, up, names := m.Factors[p.across], m.Factors[p.up], keyNames(r)
	t := page.Tiles{ID: id, Title: plain(e.Response.Name), Across: plain(names[p.across]), Up: plain(names[p.up])}
	if p.others != "" {
		t.Title += plain(", " + p.others)
	}
	for level := range across.Levels() {
		t.Columns = append(t.Columns, across.Value(level))
	}
	for level := up.Levels() - 1; level >= 0; level-- {
		t.Rows = append(t.Rows, up.Value(level))
		t.Values, t.Words = append(t.Values, slices.Repeat([]float64{math.NaN()}, across.Levels())), append(t.Words, make([]string, across.Levels()))
	}
	for _, point := range p.points {
		column, _ := m.Level(point, p.across)
		level, _ := m.Level(point, p.up)
		row := up.Levels() - 1 - level
		value := output.Interval(r.Points[point].Values[response], output.Level)
		t.Values[row][column], t.Words[row][column] = value.Mean, units.Format(value.Mean, e.Response.Unit)
		if r.Points[point].Holds() {
			t.Words[row][column] = ticks[output.Pass] + " " + t.Words[row][column]
		}
	}
	t.Text, t.Table = tilesText(t), tilesTable(t)
	return t
}

// tilesText tells where the response is least, and where greatest, of the tiles that
// have a value; nothing if none has.
func tilesText(t page.Tiles) string {
	type place struct{ row, column int }
	var least, most place
	low, high, inside := math.Inf(1), math.Inf(-1), false
	for i, row := range t.Values {
		for k, v := range row {
			inside = inside || strings.HasPrefix(t.Words[i][k], ticks[output.Pass])
			if v < low {
				low, least = v, place{i, k}
			}
			if v > high {
				high, most = v, place{i, k}
			}
		}
	}
	if low > high {
		return "No tile has a value."
	}
	say := func(p place) string {
		return fmt.Sprintf("%s at %s = %s and %s = %s", strings.TrimPrefix(t.Words[p.row][p.column], ticks[output.Pass]+" "), t.Across, t.Columns[p.column], t.Up, t.Rows[p.row])
	}
	text := "Least (light): " + say(least) + "; greatest (dark): " + say(most) + "."
	if inside {
		text += " ✓: inside all objectives."
	}
	return plain(text)
}

// tilesTable is the map as a table.
func tilesTable(t page.Tiles) *page.Table {
	b := &page.Table{Title: t.Title, Head: append([]string{t.Up + " \\ " + t.Across}, t.Columns...), Left: 1}
	for i, row := range t.Words {
		b.Rows = append(b.Rows, append([]string{t.Rows[i]}, row...))
	}
	return b
}

// effectParts are, for each response, a picture for each key and the table of all
// effects.
func effectParts(r *experiments.SweepResult) []page.Part {
	var list []page.Part
	for i, e := range r.Effects() {
		var pair page.Pair
		if e.Screenings != nil {
			pair = page.Pair{screeningPlane(r, e, fmt.Sprintf("screening-%d", i+1))}
		}
		for factor := range r.Matrix.Factors {
			chart := effectPlane(r, i, factor)
			if len(chart.Points) > 1 {
				chart.ID = fmt.Sprintf("effect-%d-%d", i+1, factor+1)
				pair = append(pair, chart)
			}
		}
		list = append(list, tables(effectsBlock(r, e))...)
		if pair != nil {
			list = append(list, pair)
		}
	}
	return list
}

// effectPlane is a response by the values of a key.
func effectPlane(r *experiments.SweepResult, response, factor int) page.Plane {
	e, f := r.Effects()[response], r.Matrix.Factors[factor]
	chart := page.Plane{X: view.Levels(f, acrossPlane), Across: plain(f.Key), Joined: f.Numeric()}
	add := func(level float64, y output.Estimate, look string) {
		x := output.Estimate{Mean: level + 0.5, Lo: math.NaN(), Hi: math.NaN()}
		chart.Points = append(chart.Points, page.Point{X: x, Y: y, Look: look})
	}
	for _, l := range e.Levels {
		if l.Factor == factor {
			add(float64(l.Level), l.Mean, page.Filled)
		}
	}
	for _, d := range e.Differences {
		if d.Factor == factor {
			add(float64(d.Level), d.Mean, page.Filled)
		}
	}
	if e.Sensitivities != nil {
		sampled(r, response, factor, add)
		chart.Key = []page.Key{{Look: page.Filled, Text: "mean of neighbours"}, {Look: page.Faint, Text: "a point"}}
	}
	values := possible(chart.Points, e.Response.Unit)
	if len(values) == 0 {
		return page.Plane{}
	}
	var unit string
	chart.Y, unit = view.Near(values, e.Response.Unit)
	chart.Title = plain(e.Response.Name + unit + " by " + keyNames(r)[factor])
	chart.Text = plain(fmt.Sprintf("%s is %s.", e.Response.Name, endsOf(chart.Points, e.Response.Unit, f)))
	return chart
}

// endsOf tells the means at the first value of a factor that has one, and at the
// last; those of neighbours in a sample stand for the middle of theirs.
func endsOf(points []page.Point, unit string, f design.Factor) string {
	var means []page.Point
	for _, p := range points {
		if p.Look == page.Filled {
			means = append(means, p)
		}
	}
	if len(means) == 0 {
		return "in no point the mean of several"
	}
	at := func(p page.Point) string {
		return units.Format(p.Y.Mean, unit) + " at " + f.Value(int(p.X.Mean))
	}
	return at(means[0]) + " and " + at(means[len(means)-1])
}

// sampled adds the points of a sampled design, and the means of neighbours.
func sampled(r *experiments.SweepResult, response, factor int, add func(level float64, y output.Estimate, look string)) {
	means := r.Response(response).Means()
	every := 1 + len(means)/mostDots
	for point := 0; point < len(means); point += every {
		level, _ := r.Matrix.Level(point, factor)
		add(float64(level), view.Only(means[point]), page.Faint)
	}
	for _, class := range r.Matrix.Classes(means, factor) {
		add(float64(class.First+class.Last)/2, view.Only(class.Mean), page.Filled)
	}
}

// screeningPlane shows of each key of a Morris design how much it does, and how
// evenly.
func screeningPlane(r *experiments.SweepResult, e experiments.Effects, id string) page.Plane {
	shown := view.NewScreening(r.Matrix.Factors, e)
	chart := page.Plane{ID: id, Across: view.ScreeningAcross, X: shown.X, Y: shown.Y, Text: plain(shown.Text)}
	chart.Title = plain(e.Response.Name + ": spread of the effect (sigma) against its size")
	for i, name := range keyNames(r) {
		chart.Points = append(chart.Points, page.Point{Name: name, X: e.Screenings[i].MuStar, Y: view.Only(shown.Spreads[i]), Look: page.Filled})
	}
	return chart
}

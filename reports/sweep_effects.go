package reports

import (
	"math"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/view"
)

// An effect is one figure about what a key does to a response. All kinds of
// designs tell theirs in this form to programs.
type effect struct {
	response  experiments.Response
	statistic string // as the reference of effects.csv has them
	key       string
	with      string // the other key of an interaction
	value     string // of the key, where the figure is of one
	output.Estimate
}

// effectsOf lists all figures about the effects on a response.
func effectsOf(r *experiments.SweepResult, e experiments.Effects) []effect {
	var list []effect
	add := func(statistic string, factor, level int, estimate output.Estimate) {
		f := r.Matrix.Factors[factor]
		one := effect{response: e.Response, statistic: statistic, key: f.Key, Estimate: estimate}
		if level >= 0 {
			one.value = f.Value(level)
		}
		list = append(list, one)
	}
	for _, l := range e.Levels {
		add("mean", l.Factor, l.Level, l.Mean)
		add("effect", l.Factor, l.Level, l.Effect)
	}
	if e.Variance != nil {
		list = append(list, sharesOf(r, e)...)
	}
	for i, s := range e.Sensitivities {
		add("index", i, -1, s.Index)
		add("trend", i, -1, view.Only(s.Trend))
	}
	for i, s := range e.Screenings {
		add("mu_star", i, -1, s.MuStar)
		add("mu", i, -1, s.Mu)
		add("sigma", i, -1, view.Only(s.Sigma))
	}
	for _, d := range e.Differences {
		add("mean", d.Factor, d.Level, d.Mean)
		add("difference", d.Factor, d.Level, d.Difference)
	}
	return list
}

// sharesOf are the parts of the variance between the points of a grid.
func sharesOf(r *experiments.SweepResult, e experiments.Effects) []effect {
	var list []effect
	for _, s := range e.Variance.Shares {
		one := effect{response: e.Response, statistic: "share", key: r.Matrix.Factors[s.Factors[0]].Key, Estimate: view.Only(s.Share)}
		if len(s.Factors) > 1 {
			one.with = r.Matrix.Factors[s.Factors[1]].Key
		}
		list = append(list, one)
	}
	return append(list,
		effect{response: e.Response, statistic: "share_higher", Estimate: view.Only(e.Variance.Higher)},
		effect{response: e.Response, statistic: "share_chance", Estimate: view.Only(e.Variance.Noise)})
}

// effectsTable is all effects on all responses, for programs.
func effectsTable(r *experiments.SweepResult) *dataset {
	var rows []effect
	for _, e := range r.Effects() {
		rows = append(rows, effectsOf(r, e)...)
	}
	d := &dataset{rows: len(rows)}
	d.text("response", func(i int) string { return rows[i].response.Name })
	d.text("unit", func(i int) string { return rows[i].response.Unit })
	d.text("statistic", func(i int) string { return rows[i].statistic })
	d.text("key", func(i int) string { return rows[i].key })
	d.text("with", func(i int) string { return rows[i].with })
	d.text("value", func(i int) string { return rows[i].value })
	d.number("mean", "", func(i int) float64 { return rows[i].Mean })
	d.number("lo", "", func(i int) float64 { return rows[i].Lo })
	d.number("hi", "", func(i int) float64 { return rows[i].Hi })
	return d
}

// setting is the value of a key at a point; "" where the point leaves it as the
// scenario has it.
func setting(r *experiments.SweepResult, point, factor int) string {
	level, ok := r.Matrix.Level(point, factor)
	if !ok {
		return ""
	}
	return r.Matrix.Factors[factor].Value(level)
}

// pointsTable has a row a point: what was set, whether it is inside its
// objectives, and every metric with its interval.
func pointsTable(r *experiments.SweepResult) *dataset {
	d := &dataset{rows: len(r.Points)}
	d.whole("point", func(i int) int { return i + 1 })
	settings(d, r, func(row int) int { return row })
	d.whole("replications", func(int) int { return r.Replications })
	if len(expectationsOf(r)) > 0 {
		d.text("verdict", func(i int) string { return r.Points[i].Verdict().String() })
	}
	for _, name := range expectationsOf(r) {
		of := func(i int) experiments.Expectation { return r.Points[i].Expectations[name] }
		d.text("expectations."+name, func(i int) string { return of(i).Verdict.String() })
		unit := expectationUnit(r, name)
		d.number("expectations."+name+".value", unit, func(i int) float64 { return of(i).Value })
		d.number("expectations."+name+".lo", unit, func(i int) float64 { return of(i).Lo })
		d.number("expectations."+name+".hi", unit, func(i int) float64 { return of(i).Hi })
	}
	d.whole("warnings", func(i int) int { return r.Points[i].Warnings })
	estimates := rowByRow(r)
	for c, name := range r.Columns {
		unit := r.Units[name]
		d.number(name, unit, func(i int) float64 { return estimates(i)[c].Mean })
		d.number(name+".lo", unit, func(i int) float64 { return estimates(i)[c].Lo })
		d.number(name+".hi", unit, func(i int) float64 { return estimates(i)[c].Hi })
	}
	return d
}

// expectationUnit is the unit of an expectation's value.
func expectationUnit(r *experiments.SweepResult, name string) string {
	for _, p := range r.Points {
		if e, ok := p.Expectations[name]; ok {
			return e.Unit
		}
	}
	return ""
}

// rowByRow gives the estimates of a point's columns, and keeps them until those
// of another point are asked for.
func rowByRow(r *experiments.SweepResult) func(point int) []output.Estimate {
	estimates, last := make([]output.Estimate, len(r.Columns)), -1
	return func(point int) []output.Estimate {
		if point != last {
			for c := range estimates {
				estimates[c] = r.Estimate(point, c)
			}
			last = point
		}
		return estimates
	}
}

// cellsTable has a row a cell: what was set, the replication, and every metric.
func cellsTable(r *experiments.SweepResult) *dataset {
	d := &dataset{rows: len(r.Points) * r.Replications}
	point := func(row int) int { return row / r.Replications }
	d.whole("point", func(row int) int { return point(row) + 1 })
	settings(d, r, point)
	d.whole("replication", func(row int) int { return row%r.Replications + 1 })
	for c, name := range r.Columns {
		d.number(name, r.Units[name], func(row int) float64 { return r.Value(point(row), row%r.Replications, c) })
	}
	d.text("digest", func(row int) string { return hex16(r.Points[point(row)].Digests[row%r.Replications]) })
	return d
}

// settings adds a column for each key that is varied: of numbers where all its
// values are plain numbers.
func settings(d *dataset, r *experiments.SweepResult, point func(row int) int) {
	for i, f := range r.Matrix.Factors {
		if unitless(f) {
			d.number(f.Key, "", func(row int) float64 {
				level, ok := r.Matrix.Level(point(row), i)
				if !ok {
					return math.NaN()
				}
				return f.Number(level)
			})
			continue
		}
		d.text(f.Key, func(row int) string { return setting(r, point(row), i) })
	}
}

// unitless tells whether the values of a factor are plain numbers: the first
// and the last are, and all have the same unit.
func unitless(f design.Factor) bool {
	plain := func(level int) bool { return cell(f.Number(level)) == f.Value(level) }
	return f.Numeric() && plain(0) && plain(f.Levels()-1)
}

package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
)

// track is a small chart of a column over time, drawn in blocks.
type track struct {
	name   string
	values []float64 // a minute each; NaN is a gap
	above  []float64 // the number desired, drawn lightly where it is more; may be nil
	lacks  string    // what is wrong with those that are lacking
	top    float64   // what a full column is; 0: the greatest value
	unit   string
	height int // lines
	ink    ink
}

// tracks are the charts that the result has data for.
func tracks(r *experiments.Result) []track {
	s := r.Detail.Series
	if s == nil || len(s.Rows) == 0 {
		return nil
	}
	perSecond := func(name string) []float64 {
		values := s.Column(name)
		for i := range values {
			values[i] /= spanOf(r, i)
		}
		return values
	}
	all := []track{
		{name: "offered", values: perSecond("offered"), unit: "1/s", height: 2, ink: blue},
		{name: "failed", values: perSecond("failed"), unit: "1/s", height: 2, ink: bad},
		{name: "p99", values: s.Column("latency.p99"), unit: "s", height: 2, ink: green},
	}
	fleets := members(r, "fleets.", ".instances.max")
	for _, f := range fleets {
		suffix := ""
		if len(fleets) > 1 {
			suffix = " " + f
		}
		p := "fleets." + f + "."
		all = append(all,
			track{name: "servers" + suffix, values: s.Column(p + "in_service"), above: s.Column(p + "desired"), lacks: "not in service", height: 2, ink: blue},
			track{name: "CPU" + suffix, values: s.Column(p + "cpu"), top: 1, unit: "share", height: 2, ink: purple})
	}
	if balancers := members(r, "balancers.", ".targets.healthy.mean"); len(fleets) == 1 && len(balancers) == 1 {
		servers := &all[len(all)-2] // better than in service: in use
		servers.values, servers.lacks = s.Column("balancers."+balancers[0]+".targets.healthy"), "not healthy"
	}
	all = append(all, track{name: "USD per hour", values: s.Column("cost.per_hour"), height: 1, ink: blue})
	return slices.DeleteFunc(all, func(t track) bool { return t.most() == 0 || t.constant() })
}

// constant reports whether the track is a full block from end to end, which
// tells no more than the figures.
func (t track) constant() bool {
	top := t.most()
	for i, v := range t.values {
		if v != top || t.above != nil && t.above[i] > v {
			return false
		}
	}
	return true
}

// spanOf is the length of the i-th minute of the series: the last one may be
// cut short by the end of the run.
func spanOf(r *experiments.Result, i int) float64 {
	s := r.Detail.Series
	if at := s.Index("time_s"); at >= 0 && i < len(s.Rows) && s.Rows[i][at] < r.DurationS {
		return min(60, r.DurationS-s.Rows[i][at])
	}
	return 60
}

// most is the greatest value, 0 where there is none.
func (t track) most() float64 {
	var most float64
	for _, v := range t.values {
		most = max(most, orZero(v))
	}
	return most
}

// written is a value of the track in words; of a share no more than whole
// percents.
func (t track) written(v float64) string {
	if t.unit == "share" {
		v = math.Round(100*v) / 100
	}
	return units.Format(v, t.unit)
}

func orZero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// eighths are the blocks that fill a cell from below.
var eighths = []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}

// The widths of a track's name, at most, and of its greatest value.
const (
	mostTrack  = 20
	valueWidth = 13
)

// charts writes the tracks one below the other over one axis.
func (s *sheet) charts(r *experiments.Result) []string {
	all := tracks(r)
	if len(all) == 0 {
		return nil
	}
	names := 0
	for _, t := range all {
		names = max(names, min(cells.StringWidth(plain(t.name))+1, mostTrack))
	}
	width := max(s.width-indent-names-valueWidth-2, 10)
	rows := len(r.Detail.Series.Rows)
	title := "OVER TIME"
	if r.Replications > 1 {
		title += fmt.Sprintf(" (FIRST OF %d REPLICATIONS)", r.Replications)
	}
	lines := []string{s.paint(strong, title)}
	note := "minute by minute"
	if rows > width {
		note = "each column shows the greatest of " + perColumn(rows, width)
	}
	for _, line := range wrap(note+legend(all, width), s.width-indent) {
		lines = append(lines, "  "+s.paint(dim, line))
	}
	for _, t := range all {
		lines = append(lines, s.track(t, names, width)...)
	}
	clock := clockOf(r)
	f := &frame{span: span{0, engine.Time(r.DurationS * float64(engine.Second))}, columns: width}
	return append(lines, s.axis(clock.Ticks(max(width/9, 2)), f, names)...)
}

func perColumn(rows, width int) string {
	low, high := rows/width, (rows+width-1)/width
	if low == high {
		return fmt.Sprintf("%d minutes", low)
	}
	return fmt.Sprintf("%d or %d minutes", low, high)
}

// legend explains the light blocks where there are any.
func legend(all []track, width int) string {
	for _, t := range all {
		bars, above := columnsOf(t.values, width), columnsOf(t.above, width)
		for i, v := range above {
			if v > bars[i] {
				return "; ░ desired, " + t.lacks
			}
		}
	}
	return ""
}

// track writes the lines of one chart from the top down.
func (s *sheet) track(t track, names, width int) []string {
	top := max(t.top, t.most())
	for _, v := range t.above {
		top = max(top, orZero(v))
	}
	bars, above := columnsOf(t.values, width), columnsOf(t.above, width)
	var lines []string
	for row := t.height - 1; row >= 0; row-- {
		var b strings.Builder
		for i, v := range bars {
			b.WriteString(cell8(v, top, row, t.height, above, i))
		}
		name, value := "", ""
		if row == t.height-1 {
			name, value = t.name, "max "+t.written(t.most())
		}
		line := "  " + pad(short(plain(name), names), names, false) + s.paint(dim, "│") +
			s.paint(t.ink, b.String()) + s.paint(dim, "│") + value
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// cell8 is the cell of a column in a row counted from below, in eighths.
func cell8(v, top float64, row, height int, above []float64, i int) string {
	if math.IsNaN(v) {
		if row == 0 {
			return "·"
		}
		return " "
	}
	full := level(v, top, height) - 8*row
	if full >= 1 {
		return eighths[min(full, 8)]
	}
	if above != nil && level(above[i], top, height)-8*row >= 4 {
		return "░"
	}
	return " "
}

// level is a value in eighths of a cell; what is not zero shows.
func level(v, top float64, height int) int {
	if !(v > 0) {
		return 0
	}
	return max(int(math.Round(v/top*float64(8*height))), 1)
}

// columnsOf draws values into so many columns: the greatest of those that share
// a column, or each in several columns.
func columnsOf(values []float64, width int) []float64 {
	if values == nil {
		return nil
	}
	columns := make([]float64, width)
	for c := range columns {
		from := c * len(values) / width
		to := max((c+1)*len(values)/width, from+1)
		columns[c] = math.NaN()
		for _, v := range values[from:to] {
			if !math.IsNaN(v) && !(v < columns[c]) {
				columns[c] = v
			}
		}
	}
	return columns
}

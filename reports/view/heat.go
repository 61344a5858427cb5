package view

import (
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/site"
)

// Heat is the load of each server of a fleet over time.
type Heat struct {
	Fleet string
	// Rows are requests per second, minute by minute; NaN where there is no server. A
	// row is a place in the fleet, of which a new server takes the first that is free;
	// where there are more than site.MostLoads at once it is a rank, from the busiest
	// server of the minute to the idlest.
	Rows    [][]float64
	Ranked  bool
	Servers int // most at once

	Busiest, Mean, Idlest []float64 // of the servers in each minute
	Most                  float64   // of all values
	Axis                  Axis      // of the shades; what is beyond has the darkest
}

// Heat is the load of a fleet's servers in the first replication; nil where there
// were never several at once, or nothing to do.
func (d *Data) Heat(fleet string) *Heat {
	i := slices.IndexFunc(d.first.Loads, func(l site.Load) bool { return l.Fleet == fleet })
	if i < 0 || len(d.first.Loads[i].Minutes) != d.Minutes() {
		return nil
	}
	minutes := d.first.Loads[i].Minutes
	h := &Heat{Fleet: fleet}
	for _, m := range minutes {
		h.Servers = max(h.Servers, m.Servers)
	}
	if h.Servers < 2 {
		return nil
	}
	if h.Ranked = h.Servers > site.MostLoads; h.Ranked {
		h.Rows = ranks(minutes)
	} else {
		h.Rows = places(minutes, h.Servers)
	}
	for i := range h.Rows {
		d.perSecond(h.Rows[i])
	}
	h.sum(d.means(minutes))
	if h.Most == 0 {
		return nil
	}
	h.scale()
	return h
}

// empty are rows in which there is no server.
func empty(rows, minutes int) [][]float64 {
	all := make([][]float64, rows)
	for r := range all {
		all[r] = make([]float64, minutes)
		for i := range all[r] {
			all[r][i] = math.NaN()
		}
	}
	return all
}

// places gives each server the first place that is free when it comes, and for as
// long as it is there.
func places(minutes []site.LoadMinute, most int) [][]float64 {
	rows := empty(most, len(minutes))
	held := make([]int32, most) // by which server; 0: free
	for i, m := range minutes {
		for p, server := range held {
			if !slices.ContainsFunc(m.Received, func(r site.Received) bool { return r.Instance == server }) {
				held[p] = 0
			}
		}
		for _, r := range m.Received {
			p := slices.Index(held, r.Instance)
			if p < 0 {
				p = slices.Index(held, 0)
			}
			held[p], rows[p][i] = r.Instance, float64(r.Requests)
		}
	}
	return rows
}

// ranks orders the servers of each minute from the busiest to the idlest. Fewer
// servers than rows have several rows each.
func ranks(minutes []site.LoadMinute) [][]float64 {
	rows := empty(site.MostLoads, len(minutes))
	for i, m := range minutes {
		ranked := make([]float64, len(m.Received))
		for k, r := range m.Received {
			ranked[k] = float64(r.Requests)
		}
		slices.SortFunc(ranked, func(a, b float64) int { return int(b - a) })
		for p := range rows {
			if len(ranked) > 0 {
				rows[p][i] = ranked[p*len(ranked)/len(rows)]
			}
		}
	}
	return rows
}

// means are requests per second and server; NaN where there is none.
func (d *Data) means(minutes []site.LoadMinute) []float64 {
	list := make([]float64, len(minutes))
	for i, m := range minutes {
		list[i] = float64(m.Requests) / float64(m.Servers)
	}
	return d.perSecond(list)
}

// sum finds the extremes of each minute.
func (h *Heat) sum(means []float64) {
	all := empty(2, len(means))
	h.Busiest, h.Mean, h.Idlest = all[0], means, all[1]
	for _, row := range h.Rows {
		for i, v := range row {
			if !math.IsNaN(v) {
				h.Busiest[i] = math.Max(v, or(h.Busiest[i], v))
				h.Idlest[i] = math.Min(v, or(h.Idlest[i], v))
				h.Most = math.Max(h.Most, v)
			}
		}
	}
}

// or is v, and another where it is NaN.
func or(v, other float64) float64 {
	if math.IsNaN(v) {
		return other
	}
	return v
}

// HeatLevels is how many shades tell loads apart; level 0 is a server without a
// request.
const HeatLevels = 7

// level is the shade of a load.
func (h *Heat) level(v float64) int {
	if v == 0 {
		return 0
	}
	return min(1+int(HeatLevels*v/h.Axis.Max), HeatLevels)
}

// Cell is a stretch of time in a row.
type Cell struct {
	Row int
	Span
}

// HeatColumns is how many columns a map has at most: each is the mean of as many
// minutes as it takes.
const HeatColumns = 240

// column is where the column that begins at a minute ends.
func (h *Heat) column(from int) (to int) {
	return min(from+(len(h.Mean)+HeatColumns-1)/HeatColumns, len(h.Mean))
}

// scale fits the shades to what is painted: a minute's peak is not, where a column
// has many minutes.
func (h *Heat) scale() {
	most := 0.0
	for _, row := range h.Rows {
		for from := 0; from < len(row); from = h.column(from) {
			if v := mean(row[from:h.column(from)]); v > most {
				most = v
			}
		}
	}
	h.Axis = FromZero(most, "1/s")
}

// ScaleText says what the shades stand for.
func (h *Heat) ScaleText() string {
	text := "0 to " + units.Format(h.Axis.Max, "1/s")
	if h.Most > h.Axis.Max {
		text += " and more"
	}
	return text
}

// Cells are what to paint in each level, neighbours of one level joined.
func (h *Heat) Cells(edges []float64) [HeatLevels + 1][]Cell {
	var cells [HeatLevels + 1][]Cell
	for r, row := range h.Rows {
		last := -1 // level of the cell before, which ends where the next begins
		for from, to := 0, 0; from < len(row); from = to {
			to = h.column(from)
			v := mean(row[from:to])
			if math.IsNaN(v) {
				last = -1
				continue
			}
			level := h.level(v)
			if list := cells[level]; level == last {
				list[len(list)-1].To = edges[to]
			} else {
				cells[level] = append(list, Cell{r, Span{edges[from], edges[to]}})
			}
			last = level
		}
	}
	return cells
}

// Waited reports whether some server was in service without a request.
func (h *Heat) Waited() bool { return slices.Contains(h.Idlest, 0) }

// mean is that of the values that are not NaN, NaN where there is none.
func mean(values []float64) float64 {
	n, sum := 0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			n, sum = n+1, sum+v
		}
	}
	return sum / float64(n)
}

// HeatLabel names a row.
type HeatLabel struct {
	Row  int
	Text string
}

// Labels number the places, not all where there are many, or name the first and
// the last rank.
func (h *Heat) Labels() []HeatLabel {
	rows := len(h.Rows)
	if h.Ranked {
		return []HeatLabel{{0, "busiest"}, {rows - 1, "idlest"}}
	}
	each := 1
	if rows > 12 {
		each = 10
	}
	var labels []HeatLabel
	for place := each; place <= rows; place += each {
		labels = append(labels, HeatLabel{place - 1, fmt.Sprint(place)})
	}
	return labels
}

// Title says what is shown.
func (h *Heat) Title() string {
	if h.Ranked {
		return fmt.Sprintf("requests per second on each server, in %d ranks of up to %s servers", len(h.Rows), units.Format(float64(h.Servers), ""))
	}
	return "requests per second on each server"
}

// HeatText says when one server received most, what the others received then, and
// for how long servers were in service for nothing.
func (d *Data) HeatText(h *Heat) string {
	at, most := Peak(h.Busiest)
	rows := "A row is a place in the fleet; a new server takes the first free one."
	if h.Ranked {
		rows = "The servers of each minute are ordered from the busiest to the idlest."
	}
	text := fmt.Sprintf("One server of %s receives most at %s, %s; the mean of all servers in service is %s then.",
		h.Fleet, d.Clock.Minute(d.Edges[at]), units.Format(most, "1/s"), units.Format(h.Mean[at], "1/s"))
	idle := d.Spans(func(i int) bool { return h.Idlest[i] == 0 && h.Busiest[i] > 0 })
	if len(idle) > 0 {
		text += " In service without a request: some server " + d.SayAll(idle) + "."
	}
	return text + " " + rows
}

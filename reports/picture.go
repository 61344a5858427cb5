package reports

import (
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments/units"
)

// ribbon is one line of the picture: a cell for each column of time.
type ribbon struct {
	name  string
	cells []string
	inks  map[string]ink // of cells
	value string         // at its right
}

// frame is the room that a picture has, and the time it spans.
type frame struct {
	span
	columns int
	legend  []string // what the signs mean that are used
}

// column is the stretch of time of a column.
func (f *frame) column(c int) span {
	length := f.to - f.from
	at := func(c int) engine.Time { return f.from + engine.Time(float64(length)*(float64(c)/float64(f.columns))) }
	return span{at(c), max(at(c+1), at(c)+1)}
}

// covers are the columns that a stretch of time touches.
func (f *frame) covers(s span) (first, last int) {
	if s.to <= s.from {
		return 0, -1
	}
	place := func(t engine.Time) int {
		return int(float64(t-f.from) / float64(f.to-f.from) * float64(f.columns))
	}
	return max(place(s.from), 0), min(max(place(s.to-1), place(s.from)), f.columns-1)
}

// explainSign notes a sign for the legend.
func (f *frame) explainSign(sign, meaning string) {
	if text := sign + " " + meaning; !slices.Contains(f.legend, text) {
		f.legend = append(f.legend, text)
	}
}

// picture draws what the group wanted and had, the states of its alarms and what
// stood in their way, over one axis.
func (s *sheet) picture(a *account) []string {
	if a.to <= a.from {
		return nil
	}
	names := 0
	for _, r := range a.ribbons(&frame{span: span{a.from, a.to}, columns: 1}) {
		names = max(names, min(cells.StringWidth(plain(r.name))+1, mostTrack))
	}
	f := &frame{span: span{a.from, a.to}, columns: max(s.width-indent-names-valueWidth-2, 10)}
	all := a.ribbons(f)
	if len(all) == 0 {
		return nil
	}
	lines := []string{s.paint(strong, "OVER TIME")}
	per := f.column(0)
	note := "a column is " + rough(per.to-per.from)
	for _, line := range wrapParts(append([]string{note}, f.legend...), s.width-indent) {
		lines = append(lines, "  "+s.paint(dim, line))
	}
	for _, r := range all {
		lines = append(lines, s.ribbon(r, names))
	}
	ticks := clockOf(a.Result).TicksBetween(f.from.Seconds(), f.to.Seconds(), max(f.columns/8, 2))
	return append(lines, s.axis(ticks, f, names)...)
}

func (s *sheet) ribbon(r ribbon, names int) string {
	var b strings.Builder
	for i := 0; i < len(r.cells); {
		j := i
		for j < len(r.cells) && r.cells[j] == r.cells[i] {
			j++
		}
		b.WriteString(s.paint(r.inks[r.cells[i]], strings.Repeat(r.cells[i], j-i)))
		i = j
	}
	line := "  " + pad(middle(plain(r.name), names-1), names, false) + s.paint(dim, "│") + b.String() + s.paint(dim, "│") + r.value
	return strings.TrimRight(line, " ")
}

// axis writes ticks under an axis, and their labels where there is room.
func (s *sheet) axis(ticks []units.Tick, f *frame, names int) []string {
	line, labels := []rune(strings.Repeat("─", f.columns)), []rune(strings.Repeat(" ", f.columns+10))
	free := 0
	for _, t := range ticks {
		at := int(math.Round((t.Seconds - f.from.Seconds()) / (f.to - f.from).Seconds() * float64(f.columns)))
		at = min(at, f.columns-1)
		line[at] = '┴'
		from := max(at-len(t.Label)/2, 0)
		if from < free {
			continue
		}
		copy(labels[from:], []rune(t.Label))
		free = from + len(t.Label) + 1
	}
	left := strings.Repeat(" ", indent+names)
	return []string{
		s.paint(dim, left+"└"+string(line)+"┘"),
		s.paint(dim, strings.TrimRight(left+" "+string(labels), " ")),
	}
}

package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/units"
)

// Span is a stretch of the run, in seconds.
type Span struct{ From, To float64 }

// Spans are the stretches of minutes for which something holds.
func (d *Data) Spans(holds func(i int) bool) []Span {
	var spans []Span
	for i := range d.Minutes() {
		if !holds(i) {
			continue
		}
		if n := len(spans); n > 0 && spans[n-1].To == d.Edges[i] {
			spans[n-1].To = d.Edges[i+1]
			continue
		}
		spans = append(spans, Span{d.Edges[i], d.Edges[i+1]})
	}
	return spans
}

// SayAll says when: the two longest stretches in their order, and how many
// minutes in how many others.
func (d *Data) SayAll(spans []Span) string {
	longest := slices.Clone(spans)
	slices.SortStableFunc(longest, func(a, b Span) int { return cmp.Compare(b.To-b.From, a.To-a.From) })
	said := longest[:min(2, len(longest))]
	slices.SortFunc(said, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	var parts []string
	for _, s := range said {
		parts = append(parts, "from "+d.Clock.Minute(s.From)+" to "+d.Clock.Minute(s.To))
	}
	text := strings.Join(parts, " and ")
	if others := len(longest) - len(said); others > 0 {
		var rest float64
		for _, s := range longest[len(said):] {
			rest += s.To - s.From
		}
		often := fmt.Sprintf("%d other times", others)
		if others == 1 {
			often = "another time"
		}
		text += fmt.Sprintf(", and for %s at %s", units.Span(math.Round(rest)), often)
	}
	return text
}

// Peak is the greatest value and where it is first reached.
func Peak(values []float64) (at int, most float64) {
	for i, v := range values {
		if v > most {
			at, most = i, v
		}
	}
	return at, most
}

// Last is the last value that is not NaN, 0 where there is none.
func Last(values []float64) float64 {
	for i := len(values) - 1; i >= 0; i-- {
		if !math.IsNaN(values[i]) {
			return values[i]
		}
	}
	return 0
}

// Sum adds two columns.
func Sum(a, b []float64) []float64 {
	total := make([]float64, len(a))
	for i, v := range a {
		total[i] = v + b[i]
	}
	return total
}

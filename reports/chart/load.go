package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/reports/units"
)

// load shows what was asked and what was served, and below it, where requests
// failed, for what causes.
func load(d *data) *Plot {
	offered, served := d.rate("offered"), d.rate("completed")
	if offered == nil || served == nil {
		return nil
	}
	_, top := extent(offered, served)
	f := d.timed()
	f.panels = append(f.panels, &panel{
		heading: "Requests per second", height: 170, y: fromZero(top, "1/s"),
		marks: []mark{
			layer{name: "served", edges: d.edges, base: d.zeros(), top: served, fill: light(blue, 0.35)},
			stairs{"offered", d.edges, offered, stroke(blue, 1.4)},
		},
	})
	if causes := d.causes(); len(causes) > 0 {
		f.panels = append(f.panels, d.failures(causes))
	}
	return &Plot{Name: "load", Title: "Requests offered and served" + d.first(), Alt: d.loadAlt(offered), figure: f}
}

// cause is a cause of failures with its failures per second.
type cause struct {
	name  string
	rates []float64
	total float64
}

// apart is how many causes are told apart; the rest are drawn as one.
const apart = 4

// causes are those that made requests fail, the most frequent first.
func (d *data) causes() []cause {
	var causes []cause
	for _, c := range d.series.Columns {
		name, found := strings.CutPrefix(c.Name, "errors.")
		if !found {
			continue
		}
		k := cause{name: name, rates: d.rate(c.Name)}
		for _, v := range k.rates {
			if v > 0 {
				k.total += v
			}
		}
		if k.total > 0 {
			causes = append(causes, k)
		}
	}
	slices.SortStableFunc(causes, func(a, b cause) int { return cmp.Compare(b.total, a.total) })
	if len(causes) <= apart {
		return causes
	}
	rest := cause{name: "other causes", rates: d.zeros()}
	for _, k := range causes[apart-1:] {
		for i, v := range k.rates {
			rest.rates[i] += v
		}
	}
	return append(causes[:apart-1:apart-1], rest)
}

// failures stacks the causes on each other.
func (d *data) failures(causes []cause) *panel {
	colours := []tint{failed, blue, purple, green}
	p := &panel{heading: "Failed requests per second, by cause", height: 90}
	base := d.zeros()
	for i, k := range causes {
		top := slices.Clone(base)
		for j, v := range k.rates {
			if v > 0 {
				top[j] += v
			}
		}
		p.marks = append(p.marks, layer{k.name, d.edges, base, top, colours[i], i%2 == 1})
		base = top
	}
	slices.Reverse(p.marks) // names from the top down as the layers are
	_, highest := extent(base)
	p.y = fromZero(highest, "1/s")
	return p
}

func (d *data) loadAlt(offered []float64) string {
	at, most := peak(offered)
	if most == 0 {
		return "No request was offered."
	}
	text := fmt.Sprintf("The load offered is greatest at %s, %s.", d.clock.Minute(d.edges[at]), units.Format(most, "1/s"))
	failures := d.column("failed")
	if _, worst := peak(failures); worst == 0 || failures == nil {
		return text + " No request failed."
	}
	spans := d.spans(func(i int) bool { return failures[i] > 0 })
	return text + " Requests failed " + d.sayAll(spans) + "."
}

// peak is the greatest value and where it is first reached.
func peak(values []float64) (at int, most float64) {
	for i, v := range values {
		if v > most {
			at, most = i, v
		}
	}
	return at, most
}

// span is a stretch of the run, in seconds.
type span struct{ from, to float64 }

// spans are the stretches of minutes for which something holds.
func (d *data) spans(holds func(i int) bool) []span {
	var spans []span
	for i := range d.series.Rows {
		if !holds(i) {
			continue
		}
		if n := len(spans); n > 0 && spans[n-1].to == d.edges[i] {
			spans[n-1].to = d.edges[i+1]
			continue
		}
		spans = append(spans, span{d.edges[i], d.edges[i+1]})
	}
	return spans
}

// sayAll says when: the two longest stretches in their order, and how many
// minutes in how many others.
func (d *data) sayAll(spans []span) string {
	longest := slices.Clone(spans)
	slices.SortStableFunc(longest, func(a, b span) int { return cmp.Compare(b.to-b.from, a.to-a.from) })
	said := longest[:min(2, len(longest))]
	slices.SortFunc(said, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var parts []string
	for _, s := range said {
		parts = append(parts, "from "+d.clock.Minute(s.from)+" to "+d.clock.Minute(s.to))
	}
	text := strings.Join(parts, " and ")
	if others := len(longest) - len(said); others > 0 {
		var rest float64
		for _, s := range longest[len(said):] {
			rest += s.to - s.from
		}
		times := fmt.Sprintf("%d other times", others)
		if others == 1 {
			times = "another time"
		}
		text += fmt.Sprintf(", and for %s at %s", units.Span(math.Round(rest)), times)
	}
	return text
}

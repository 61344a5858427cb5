package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/units"
)

// Cause is a cause of failures with its failures per second.
type Cause struct {
	Name  string
	Rates []float64
	Total float64
}

// apart is how many causes are told apart; the rest are one.
const apart = 4

// Causes are those that made requests fail, the most frequent first.
func (d *Data) Causes() []Cause {
	var causes []Cause
	for _, c := range d.columns() {
		name, found := strings.CutPrefix(c.Name, "errors.")
		if !found {
			continue
		}
		k := Cause{Name: name, Rates: d.Rate(c.Name)}
		for _, v := range k.Rates {
			if v > 0 {
				k.Total += v
			}
		}
		if k.Total > 0 {
			causes = append(causes, k)
		}
	}
	slices.SortStableFunc(causes, func(a, b Cause) int { return cmp.Compare(b.Total, a.Total) })
	if len(causes) <= apart {
		return causes
	}
	rest := Cause{Name: "other causes", Rates: d.Zeros()}
	for _, k := range causes[apart-1:] {
		rest.Total += k.Total
		for i, v := range k.Rates {
			rest.Rates[i] += v
		}
	}
	return append(causes[:apart-1:apart-1], rest)
}

// LoadText says when the load was greatest, and when requests failed.
func (d *Data) LoadText() string {
	at, most := Peak(d.Rate("offered"))
	if most == 0 {
		return "No request was offered."
	}
	text := fmt.Sprintf("The load offered is greatest at %s, %s.", d.Clock.Minute(d.Edges[at]), units.Format(most, "1/s"))
	failures := d.Column("failed")
	if _, worst := Peak(failures); worst == 0 || failures == nil {
		return text + " No request failed."
	}
	spans := d.Spans(func(i int) bool { return failures[i] > 0 })
	return text + " Requests failed " + d.SayAll(spans) + "."
}

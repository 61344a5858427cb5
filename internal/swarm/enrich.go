package swarm

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/scenario"
)

// spared tells which keys are left as the author wrote them: those that make runs long
// or loads large, and those that are for whoever runs the scenario.
func spared(pattern string) bool {
	switch pattern {
	case "duration", "replications", "seed",
		"clients.*.rate", "clients.*.burst_rate", "clients.*.daily", "clients.*.weekend", "clients.*.users",
		"clients.*.scale", "clients.*.speed", "clients.*.requests", "clients.*.retry.attempts":
		return true
	}
	return false
}

// change is a key with its new value.
type change struct {
	path  []string
	value any
}

// enrich sets keys by chance, of all that the language has, to values by chance,
// ends of ranges and other odd ones among them.
func (a *author) enrich(doc Table, tries int) Table {
	var changes []change
	places := language().places(doc)
	for range tries {
		if p := places[a.IntN(len(places))]; !spared(p.pattern) {
			changes = append(changes, change{p.path, a.value(p, doc)})
		}
	}
	return a.settle(doc, changes)
}

// settle makes changes: what the program complains of is taken back, and what it
// misses is added.
func (a *author) settle(doc Table, changes []change) Table {
	for round := range patience {
		next := apply(doc, changes)
		_, problems := Spec(Write(next))
		if len(problems) == 0 {
			return next
		}
		changes = a.mend(next, changes, problems, round < patience/2)
	}
	return doc
}

// patience is how many times changes are mended before none is made.
const patience = 14

// apply makes the changes that can be made in a copy.
func apply(doc Table, changes []change) Table {
	doc = Clone(doc)
	for _, c := range changes {
		if value, ok := c.value.(Table); ok {
			c.value = Clone(value)
		}
		Set(doc, c.path, c.value)
	}
	return doc
}

// mend takes back the changes that problems are about, those nearest to the keys
// blamed, or, with hope, follows what the program says of how to mend them. Where
// it knows no way half of the changes go.
func (a *author) mend(doc Table, changes []change, problems scenario.Problems, hope bool) []change {
	var better []change
	gone := make([]bool, len(changes))
	for _, problem := range problems {
		path := strings.Split(problem.Key, ".")
		if c, ok := a.advised(doc, path, problem.Text); ok && hope {
			better = append(better, c)
			continue
		}
		near := 2 // what has but the kind of table in common is not near
		for _, c := range changes {
			near = max(near, shared(c.path, path))
		}
		if !hope {
			near = max(near-1, 2) // and what stands around it
		}
		for i, c := range changes {
			gone[i] = gone[i] || shared(c.path, path) >= near
		}
	}
	if len(better) == 0 && !slices.Contains(gone, true) {
		return changes[:len(changes)/2]
	}
	var kept []change
	for i, c := range changes {
		if !gone[i] {
			kept = append(kept, c)
		}
	}
	return append(kept, better...)
}

// advised is the change that a problem asks for: a key that is missing, one of
// the names that are known, or another kind of table.
func (a *author) advised(doc Table, path []string, problem string) (change, bool) {
	r, pattern := language().find(path)
	if r == nil {
		return change{}, false
	}
	if strings.HasPrefix(problem, "is required") {
		return change{path, a.value(place{path, pattern, r}, doc)}, true
	}
	if m := otherKind.FindStringSubmatch(problem); m != nil {
		return change{append(slices.Clone(path[:len(path)-1]), m[1]), a.oneOf(m[2])}, true
	}
	if _, isText := Get(doc, path...).(string); isText {
		if m := knownNames.FindStringSubmatch(problem); m != nil {
			return change{path, a.oneOf(m[1])}, true
		}
	}
	return change{}, false
}

// What the program says of names and of kinds.
var (
	knownNames = regexp.MustCompile(`\(known: (.+)\)$`)
	otherKind  = regexp.MustCompile(`([a-z_]+) = "[^"]*" \(only with (.+)\)$`)
)

// oneOf picks from a list in words.
func (a *author) oneOf(list string) string { return a.pick(strings.Split(list, ", ")...) }

// shared is how many steps two paths have in common from the beginning.
func shared(a, b []string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// value is one by chance that the rule lets through.
func (a *author) value(p place, doc Table) any {
	r := p.rule
	switch {
	case r.isTable():
		return a.table(p, doc)
	case len(r.AnyOf) > 0:
		p.rule = r.AnyOf[a.IntN(len(r.AnyOf))]
		if p.rule.Const != nil && !a.chance(4) {
			p.rule = r.AnyOf[0]
		}
		return a.value(p, doc)
	case r.Const != nil:
		return plainNumber(r.Const)
	case len(r.Enum) > 0:
		return plainNumber(r.Enum[a.IntN(len(r.Enum))])
	case r.Default != nil && a.chance(8):
		return plainNumber(r.Default)
	}
	switch r.Type {
	case "boolean":
		return a.chance(2)
	case "integer":
		return int64(math.Round(a.number(r)))
	case "number":
		return a.number(r)
	case "array":
		return a.list(p, doc)
	}
	return a.text(p, doc)
}

// plainNumber turns what JSON has for whole numbers into what TOML has.
func plainNumber(value any) any {
	if f, ok := value.(float64); ok && f == math.Trunc(f) {
		return int64(f)
	}
	return value
}

// table has what is required, and up to three keys more.
func (a *author) table(p place, doc Table) Table {
	t := make(Table)
	keys := slices.Clone(p.rule.Required)
	if p.rule.Named != nil {
		keys = append(keys, a.pick(names(doc)...))
	}
	for all := slices.Sorted(maps.Keys(p.rule.Properties)); len(all) > 0 && len(keys) < len(p.rule.Required)+a.IntN(4); {
		keys = append(keys, a.pick(all...))
	}
	for _, key := range keys {
		pattern := p.pattern + "." + p.rule.step(key)
		if !spared(pattern) {
			t[key] = a.value(place{append(slices.Clone(p.path), key), pattern, p.rule.of(key)}, doc)
		}
	}
	return t
}

func (a *author) list(p place, doc Table) []any {
	p.rule = p.rule.Items
	list := make([]any, a.between(1, 3))
	for i := range list {
		list[i] = a.value(p, doc)
	}
	return list
}

// number is small, at an end of the range, or of any magnitude.
func (a *author) number(r *rule) float64 {
	least, most := 0.0, 1e9
	if r.Minimum != nil {
		least = *r.Minimum
	}
	if r.Maximum != nil {
		most = *r.Maximum
	}
	v := least
	switch a.IntN(8) {
	case 0:
	case 1:
		v = most
	case 2:
		v = float64(a.IntN(2))
	case 3:
		v = math.Pow(10, a.Float64()*math.Log10(max(most, 1)))
	case 4:
		v = least + a.Float64()*(min(most, least+10)-least)
	default:
		v = least + float64(a.IntN(10))
	}
	return min(max(v, least), most)
}

func (a *author) text(p place, doc Table) string {
	key := p.path[len(p.path)-1]
	switch {
	case p.rule.Pattern != "":
		if fitting := matching(p.rule.Pattern); len(fitting) > 0 {
			return a.pick(fitting...)
		}
		panic(fmt.Sprintf("swarm: no phrase for %s, %s", p.pattern, p.rule.Pattern))
	case key == "metric":
		return a.metric(p.pattern, doc)
	}
	return a.pick(words(doc)...)
}

// metric is one of an alarm's, or, of an expectation, one of the results'.
func (a *author) metric(pattern string, doc Table) string {
	spec, _ := Spec(Write(doc))
	switch {
	case strings.HasPrefix(pattern, "expectations.") && spec != nil:
		return a.pick(slices.Sorted(maps.Keys(spec.MetricUnits()))...)
	case a.chance(2):
		return a.pick("CPUUtilization", "own")
	}
	all := autoscaling.Metrics()
	return all[a.IntN(len(all))].Name
}

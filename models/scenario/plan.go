package scenario

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Plan is the space in which the cheapest configuration is looked for: the table
// [plan]. It changes nothing of a run, and variants have none of their own.
type Plan struct {
	Vary map[string]Values `toml:"vary" keys:"dotted" doc:"Keys of the scenario with the values that they may take: vary = { \"fleets.web.min\" = \"1..20\" }, or in [plan.vary] lines such as fleets.web.instance = [\"c6i.large\", \"c6i.xlarge\"]. As with --vary of headroom plan and headroom sweep; a --vary of the same key replaces one."`
}

// Values are those that a key may take: a range as --vary has it, such as
// "1..20", "40..80:5" or "c6i.large,c6i.xlarge", or a list of values.
type Values struct {
	// Range is what --vary would have after the key's "=".
	Range string
}

// bareItem is text that needs no quotes among values with commas between them.
var bareItem = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_%/+-]|\.[A-Za-z0-9])*$`)

const severalValues = `a range such as "1..20" or "40..80:5", or a list of values`

// Read implements quantity.Reader.
func (v *Values) Read(raw any, _ quantity.Files) error {
	list, isList := raw.([]any)
	if !isList {
		text, ok := valueText(raw)
		if !ok || strings.TrimSpace(text) == "" {
			return wrong(severalValues, raw)
		}
		v.Range = text
		return nil
	}
	if len(list) == 0 {
		return errors.New("must name at least one value")
	}
	items := make([]string, len(list))
	for i, item := range list {
		text, ok := valueText(item)
		if !ok {
			return errors.New("must be a list of values: put a list or a table among them into quotes")
		}
		if _, isText := item.(string); isText && !bareItem.MatchString(text) {
			text = strconv.Quote(text)
		}
		items[i] = text
	}
	v.Range = strings.Join(items, ",")
	return nil
}

// valueText is a value as it is written, text without its quotes.
func valueText(raw any) (text string, ok bool) {
	switch v := raw.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// Varied is a key of the table [plan] with its values.
type Varied struct {
	Key   string // dotted, as in fleets.web.min
	Range string // what --vary would have after "="

	path   []string
	origin origin
}

// Problem says what is wrong with the values, where they stand in the file.
func (v Varied) Problem(text string) Problem {
	return v.origin.problem(finding{path: v.path, text: text})
}

// Vary is what the table [plan] varies, in the order of the file. It needs a file
// without problems.
func (f *File) Vary() []Varied {
	at := []string{"plan", "vary"}
	nodes := f.base.at(at)
	if len(nodes) != len(at)+1 {
		return nil
	}
	var list []Varied
	for _, entry := range dottedEntries(nodes[len(at)], at) {
		var v Values
		if v.Read(entry.node.raw(), nil) == nil {
			list = append(list, Varied{entry.key, v.Range, entry.path, entry.node.origins[0]})
		}
	}
	return list
}

// A dottedEntry is a value of a table whose keys are dotted keys of the scenario.
type dottedEntry struct {
	key  string
	path []string
	node *node
}

// dottedEntries are the values of such a table, in the order of the file: of keys
// in quotes, and of those that were written without, which TOML reads as tables
// within tables.
func dottedEntries(n *node, at []string) []dottedEntry {
	var list []dottedEntry
	for _, name := range n.table().keys() {
		inner, path := n.table()[name], sub(at, name)
		if inner.table() == nil {
			list = append(list, dottedEntry{name, path, inner})
			continue
		}
		for _, e := range dottedEntries(inner, path) {
			list = append(list, dottedEntry{quoted([]string{name}) + "." + e.key, e.path, e.node})
		}
	}
	return list
}

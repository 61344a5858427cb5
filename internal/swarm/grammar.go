package swarm

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/headroom-sim/headroom/models/scenario"
)

// rule is what the JSON Schema of the language says of a value.
type rule struct {
	Properties       map[string]*rule // of a table with fixed keys
	Named            *rule            // of a table whose keys are names: each of its entries
	Required         []string
	Type, Pattern    string
	Enum             []any
	Const            any
	AnyOf            []*rule
	Items            *rule
	Minimum, Maximum *float64
	Default          any
}

// UnmarshalJSON reads the part of a JSON Schema that a rule has.
func (r *rule) UnmarshalJSON(data []byte) error {
	type plain rule
	var extra struct {
		AdditionalProperties json.RawMessage
	}
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	if err := json.Unmarshal(data, &extra); err != nil {
		return err
	}
	if !strings.HasPrefix(string(extra.AdditionalProperties), "{") {
		return nil // there are none
	}
	return json.Unmarshal(extra.AdditionalProperties, &r.Named)
}

// language is the grammar of one configuration: without variants, and without
// the space of plans, which no run reads.
var language = sync.OnceValue(func() *rule {
	schema, err := scenario.Schema()
	if err != nil {
		panic("swarm: " + err.Error())
	}
	root := new(rule)
	if err := json.Unmarshal(schema, root); err != nil {
		panic("swarm: " + err.Error())
	}
	delete(root.Properties, "variants")
	delete(root.Properties, "plan")
	return root
})

// isTable tells tables from values.
func (r *rule) isTable() bool { return r.Properties != nil || r.Named != nil }

// of is the rule of a key; nil where the table cannot have it.
func (r *rule) of(key string) *rule {
	if r.Named != nil {
		return r.Named
	}
	return r.Properties[key]
}

// step is the key as patterns of keys have it: names are *.
func (r *rule) step(key string) string {
	if r.Named != nil {
		return "*"
	}
	return key
}

// find is the rule of a path and its pattern; nil where there is none.
func (r *rule) find(path []string) (*rule, string) {
	pattern := ""
	for _, key := range path {
		pattern += "." + r.step(key)
		if r = r.of(key); r == nil {
			return nil, ""
		}
	}
	return r, strings.TrimPrefix(pattern, ".")
}

// place is a key that a scenario has, or could have.
type place struct {
	path    []string
	pattern string
	rule    *rule
}

// places are the keys that the tables of a document could have, those within
// tables that are there included, in a fixed order.
func (r *rule) places(doc Table) []place { return r.within(doc, nil, "") }

func (r *rule) within(t Table, path []string, pattern string) []place {
	keys := slices.Sorted(maps.Keys(r.Properties))
	if r.Named != nil {
		keys = append(slices.Sorted(maps.Keys(t)), "extra")
	}
	var list []place
	for _, key := range keys {
		p := place{append(slices.Clone(path), key), strings.TrimPrefix(pattern+"."+r.step(key), "."), r.of(key)}
		if inner, ok := t[key].(Table); ok && p.rule.isTable() {
			list = append(list, p.rule.within(inner, p.path, p.pattern)...)
			continue
		}
		list = append(list, p)
	}
	return list
}

// patterns compiles each pattern of the schema once.
var patterns = func() func(string) *regexp.Regexp {
	known := make(map[string]*regexp.Regexp)
	var lock sync.Mutex
	return func(text string) *regexp.Regexp {
		lock.Lock()
		defer lock.Unlock()
		if known[text] == nil {
			known[text] = regexp.MustCompile(text)
		}
		return known[text]
	}
}()

// matching are the phrases that a pattern lets through.
func matching(pattern string) []string {
	var list []string
	for _, phrase := range phrases {
		if patterns(pattern).MatchString(phrase) {
			list = append(list, phrase)
		}
	}
	return list
}

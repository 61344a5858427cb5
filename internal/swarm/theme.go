package swarm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// theme is a key of the language, and a word that it may have. The scenario of
// each seed has one, so that a row of seeds has them all: .ci/run goes through one of 800.
type theme struct {
	pattern string
	word    any // nil: any value
}

func (t theme) String() string {
	if t.word == nil {
		return t.pattern
	}
	return fmt.Sprintf("%s = %v", t.pattern, t.word)
}

// themes are all keys, and all words of those that have some.
var themes = sync.OnceValue(func() []theme { return language().themes("") })

func (r *rule) themes(pattern string) []theme {
	keys := slices.Sorted(maps.Keys(r.Properties))
	if r.Named != nil {
		keys = []string{"*"}
	}
	var list []theme
	for _, key := range keys {
		inner, at := r.of(key), strings.TrimPrefix(pattern+"."+key, ".")
		if inner.isTable() {
			list = append(list, inner.themes(at)...)
			continue
		}
		list = append(list, theme{pattern: at})
		for _, word := range inner.words() {
			list = append(list, theme{at, plainNumber(word)})
		}
	}
	return list
}

// words are those that a key may have, or that its list may hold.
func (r *rule) words() []any {
	switch {
	case r.Items != nil:
		return r.Items.words()
	case r.Type == "boolean":
		return []any{true, false}
	}
	return r.Enum
}

// follow sets the key of a theme somewhere, if that can be.
func (a *author) follow(doc Table, t theme) Table {
	if spared(t.pattern) {
		return doc
	}
	for range attempts {
		p := a.somewhere(doc, t.pattern)
		value := a.value(p, doc)
		switch {
		case t.word != nil && p.rule.Items != nil:
			value = []any{t.word}
		case t.word != nil:
			value = t.word
		}
		next := a.settle(doc, []change{{p.path, value}})
		if found := Get(next, p.path...); found != nil && fmt.Sprint(found) == fmt.Sprint(value) {
			return next
		}
	}
	return doc
}

// attempts is how many places for a theme are tried.
const attempts = 4

// somewhere is a place with a pattern: in a table that is there, or in a new one
// within tables that are there.
func (a *author) somewhere(doc Table, pattern string) place {
	r, p := language(), place{pattern: pattern}
	steps, fresh := strings.Split(pattern, "."), a.chance(2)
	for i, step := range steps {
		if step == "*" {
			step = "extra"
			t, _ := Get(doc, p.path...).(Table)
			if last := !slices.Contains(steps[i+1:], "*"); len(t) > 0 && !(last && fresh) {
				step = a.pick(slices.Sorted(maps.Keys(t))...)
			}
		}
		p.path = append(p.path, step)
		r = r.of(step)
	}
	p.rule = r
	return p
}

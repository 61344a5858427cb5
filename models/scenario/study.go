package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// A study is a look at all configurations of a file, one of which is chosen.
type study struct {
	file     *File
	chosen   *configuration
	problems Problems
	known    map[string]bool // identities of problems that need no further mention
}

func (f *File) study(variant string, sets []string) *study {
	s := &study{file: f, known: make(map[string]bool)}
	s.file, sets = f.variantFlags(sets)
	written := s.file.read()
	s.problems = append(s.problems, written.problems...)
	chosen := written.all[variant]
	if chosen == nil {
		if !slices.Contains(s.file.Variants(), variant) { // else what is wrong with it has been said
			s.unknownVariant(variant)
		}
		chosen = written.all[""]
	}
	s.choose(chosen, sets)
	s.add(written.all[""], base)
	for _, name := range s.file.Variants() {
		if c := written.all[name]; c != nil {
			s.add(c, layerOfVariants)
		}
	}
	s.blame(chosen.whole, sets)
	return s
}

// written are the base and the variants as the file has them, with what is
// wrong about the variants' names.
type written struct {
	all      map[string]*configuration // nil until they are asked for
	problems Problems
}

// read configures the base and every variant, once: each configuration of the
// file needs them all, to tell its problems from theirs.
func (f *File) read() *written {
	w := f.written
	if w.all != nil {
		return w
	}
	w.all = map[string]*configuration{"": f.configure(f.base)}
	names := f.Variants()
	if f.variants != nil && f.variants.table() == nil {
		w.complain(f.variants, "variants", "must have named tables, [variants.NAME] "+f.variants.have())
	}
	if len(names) > greatestEntries {
		w.complain(f.variants, "variants", fmt.Sprintf("has more than %d entries (have %d)", greatestEntries, len(names)))
		names = nil
	}
	for _, name := range names {
		n := f.variants.table()[name]
		switch {
		case !isName(name):
			w.complain(n, "variants."+quoted([]string{name}), "a name may have letters, digits, - and _")
		case name == "base":
			w.complain(n, "variants.base", "is what the scenario without a variant is called: choose another name")
		case n.table() == nil:
			w.complain(n, "variants."+name, "must be a table, [variants."+name+"] "+n.have())
		case n.has("plan"):
			w.complain(n.table()["plan"], "variants."+name+".plan", "belongs to the file, and not to one of its variants: write [plan]")
		default:
			w.all[name] = f.configure(f.lay(name))
		}
	}
	return w
}

func (w *written) complain(n *node, key, text string) {
	p := n.origins[0].problem(finding{text: text})
	p.Key = key
	w.problems = append(w.problems, p)
}

func (s *study) unknownVariant(name string) {
	text := "has no variants " + quantity.Have(name)
	if names := s.file.Variants(); len(names) > 0 {
		text = "has no variant \"" + quantity.Brief(name) + "\" (known: " + strings.Join(names, ", ") + ")"
		if near := quantity.Nearest(name, names); near != "" {
			text = "has no variant \"" + quantity.Brief(name) + "\" (did you mean \"" + near + "\"?)"
		}
	}
	s.problems = append(s.problems, Problem{File: s.file.name, Text: text})
}

// choose lays the flags over the chosen configuration. Problems that are gone
// then need no mention.
func (s *study) choose(written *configuration, sets []string) {
	s.chosen = written
	root, problems := layFlags(written.whole, sets)
	s.problems = append(s.problems, problems...)
	if root == written.whole {
		return
	}
	s.chosen = s.file.configure(root)
	left := make(map[string]bool)
	for _, found := range s.chosen.findings {
		left[s.chosen.identity(found)] = true
	}
	for _, found := range written.findings {
		if id := written.identity(found); !left[id] {
			s.known[id] = true
		}
	}
}

// blame mentions the problems that flags cause: with the flag that has the key,
// or else with the first that makes the problem, over those before it.
func (s *study) blame(root *node, sets []string) {
	left := make(map[string]finding)
	for _, found := range s.chosen.findings {
		nodes := s.chosen.root.at(found.path)
		switch id := s.chosen.identity(found); {
		case s.known[id]:
		case len(nodes) > len(found.path) && nodes[len(found.path)].newest() == flags:
			s.problems = append(s.problems, s.chosen.locate(found, flags))
		default:
			left[id] = found
		}
	}
	l := flags
	for _, text := range sets {
		n, _, err := readFlag(text, l)
		if err != nil {
			continue // mentioned by choose
		}
		if len(left) == 0 {
			return
		}
		root = merge(root, n)
		c := s.file.configure(root)
		for _, found := range c.findings {
			id := c.identity(found)
			if last, ok := left[id]; ok {
				s.problems = append(s.problems, n.origins[0].problem(last))
				delete(left, id)
			}
		}
		l++
	}
}

// add mentions the problems of a configuration that are not known from another
// one, each where the layers from least on cause it.
func (s *study) add(c *configuration, least layer) {
	for _, found := range c.findings {
		if id := c.identity(found); !s.known[id] {
			s.known[id] = true
			s.problems = append(s.problems, c.locate(found, least))
		}
	}
}

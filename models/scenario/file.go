package scenario

import (
	"reflect"

	"github.com/headroom-sim/headroom/models/quantity"
)

// A File is a scenario file whose syntax is right. It stands for several
// configurations: the base, and one for each variant.
type File struct {
	name     string
	files    quantity.Files
	base     *node
	variants *node    // nil when there are none
	written  *written // shared by copies with the same variants
}

// Parse reads the syntax of a scenario; name stands for it in problems. What
// the scenario says is read by [File.Spec]. On problems the File is nil. files
// gives the content of files that the scenario names.
func Parse(name string, src []byte, files quantity.Files) (*File, Problems) {
	root, problem := readTree(name, src)
	if problem != nil {
		problem.File = name
		return nil, Problems{*problem}
	}
	f := &File{name: name, files: remember(files), written: new(written)}
	f.split(root)
	return f, nil
}

// remember reads each file once: every configuration asks for it again.
func remember(files quantity.Files) quantity.Files {
	if files == nil {
		return nil
	}
	type content struct {
		data []byte
		err  error
	}
	known := make(map[string]content)
	return func(name string) ([]byte, error) {
		c, ok := known[name]
		if !ok {
			c.data, c.err = files(name)
			known[name] = c
		}
		return c.data, c.err
	}
}

func (f *File) split(root *node) {
	f.base, f.variants = root.without("variants"), root.table()["variants"]
}

// Title is the scenario's title as it is written; "" where there is none.
func (f *File) Title() string {
	if n := f.base.table()["title"]; n != nil {
		title, _ := n.value.(string)
		return title
	}
	return ""
}

// Variants are the names of the variants in the order of the file.
func (f *File) Variants() []string {
	if f.variants == nil {
		return nil
	}
	return f.variants.table().keys()
}

// Spec is the configuration of a variant ("" is the base) with flags
// "KEY=VALUE" over it, and all problems of the file: those of the base and of
// every variant as they are written, and those that the flags add. A problem
// that the flags repair is none. On problems the Spec is nil.
func (f *File) Spec(variant string, sets []string) (*Spec, Problems) {
	s := f.study(variant, sets)
	if len(s.problems) > 0 {
		return nil, s.problems.sort()
	}
	return s.chosen.spec, nil
}

// Idle lists the keys and tables of a configuration that are accepted but
// without effect in it. There are none where there are problems.
func (f *File) Idle(variant string, sets []string) Problems {
	s := f.study(variant, sets)
	if len(s.problems) > 0 {
		return nil
	}
	var idle Problems
	for _, found := range findIdle(s.chosen.spec, s.chosen.root) {
		idle = append(idle, s.chosen.locate(found, base))
	}
	return idle.sort()
}

// places are the fleets and services of all configurations.
func (f *File) places() []string {
	roots := []*node{f.base}
	for _, name := range f.Variants() {
		roots = append(roots, f.variants.table()[name])
	}
	var names []string
	for _, root := range roots {
		for _, kind := range []string{"fleets", "services"} {
			if n := root.table()[kind]; n != nil {
				names = append(names, n.table().keys()...)
			}
		}
	}
	return names
}

// A configuration is one of the things that a File stands for.
type configuration struct {
	whole    *node // as the texts have it
	root     *node // without what fell away with the kinds of tables
	spec     *Spec
	findings []finding
}

func (f *File) configure(root *node) *configuration {
	c := &configuration{whole: root, root: root.clone(), spec: new(Spec)}
	c.spec.text = text{root: c.root}
	d := &decoder{
		files: c.spec.text.watch(f.files), spec: reflect.TypeFor[Spec](),
		broken: make(map[string]bool), misspelt: make(map[string]bool),
	}
	d.table(reflect.ValueOf(c.spec).Elem(), c.root.table(), nil, kind{})
	c.spec.settle()
	crossCheck(c.spec, d, f.places())
	c.findings = d.boilDown(c.root)
	return c
}

// identity tells findings of different configurations apart: the same path and
// text is the same problem if the key was written at the same place.
func (c *configuration) identity(found finding) string {
	found.hint = ""
	p := c.locate(found, base)
	return p.Error()
}

// locate says where a finding's key was written: the deepest part of its path
// that a layer from least on mentions.
func (c *configuration) locate(found finding, least layer) Problem {
	nodes := c.root.at(found.path)
	for i := len(nodes) - 1; i >= 0; i-- {
		for _, o := range nodes[i].origins {
			if o.layer >= least {
				return o.problem(found)
			}
		}
	}
	return c.root.origins[0].problem(found)
}

func (o origin) problem(found finding) Problem {
	return Problem{
		File: o.file, Line: o.line, Column: o.column,
		Key: quoted(append(sub(o.prefix), found.path...)), Text: found.text + found.hint,
		flag: max(int(o.layer-flags)+1, 0),
	}
}

// variantFlags applies the flags that change a variant to the file, and gives
// the file and the other flags.
func (f *File) variantFlags(sets []string) (*File, []string) {
	file := *f
	var rest []string
	for _, text := range sets {
		n, path, err := readFlag(text, base)
		if err != nil || path[0] != "variants" {
			rest = append(rest, text)
			continue
		}
		file.variants, file.written = merge(file.variants, n.table()["variants"]), new(written)
	}
	return &file, rest
}

// lay lays a variant over the base.
func (f *File) lay(variant string) *node {
	return merge(f.base, f.variants.table()[variant].relabel(layerOfVariants, "variants", variant))
}

// layFlags lays flags over a configuration; with none the root is the same.
func layFlags(root *node, sets []string) (*node, Problems) {
	var problems Problems
	l := flags
	for _, text := range sets {
		n, _, err := readFlag(text, l)
		if err != nil {
			problems = append(problems, Problem{File: flagName(text), Text: err.Error(), flag: int(l-flags) + 1})
			continue
		}
		root, l = merge(root, n), l+1
	}
	return root, problems
}

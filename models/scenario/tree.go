package scenario

import (
	"cmp"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// A layer is one of the texts that make up a configuration, the later over the
// earlier: the base, a variant, flags.
type layer int

const (
	base layer = iota
	layerOfVariants
	flags // the first flag; further ones follow
)

// An origin is where a key was written.
type origin struct {
	layer        layer
	file         string // the scenario's name, or the flag
	line, column int
	prefix       []string // what stands before the key there: "variants", NAME
}

// A node is what one key has: a scalar, a list, or a table.
type node struct {
	// origins has one entry for each layer that mentions a table, in order;
	// for anything else the one that it comes from.
	origins []origin
	value   any // string, int64, float64, bool, time.Time, []any or table
	// bare is the value of a flag as it was written, without quotes: "+1" is a
	// number in TOML, and yet may be meant as text.
	bare string
}

// A table maps keys to nodes.
type table map[string]*node

// table is the node's table, nil if it has something else.
func (n *node) table() table {
	t, _ := n.value.(table)
	return t
}

// raw is the value as quantity.Reader takes it.
func (n *node) raw() any {
	if n.table() != nil {
		return map[string]any{}
	}
	return n.value
}

// have describes the value for the end of a message.
func (n *node) have() string { return quantity.Have(n.raw()) }

// keys are the table's keys in the order in which they were written.
func (t table) keys() []string {
	keys := make([]string, 0, len(t))
	for k := range t {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(t[a].origins[0].compare(t[b].origins[0]), strings.Compare(a, b))
	})
	return keys
}

func (o origin) compare(p origin) int {
	return cmp.Or(cmp.Compare(o.layer, p.layer), cmp.Compare(o.line, p.line), cmp.Compare(o.column, p.column))
}

// at follows the path as far as it goes, and gives the nodes on it.
func (n *node) at(path []string) []*node {
	nodes := []*node{n}
	for _, key := range path {
		next := n.table()[key]
		if next == nil {
			break
		}
		nodes, n = append(nodes, next), next
	}
	return nodes
}

// has tells whether the path leads to a node.
func (n *node) has(path ...string) bool { return len(n.at(path)) == len(path)+1 }

// merge lays one node over another: tables merge key by key, all else replaces.
// Neither is changed.
func merge(below, above *node) *node {
	if below == nil || below.table() == nil || above.table() == nil {
		return above
	}
	merged := make(table, len(below.table()))
	for k, n := range below.table() {
		merged[k] = n
	}
	for k, n := range above.table() {
		merged[k] = merge(merged[k], n)
	}
	origins := append(slices.Clone(below.origins), above.origins...)
	return &node{origins: origins, value: merged}
}

// relabel copies the node as one of another layer, written behind prefix.
func (n *node) relabel(l layer, prefix ...string) *node {
	copied := &node{slices.Clone(n.origins), n.value, n.bare}
	for i := range copied.origins {
		copied.origins[i].layer, copied.origins[i].prefix = l, prefix
	}
	if t := n.table(); t != nil {
		inner := make(table, len(t))
		for k, child := range t {
			inner[k] = child.relabel(l, prefix...)
		}
		copied.value = inner
	}
	return copied
}

// clone copies the tables, down to what they hold.
func (n *node) clone() *node {
	t := n.table()
	if t == nil {
		return n
	}
	copied := make(table, len(t))
	for k, child := range t {
		copied[k] = child.clone()
	}
	return &node{origins: n.origins, value: copied}
}

// without copies the node's table, leaving out a key.
func (n *node) without(key string) *node {
	rest := make(table, len(n.table()))
	for k, child := range n.table() {
		if k != key {
			rest[k] = child
		}
	}
	return &node{origins: n.origins, value: rest}
}

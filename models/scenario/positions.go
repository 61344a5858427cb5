package scenario

import (
	"sort"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A place is where a key stands in the text, with the places of the keys in its
// table. The parser that reads the values does not tell; this one does.
type place struct {
	line, column int
	inner        map[string]*place
}

// indexKeys finds the place of every key: of a table its header, or else its
// first mention. Keys within lists are not indexed. Text that the parser cannot
// read is indexed up to there.
func indexKeys(src []byte) *place {
	ix := indexer{root: &place{line: 1, column: 1}}
	for i, c := range src {
		if c == '\n' {
			ix.lineEnds = append(ix.lineEnds, i)
		}
	}
	ix.parser.Reset(src)
	current := ix.root
	for ix.parser.NextExpression() {
		e := ix.parser.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			current = ix.enter(ix.root, e.Key(), true)
		case unstable.KeyValue:
			ix.keyValue(current, e)
		}
	}
	return ix.root
}

type indexer struct {
	parser   unstable.Parser
	lineEnds []int
	root     *place
}

func (ix *indexer) keyValue(in *place, e *unstable.Node) {
	at := ix.enter(in, e.Key(), false)
	value := e.Value()
	if value.Kind != unstable.InlineTable {
		return
	}
	children := value.Children()
	for children.Next() {
		if child := children.Node(); child.Kind == unstable.KeyValue {
			ix.keyValue(at, child)
		}
	}
}

// enter walks down a dotted key from in, and notes where its parts stand. A
// header takes the place over from an earlier mention.
func (ix *indexer) enter(in *place, key unstable.Iterator, header bool) *place {
	for key.Next() {
		part := key.Node()
		line, column := ix.position(int(part.Raw.Offset))
		next := in.inner[string(part.Data)]
		if next == nil {
			next = &place{line: line, column: column}
			if in.inner == nil {
				in.inner = make(map[string]*place)
			}
			in.inner[string(part.Data)] = next
		} else if header && part.Next() == nil {
			next.line, next.column = line, column
		}
		in = next
	}
	return in
}

func (ix *indexer) position(offset int) (line, column int) {
	before := sort.SearchInts(ix.lineEnds, offset)
	if before == 0 {
		return 1, offset + 1
	}
	return before + 1, offset - ix.lineEnds[before-1]
}

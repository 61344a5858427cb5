package scenario

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/headroom-sim/headroom/models/quantity"
)

// A text is what a configuration was read from: its tree, and the files that
// it names.
type text struct {
	root  *node
	files map[string][sha256.Size]byte // digests of their contents, by name
}

// watch gives the files, and notes which ones are asked for.
func (t *text) watch(files quantity.Files) quantity.Files {
	if files == nil {
		return nil
	}
	t.files = make(map[string][sha256.Size]byte)
	return func(name string) ([]byte, error) {
		data, err := files(name)
		if err == nil {
			t.files[name] = sha256.Sum256(data)
		}
		return data, err
	}
}

// meaningless are the keys that do not change what a replication is.
var meaningless = []string{"title", "notes", "seed", "replications", "expectations", "plan"}

// Meaning is what the configuration says, one key a line in sorted order, with
// digests of the files that it names: the same for two texts that differ in
// comments, in the order of keys, or in where a value was written (file,
// variant or flag). Title, notes, seed, replications, expectations and plan are
// not in it. Two configurations of one meaning and seed have the same replications;
// the reverse need not hold, as a default may have been spelled out.
//
// Of a part of the scenario, the top-level keys given, it is what these say,
// with all of the files.
func (s *Spec) Meaning(part ...string) []byte {
	root := s.text.root
	for _, key := range meaningless {
		root = root.without(key)
	}
	for key := range root.table() {
		if len(part) > 0 && !slices.Contains(part, key) {
			root = root.without(key)
		}
	}
	lines := root.lines(nil, "")
	for _, name := range slices.Sorted(maps.Keys(s.text.files)) {
		lines = fmt.Appendf(lines, "%q %x\n", name, s.text.files[name])
	}
	return lines
}

// lines appends the node's keys with their values.
func (n *node) lines(to []byte, key string) []byte {
	t := n.table()
	if t == nil {
		to = append(to, key...)
		to = append(to, '=')
		return append(n.canonical(to), '\n')
	}
	if len(t) == 0 {
		return fmt.Appendf(to, "%s={}\n", key)
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		to = t[name].lines(to, key+"."+strconv.Quote(name))
	}
	return to
}

// canonical appends what is not a table. A flag's number may have been read
// from its text, in which "+1" is not "1".
func (n *node) canonical(to []byte) []byte {
	value := appendValue(nil, n.value)
	to = append(to, value...)
	if _, isText := n.value.(string); !isText && n.bare != "" && n.bare != string(value) {
		to = fmt.Appendf(to, " %q", n.bare)
	}
	return to
}

func appendValue(to []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return strconv.AppendQuote(to, v)
	case time.Time:
		return v.AppendFormat(append(to, v.Location().String()...), time.RFC3339Nano)
	case []any:
		to = append(to, '[')
		for _, item := range v {
			to = append(appendValue(to, item), ',')
		}
		return append(to, ']')
	default:
		return fmt.Append(to, v)
	}
}

package scenario

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// walk visits every key of the language with its dotted path.
func walk(t reflect.Type, prefix string, visit func(path string, f field)) {
	for _, f := range fieldsOf(t) {
		path := prefix + f.key
		visit(path, f)
		switch {
		case f.isTable():
			walk(deref(f.typ), path+".", visit)
		case f.isNamed():
			walk(deref(f.typ.Elem()), path+".*.", visit)
		}
	}
}

func TestEveryKeyIsDeclaredWell(t *testing.T) {
	walk(reflect.TypeFor[Spec](), "", func(path string, f field) {
		require.NotEmpty(t, f.tag.Get("doc"), "doc of %s", path)
		require.NotPanics(t, func() { declared(t, path, f) }, path)
		if _, ok := formOf(deref(f.typ)); isReader(deref(f.typ)) {
			require.True(t, ok, "%s: type %s has no form", path, f.typ)
		}
	})
}

// declared checks the tags with values: they must read as a user's text would.
func declared(t *testing.T, path string, f field) {
	fits := func(text string) {
		v := reflect.New(f.typ).Elem()
		require.NoError(t, setScalar(v, rawDefault(text, f.typ), nil), path)
		require.Empty(t, f.outside(v), "%s: default %s", path, text)
		if words := f.words(); len(words) > 0 && f.typ.Kind() == reflect.Slice {
			require.Subset(t, words, strings.Fields(text), path)
		} else if len(words) > 0 {
			require.Contains(t, words, text, path)
		}
	}
	for _, part := range strings.Split(string(f.tag), `" `) {
		name, value, _ := strings.Cut(part, `:"`)
		if strings.HasPrefix(name, "default") {
			fits(strings.TrimSuffix(value, `"`))
			require.NotEmpty(t, f.tag.Get("source"), "source of the default of %s", path)
		}
	}
	for _, limits := range append(f.byKind("range"), [2]string{"", f.tag.Get("range")}) {
		lo, hi, ranged := strings.Cut(limits[1], "..")
		if ranged && lo != "" {
			f.bound(lo)
		}
		if ranged && hi != "" {
			f.bound(hi)
		}
	}
	for _, of := range f.byKind("oneof") {
		require.Subset(t, f.words(), strings.Fields(of[1]), path)
		if text, ok := f.defaultFor(of[0]); ok {
			require.Contains(t, strings.Fields(of[1]), text, path)
		}
	}
}

// TestLaterKeysAreNotKeys holds the list of later words to what it says.
func TestLaterKeysAreNotKeys(t *testing.T) {
	walk(reflect.TypeFor[Spec](), "", func(path string, _ field) {
		require.False(t, isLater(strings.Split(path, ".")), path)
	})
}

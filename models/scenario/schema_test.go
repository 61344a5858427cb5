package scenario_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/stretchr/testify/require"
)

// schema is a JSON Schema as far as this language's needs it.
type schema struct {
	Type                 string
	Const                any
	Enum                 []any
	Pattern              string
	Minimum, Maximum     *float64
	AnyOf                []*schema
	Items                *schema
	MinItems             int
	Properties           map[string]*schema
	AdditionalProperties json.RawMessage
	PropertyNames        *schema
	Required             []string
	Description          string
	Default              any
}

func readSchema(t *testing.T) *schema {
	text, err := scenario.Schema()
	require.NoError(t, err)
	s := new(schema)
	require.NoError(t, json.Unmarshal(text, s))
	return s
}

// check gives the path of the first part of v that the schema refuses, "" if
// there is none.
func (s *schema) check(v any, path string) string {
	for _, option := range s.AnyOf {
		if option.check(v, path) == "" {
			return ""
		}
	}
	if s.AnyOf != nil || s.Const != nil && fmt.Sprint(s.Const) != fmt.Sprint(v) {
		return path
	}
	if s.Enum != nil && !has(s.Enum, v) {
		return path
	}
	switch v := v.(type) {
	case map[string]any:
		return s.checkObject(v, path)
	case []any:
		for i, item := range v {
			if s.Items == nil {
				return path
			}
			if bad := s.Items.check(item, fmt.Sprintf("%s[%d]", path, i)); bad != "" {
				return bad
			}
		}
		return unless(s.Type == "array" && len(v) >= s.MinItems, path)
	case string:
		return unless((s.Type == "string" || s.Type == "") && regexp.MustCompile(s.Pattern).MatchString(v), path)
	case bool:
		return unless(s.Type == "boolean", path)
	default:
		return s.checkNumber(reflect.ValueOf(v), path)
	}
}

func (s *schema) checkNumber(v reflect.Value, path string) string {
	isInt := v.Kind() == reflect.Int64
	x := v.Convert(reflect.TypeFor[float64]()).Float()
	if s.Const == nil && s.Type != "number" && !(s.Type == "integer" && isInt) {
		return path
	}
	return unless((s.Minimum == nil || x >= *s.Minimum) && (s.Maximum == nil || x <= *s.Maximum), path)
}

func (s *schema) checkObject(v map[string]any, path string) string {
	if s.Type != "object" {
		return path
	}
	for _, key := range s.Required {
		if _, ok := v[key]; !ok {
			return path + "." + key
		}
	}
	for key, value := range v {
		inner := s.Properties[key]
		if inner == nil {
			inner = new(schema)
			if json.Unmarshal(s.AdditionalProperties, inner) != nil { // false
				return path + "." + key
			}
		}
		if bad := inner.check(value, path+"."+key); bad != "" {
			return bad
		}
		if s.PropertyNames != nil && s.PropertyNames.check(key, path) != "" {
			return path + "." + key
		}
	}
	return ""
}

func unless(ok bool, path string) string {
	if ok {
		return ""
	}
	return path
}

func has(list []any, v any) bool {
	for _, item := range list {
		if item == v {
			return true
		}
	}
	return false
}

func decodeTOML(t *testing.T, path string) map[string]any {
	var v map[string]any
	_, err := toml.DecodeFile(path, &v)
	require.NoError(t, err, path)
	return v
}

func TestSchemaAcceptsTheBuiltInScenarios(t *testing.T) {
	s := readSchema(t)
	paths, err := filepath.Glob(gallery + "scenarios/*.toml")
	require.NoError(t, err)
	for _, path := range paths {
		require.Empty(t, s.check(decodeTOML(t, path), ""), path)
	}
}

func TestSchemaRefusesWhatItCanSay(t *testing.T) {
	s := readSchema(t)
	for name, want := range map[string]string{
		"unknown-key": ".fleets.web.sever", "unknown-kind": ".balancers.lb.kind", "bare-rate": ".clients.visitors.rate",
		"bare-duration": ".clients.visitors.timeout", "text-for-list": ".balancers.lb.targets", "fraction-for-number": ".fleets.web.min",
		"unknown-distribution": ".routes.album.demand.web", "no-routes": ".routes", "unknown-table": ".fleet",
		"bad-name": `.routes.my album`, "variant-inline-table": ".variants.apache.fleets.web.server.software",
		"share-above-one": ".clients.visitors.retry.jitter", "number-for-flag": ".clients.visitors.keep_alive",
	} {
		require.Equal(t, want, s.check(decodeTOML(t, "testdata/wrong/"+name+".toml"), ""), name)
	}
}

// TestSchemaExplainsEveryKey, and gives the defaults.
func TestSchemaExplainsEveryKey(t *testing.T) {
	s := readSchema(t)
	var walk func(s *schema, path string)
	walk = func(s *schema, path string) {
		for key, p := range s.Properties {
			require.NotEmpty(t, p.Description, path+"."+key)
			walk(p, path+"."+key)
		}
		if len(s.AdditionalProperties) > 0 && s.AdditionalProperties[0] == '{' {
			inner := new(schema)
			require.NoError(t, json.Unmarshal(s.AdditionalProperties, inner))
			walk(inner, path+".*")
		}
	}
	walk(s, "")
	require.Equal(t, "0s", s.Properties["discard"].Default)
	require.InDelta(t, 1, s.Properties["seed"].Default, 0)
}

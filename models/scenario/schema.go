package scenario

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/invopop/jsonschema"
)

// Schema is the JSON Schema of the scenario language, for editors. It lets
// through all that the decoder accepts, and explains every key; what it cannot
// say, such as min <= max, only the decoder refuses.
func Schema() ([]byte, error) {
	root := schemaOf(true)
	root.Version, root.ID = jsonschema.Version, schemaID
	root.Title, root.Description = "Headroom scenario", "One scenario of the simulator headroom."
	over := schemaOf(false)
	over.Properties.Delete("plan") // it belongs to the file
	root.Properties.Set("variants", &jsonschema.Schema{
		Type: "object", AdditionalProperties: over, PropertyNames: names(),
		Description: "Overrides, merged over the base: tables merge, all else replaces. One variant per name.",
	})
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(root)
	return out.Bytes(), err
}

const schemaID = "https://github.com/headroom-sim/headroom/scenario.schema.json"

// schemaOf reflects the Spec; a variant is without required keys and defaults.
func schemaOf(whole bool) *jsonschema.Schema {
	r := jsonschema.Reflector{
		Anonymous: true, DoNotReference: true, ExpandedStruct: true,
		RequiredFromJSONSchemaTags: true,
		FieldNameTag:               "toml",
		Mapper:                     mapForm,
		// Several packages have a Spec.
		Namer: func(t reflect.Type) string { return t.String() },
	}
	s := r.ReflectFromType(reflect.TypeFor[Spec]())
	s.Version = ""
	annotate(s, reflect.TypeFor[Spec](), whole)
	return s
}

// mapForm gives types that read themselves the schema of their form.
func mapForm(t reflect.Type) *jsonschema.Schema {
	f, ok := formOf(t)
	if !ok {
		return nil
	}
	list := f.schema()
	if len(list) == 1 {
		return list[0]
	}
	return &jsonschema.Schema{AnyOf: list}
}

func names() *jsonschema.Schema {
	return &jsonschema.Schema{Pattern: "^[A-Za-z0-9_-]{1,64}$"}
}

func regionForm() schemas {
	s := typed("string")
	for _, r := range catalog.Regions() {
		s.Enum = append(s.Enum, r.String())
	}
	return schemas{s}
}

// annotate adds to the schema of a struct what its tags say.
func annotate(s *jsonschema.Schema, t reflect.Type, whole bool) {
	for _, f := range fieldsOf(t) {
		property, ok := s.Properties.Get(f.key)
		if !ok {
			panic("scenario: no schema of key " + f.key)
		}
		f.describe(property)
		if whole {
			if text, ok := f.tag.Lookup("default"); ok {
				property.Default = rawDefault(text, f.typ)
			}
			if f.required() && f.tag.Get("for") == "" {
				s.Required = append(s.Required, f.key)
			}
		}
		switch {
		case f.isTable():
			annotate(property, deref(f.typ), whole)
		case f.isNamed():
			property.PropertyNames = names()
			annotate(property.AdditionalProperties, deref(f.typ.Elem()), whole)
		}
	}
}

// describe adds what holds in variants too.
func (f field) describe(s *jsonschema.Schema) {
	s.Description = f.tag.Get("doc")
	if kinds := f.tag.Get("for"); kinds != "" {
		s.Description += " Only with " + strings.Join(strings.Fields(kinds), ", ") + "."
	}
	valued := s
	if s.Type == "array" && s.Items != nil {
		valued = s.Items
	}
	for _, word := range f.words() {
		valued.Enum = append(valued.Enum, word)
	}
	lo, hi, ranged := strings.Cut(f.tag.Get("range"), "..")
	if ranged && (s.Type == "integer" || s.Type == "number") {
		s.Minimum, s.Maximum = json.Number(lo), json.Number(hi)
	}
	if ranged {
		s.Description += " Must be " + rangeText(f.tag.Get("range")) + "."
	}
	s.Description += f.narrower()
}

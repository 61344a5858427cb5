package main

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/headroom-sim/headroom/experiments"
)

// A bom is a software bill of materials in CycloneDX's form
// (https://cyclonedx.org/docs/1.6/json/): the program, and the modules that it was
// built from. It has no date and no serial number, so that the same build gives the
// same bytes.
type bom struct {
	Schema      string      `json:"$schema"`
	Format      string      `json:"bomFormat"`
	SpecVersion string      `json:"specVersion"`
	Version     int         `json:"version"`
	Metadata    bomMetadata `json:"metadata"`
	Components  []component `json:"components"`
	Depends     []relation  `json:"dependencies"`
}

type bomMetadata struct {
	Component component `json:"component"`
}

// A component is a module, or the toolchain's library.
type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	URL        string     `json:"purl"`
	Properties []property `json:"properties,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A relation says what a component was built with.
type relation struct {
	Ref string   `json:"ref"`
	On  []string `json:"dependsOn"`
}

// printSBOM writes what the binary was built from.
func printSBOM(w io.Writer, info *debug.BuildInfo) error {
	text, err := json.MarshalIndent(newBOM(info), "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

func newBOM(info *debug.BuildInfo) bom {
	version := info.Main.Version
	if version == "" || version == "(devel)" { // built from a folder without a version
		version = experiments.Version
	}
	main := module("application", info.Main.Path, version, "")
	for _, s := range info.Settings {
		if s.Key == "-pgo" { // where the profile lay is the builder's own
			s.Value = filepath.Base(s.Value)
		}
		main.Properties = append(main.Properties, property{"go:build:" + s.Key, s.Value})
	}
	b := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata:   bomMetadata{main},
		Components: []component{module("library", "std", info.GoVersion, "")},
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Components = append(b.Components, module("library", m.Path, m.Version, m.Sum))
	}
	slices.SortFunc(b.Components, func(a, b component) int { return cmp.Compare(a.Ref, b.Ref) })
	used := relation{Ref: main.Ref, On: []string{}}
	for _, c := range b.Components {
		used.On = append(used.On, c.Ref)
	}
	b.Depends = []relation{used}
	return b
}

// module is a component by its package URL, in which a version's sign of addition
// is escaped; sum is what go.sum says of it.
func module(kind, path, version, sum string) component {
	ref := "pkg:golang/" + path + "@" + url.QueryEscape(version)
	c := component{Type: kind, Ref: ref, Name: path, Version: version, URL: ref}
	if sum != "" {
		c.Properties = []property{{"go:sum", sum}}
	}
	return c
}

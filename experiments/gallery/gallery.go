// Package gallery holds the built-in scenarios and traces.
//
// The scenarios are ordinary files of the scenario language; `headroom init
// --from NAME` writes one out to start from.
package gallery

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

// Default is the scenario that `headroom run` simulates without a name.
const Default = "bootcamp"

// files holds scenarios/<name>.toml, traces/*.csv, and the traces' licences.
//
//go:embed scenarios/*.toml traces/*
var files embed.FS

// Names lists the built-in scenarios in alphabetical order.
func Names() []string {
	entries, err := files.ReadDir("scenarios")
	if err != nil {
		panic("gallery: " + err.Error()) // the folder is part of the binary
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".toml")
	}
	return names
}

// Scenario is the source of a built-in scenario; ok is false for a name that
// is not in the gallery.
func Scenario(name string) (src []byte, ok bool) {
	if name == "" || strings.ContainsAny(name, `/\.`) {
		return nil, false
	}
	src, err := files.ReadFile("scenarios/" + name + ".toml")
	return src, err == nil
}

// Trace is the content of a built-in trace. The error is fs.ErrNotExist for a
// name that is not in the gallery.
func Trace(name string) ([]byte, error) {
	if name != path.Base(name) {
		return nil, fs.ErrNotExist
	}
	return files.ReadFile("traces/" + name)
}

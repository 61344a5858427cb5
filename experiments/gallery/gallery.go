// Package gallery holds the built-in scenarios and traces.
//
// The scenarios are ordinary files of the scenario language; `headroom init
// --from NAME` writes one out to start from.
package gallery

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Verify is the folder of the scenarios of which theory knows the figures: their
// names are "verify/mm1" and so on.
const Verify = "verify"

// Default is the scenario that `headroom run` simulates without a name.
const Default = "bootcamp"

// examples is the folder of those of Verify that are worked examples of a vendor's
// document. Their names do not have it.
const examples = Verify + "/aws"

// files holds scenarios/<name>.toml, verify/<name>.toml, verify/aws/<name>.toml,
// traces/*.csv, and the traces' licences.
//
//go:embed scenarios/*.toml verify/*.toml verify/aws/*.toml traces/*
var files embed.FS

// Names lists the built-in scenarios in alphabetical order, but those of Verify.
func Names() []string { return in("scenarios") }

// Verified lists the scenarios of Verify in alphabetical order.
func Verified() []string {
	names := slices.Concat(in(Verify), in(examples))
	for i := range names {
		names[i] = Verify + "/" + names[i]
	}
	slices.Sort(names)
	return names
}

// Documented tells of a scenario of Verify that is a worked example of a vendor's
// document, which its notes name: its expectations are what the document says.
func Documented(name string) bool {
	base, ok := strings.CutPrefix(name, Verify+"/")
	return ok && slices.Contains(in(examples), base)
}

// in lists the scenarios in a folder.
func in(folder string) []string {
	entries, err := files.ReadDir(folder)
	if err != nil {
		panic("gallery: " + err.Error()) // the folder is part of the binary
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, strings.TrimSuffix(e.Name(), ".toml"))
		}
	}
	slices.Sort(names) // a name that begins another one goes before it
	return names
}

// Scenario is the source of a built-in scenario; ok is false for a name that
// is not in the gallery.
func Scenario(name string) (src []byte, ok bool) {
	folder, name, inside := strings.Cut(name, "/")
	if !inside {
		folder, name = "scenarios", folder
	} else if folder != Verify {
		return nil, false
	}
	if name == "" || strings.ContainsAny(name, `/\.`) {
		return nil, false
	}
	src, err := files.ReadFile(folder + "/" + name + ".toml")
	if err != nil && folder == Verify {
		src, err = files.ReadFile(examples + "/" + name + ".toml")
	}
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

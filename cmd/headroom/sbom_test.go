package main

import (
	"bytes"
	"encoding/json"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
)

var built = &debug.BuildInfo{
	GoVersion: "go1.26.8",
	Main:      debug.Module{Path: "github.com/headroom-sim/headroom", Version: "v0.1.0"},
	Deps: []*debug.Module{
		{Path: "gonum.org/v1/gonum", Version: "v0.17.0", Sum: "h1:one"},
		{Path: "example.com/b", Version: "v1.0.0", Replace: &debug.Module{Path: "example.com/fork", Version: "v1.0.1", Sum: "h1:two"}},
	},
	Settings: []debug.BuildSetting{{Key: "GOARCH", Value: "amd64"}},
}

// The bill of materials has what CycloneDX requires: a format, a version, for each
// component a type and a name, references that are unique and lead somewhere. And it
// has each module, in the version that is linked.
func TestSBOM(t *testing.T) {
	var text, again bytes.Buffer
	require.NoError(t, printSBOM(&text, built))
	require.NoError(t, printSBOM(&again, built))
	require.Equal(t, text.String(), again.String())
	var b struct {
		BOMFormat, SpecVersion string
		Version                int
		Metadata               struct{ Component map[string]any }
		Components             []map[string]any
		Dependencies           []struct {
			Ref       string
			DependsOn []string
		}
	}
	require.NoError(t, json.Unmarshal(text.Bytes(), &b))
	require.Equal(t, []any{"CycloneDX", "1.6", 1}, []any{b.BOMFormat, b.SpecVersion, b.Version})
	require.Equal(t, "pkg:golang/github.com/headroom-sim/headroom@v0.1.0", b.Metadata.Component["purl"])
	var refs []string
	for _, c := range b.Components {
		require.Equal(t, "library", c["type"])
		require.NotEmpty(t, c["name"])
		require.Equal(t, c["bom-ref"], c["purl"])
		refs = append(refs, c["purl"].(string))
	}
	require.Equal(t, []string{"pkg:golang/example.com/fork@v1.0.1", "pkg:golang/gonum.org/v1/gonum@v0.17.0", "pkg:golang/std@go1.26.8"}, refs)
	require.Len(t, b.Dependencies, 1)
	require.Equal(t, b.Metadata.Component["bom-ref"], b.Dependencies[0].Ref)
	require.Equal(t, refs, b.Dependencies[0].DependsOn)
	require.Contains(t, text.String(), `"value": "h1:two"`)
}

// A build of a folder has the program's version, no path of its builder, and
// package URLs that are valid.
func TestSBOMOfAFolder(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, printSBOM(&text, &debug.BuildInfo{
		Main:     debug.Module{Path: "example.com/a", Version: "(devel)"},
		Deps:     []*debug.Module{{Path: "example.com/b", Version: "v2.0.0+incompatible"}},
		Settings: []debug.BuildSetting{{Key: "-pgo", Value: "/home/somebody/default.pgo"}},
	}))
	require.Contains(t, text.String(), `"pkg:golang/example.com/a@`+experiments.Version+`"`)
	require.Contains(t, text.String(), `"pkg:golang/example.com/b@v2.0.0%2Bincompatible"`)
	require.Contains(t, text.String(), `"default.pgo"`)
	require.NotContains(t, text.String(), "somebody")
}

// This very binary has its modules in it.
func TestSBOMOfThisBinary(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	require.True(t, ok)
	b := newBOM(info)
	require.Len(t, b.Components, len(info.Deps)+1)
	require.True(t, slices.ContainsFunc(b.Components, func(c component) bool { return strings.Contains(c.Ref, "gonum.org/v1/plot@v") }))
}

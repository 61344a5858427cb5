package experiments

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/headroom-sim/headroom/experiments/files"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/trace"
)

// Load reads a scenario file, or one of the gallery where there is no such
// file. Files that a scenario file names are looked up beside it, then among
// the built-in traces. The error is scenario.Problems where the scenario cannot
// be read as TOML.
func Load(name string) (*Scenario, error) { return load(name, name) }

// load is Load where the gallery has another name for it.
func load(name, builtIn string) (*Scenario, error) {
	src, err := files.ReadNamed(name)
	if err == nil {
		folder := filepath.Dir(name)
		return parse(name, src, func(wanted string) ([]byte, error) { return readBeside(folder, wanted) })
	}
	if _, ok := gallery.Scenario(builtIn); ok && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, files.ErrFolder)) {
		return loadBuiltIn(builtIn)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unknownScenario(name)
	}
	return nil, fmt.Errorf("%s: %w", name, err)
}

// loadBuiltIn reads a scenario that is in the gallery.
func loadBuiltIn(name string) (*Scenario, error) {
	src, _ := gallery.Scenario(name)
	s, err := parse(name, src, gallery.Trace)
	s.BuiltIn = true
	return s, err
}

func parse(name string, src []byte, named quantity.Files) (*Scenario, error) {
	s := &Scenario{Name: baseName(name), Source: name, text: src, named: make(map[string][]byte)}
	file, problems := scenario.Parse(name, src, func(wanted string) ([]byte, error) {
		data, err := named(wanted)
		if err == nil {
			s.named[wanted] = data
		}
		return data, err
	})
	s.File = file
	return s, problems.Err()
}

// readBeside reads a file that a scenario names.
func readBeside(folder, name string) ([]byte, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, name)
	}
	data, err := files.Use(path, condensed)
	if errors.Is(err, fs.ErrNotExist) {
		if data, err := gallery.Trace(name); err == nil {
			return data, nil
		}
		return nil, errors.New("no such file beside the scenario, nor a built-in trace of that name")
	}
	return data, err
}

// condensed is all of a file, but of access logs, which may be of any size: of these
// it is the trace that they are.
func condensed(r io.Reader, size int64) ([]byte, error) {
	b := bufio.NewReaderSize(r, trace.Beginning)
	if beginning, _ := b.Peek(trace.Beginning); trace.IsAccessLog(beginning) {
		return trace.Condense(b)
	}
	return files.All(b, size)
}

func unknownScenario(name string) error {
	names := gallery.Names()
	if near := quantity.Nearest(name, names); near != "" {
		return fmt.Errorf("%s: no such file, and no built-in scenario of that name (did you mean %q?)", name, near)
	}
	return fmt.Errorf("%s: no such file, and no built-in scenario of that name (built in: %s)", name, strings.Join(names, ", "))
}

// baseName is the name of a scenario file without folder and ending, where that can
// name a folder: "..toml" stays as it is.
func baseName(name string) string {
	base := filepath.Base(name)
	if trimmed := strings.TrimSuffix(base, ".toml"); trimmed != "." && filepath.IsLocal(trimmed) {
		return trimmed
	}
	return base
}

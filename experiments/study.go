package experiments

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Version is that of the model: the same scenario, seed and version give the
// same bytes.
const Version = "0.1.0"

// Options choose one configuration of a scenario.
type Options struct {
	Variant string   // "" is the base
	Sets    []string // "KEY=VALUE" over the file
}

// Study is one configuration of a scenario, ready to be simulated.
type Study struct {
	// Name is the scenario's: that of the gallery, or of the file without its
	// folder and ending.
	Name    string
	Variant string
	Spec    *scenario.Spec
}

// Open reads a scenario, a file or one of the gallery, and chooses a
// configuration of it. The error is scenario.Problems where the scenario is
// wrong.
func Open(name string, o Options) (*Study, error) {
	file, err := Load(name)
	if err != nil {
		return nil, err
	}
	spec, problems := file.Spec(o.Variant, o.Sets)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return &Study{Name: baseName(name), Variant: o.Variant, Spec: spec}, nil
}

// maxFile is the largest file that a scenario may be or name.
const maxFile = 1 << 30

// Load reads a scenario file, or one of the gallery where there is no such
// file. Files that it names are looked up beside it, then among the built-in
// traces.
func Load(name string) (*scenario.File, error) {
	src, err := readFile(name)
	if errors.Is(err, fs.ErrNotExist) || isFolder(err) {
		builtIn, ok := gallery.Scenario(name)
		if !ok {
			return nil, unknownScenario(name)
		}
		src, err = builtIn, nil
	}
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(name)
	file, problems := scenario.Parse(name, src, func(wanted string) ([]byte, error) {
		return readBeside(folder, wanted)
	})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return file, nil
}

// readBeside reads a file that a scenario names.
func readBeside(folder, name string) ([]byte, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, name)
	}
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if data, err := gallery.Trace(name); err == nil {
			return data, nil
		}
		return nil, fmt.Errorf("no such file beside the scenario, nor a built-in trace of that name")
	}
	return data, err
}

// errFolder says that a folder stands where a file was expected.
var errFolder = errors.New("is a folder")

func isFolder(err error) bool { return errors.Is(err, errFolder) }

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s: %w", path, errFolder)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s: larger than %d bytes", path, maxFile)
	}
	return os.ReadFile(path)
}

func unknownScenario(name string) error {
	list := strings.Join(gallery.Names(), ", ")
	return fmt.Errorf("%s: no such file, and no built-in scenario of that name (built in: %s)", name, list)
}

func baseName(name string) string {
	base := filepath.Base(name)
	if trimmed := strings.TrimSuffix(base, ".toml"); trimmed != "" {
		return trimmed
	}
	return base
}

// Replications is how many the scenario asks for; without, the given number.
func (s *Study) Replications(otherwise int) int {
	if s.Spec.Replications != nil {
		return *s.Spec.Replications
	}
	return otherwise
}

// Run simulates the study's replications, one where the scenario does not say
// how many, jobs of them at a time. It calls progress, from several
// goroutines, with the share that is done.
//
// The bytes of the result do not depend on jobs. When the context is
// cancelled, the error is its; the result is then that of the first
// replications, as many as were finished, or nil.
func (s *Study) Run(ctx context.Context, jobs int, progress func(done float64)) (*Result, error) {
	outcomes, err := s.replicate(ctx, s.Replications(1), jobs, progress)
	interrupted := ctx.Err() != nil && errors.Is(err, context.Cause(ctx))
	if err != nil && (len(outcomes) == 0 || !interrupted) {
		return nil, err
	}
	result := s.result(outcomes)
	if err != nil {
		result.Warnings = append(result.Warnings, fmt.Sprintf("interrupted: %d of %d replications", len(outcomes), s.Replications(1)))
	}
	return result, err
}

// end of the simulated time.
func (s *Study) end() engine.Time { return s.Spec.Duration.Time() }

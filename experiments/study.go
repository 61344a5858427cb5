package experiments

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/models/quantity"
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
	Source  string // as it was asked for
	Variant string
	Sets    []Set // overrides that Spec holds already
	Spec    *scenario.Spec
	Doubts  scenario.Problems // what is legal in it, and almost surely a slip
	Unused  []string          // places that requests come to in the base, and not in this variant
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
	return &Study{
		Name: baseName(name), Source: name, Variant: o.Variant, Sets: readSets(o.Sets),
		Spec: spec, Doubts: file.Doubts(o.Variant, o.Sets), Unused: file.Unused(o.Variant, o.Sets),
	}, nil
}

// readSets are the overrides but those of seed and replications, which a
// result tells anyway.
func readSets(texts []string) []Set {
	var sets []Set
	for _, text := range texts {
		key, value, _ := strings.Cut(text, "=")
		s := Set{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value), Text: text}
		if plain, err := strconv.Unquote(s.Value); err == nil {
			s.Value = plain
		}
		if s.Key != "seed" && s.Key != "replications" {
			sets = append(sets, s)
		}
	}
	return sets
}

// maxFile is the size of the largest file that a scenario may be or name, in
// bytes.
const maxFile = 1 << 30

// Load reads a scenario file, or one of the gallery where there is no such
// file. Files that a scenario file names are looked up beside it, then among
// the built-in traces.
func Load(name string) (*scenario.File, error) {
	src, err := readFile(name)
	if err == nil {
		folder := filepath.Dir(name)
		return parse(name, src, func(wanted string) ([]byte, error) { return readBeside(folder, wanted) })
	}
	if src, ok := gallery.Scenario(name); ok && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, errFolder)) {
		return parse(name, src, gallery.Trace)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unknownScenario(name)
	}
	return nil, fmt.Errorf("%s: %w", name, err)
}

func parse(name string, src []byte, files quantity.Files) (*scenario.File, error) {
	file, problems := scenario.Parse(name, src, files)
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
		return nil, errors.New("no such file beside the scenario, nor a built-in trace of that name")
	}
	return data, err
}

// errFolder says that a folder stands where a file was expected.
var errFolder = errors.New("is a folder")

// readFile reads a file that is not too large. Its errors do not name the file.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errFolder
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1)) // a device has no size to ask for
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("is larger than %d bytes", maxFile)
	}
	return data, reason(err)
}

// reason is what the system says is wrong, without the deed that failed and
// the file's name.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func unknownScenario(name string) error {
	names := gallery.Names()
	if near := quantity.Nearest(name, names); near != "" {
		return fmt.Errorf("%s: no such file, and no built-in scenario of that name (did you mean %q?)", name, near)
	}
	return fmt.Errorf("%s: no such file, and no built-in scenario of that name (built in: %s)", name, strings.Join(names, ", "))
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

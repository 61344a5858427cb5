package experiments

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

// maxFile is the size of the largest file that a scenario may be or name, in
// bytes.
const maxFile = 1 << 30

// Load reads a scenario file, or one of the gallery where there is no such
// file. Files that a scenario file names are looked up beside it, then among
// the built-in traces. The error is scenario.Problems where the scenario cannot
// be read as TOML.
func Load(name string) (*Scenario, error) {
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

func parse(name string, src []byte, files quantity.Files) (*Scenario, error) {
	s := &Scenario{Name: baseName(name), Source: name, text: src, named: make(map[string][]byte)}
	file, problems := scenario.Parse(name, src, func(wanted string) ([]byte, error) {
		data, err := files(wanted)
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

// baseName is the name of a scenario file without folder and ending, where that can
// name a folder: "..toml" stays as it is.
func baseName(name string) string {
	base := filepath.Base(name)
	if trimmed := strings.TrimSuffix(base, ".toml"); trimmed != "." && filepath.IsLocal(trimmed) {
		return trimmed
	}
	return base
}

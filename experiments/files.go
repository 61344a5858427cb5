package experiments

import (
	"bufio"
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
	"github.com/headroom-sim/headroom/models/trace"
)

// maxFile is the size of the largest file that a scenario may be or name, in
// bytes, but for access logs.
const maxFile = 1 << 30

// Load reads a scenario file, or one of the gallery where there is no such
// file. Files that a scenario file names are looked up beside it, then among
// the built-in traces. The error is scenario.Problems where the scenario cannot
// be read as TOML.
func Load(name string) (*Scenario, error) { return load(name, name) }

// load is Load where the gallery has another name for it.
func load(name, builtIn string) (*Scenario, error) {
	src, err := readFile(name)
	if err == nil {
		folder := filepath.Dir(name)
		return parse(name, src, func(wanted string) ([]byte, error) { return readBeside(folder, wanted) })
	}
	if _, ok := gallery.Scenario(builtIn); ok && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, errFolder)) {
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
	data, err := read(path, condensed)
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
func readFile(path string) ([]byte, error) { return read(path, contents) }

// read gives what some function makes of a file and its size, which is 0 of a
// device. Its errors do not name the file.
func read(path string, use func(r io.Reader, size int64) ([]byte, error)) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, reason(err)
	}
	if info.IsDir() {
		return nil, errFolder
	}
	data, err := use(file, info.Size())
	return data, reason(err)
}

// contents is all that there is to read, if it is not too much.
func contents(r io.Reader, size int64) (data []byte, err error) {
	if size <= maxFile {
		data, err = io.ReadAll(io.LimitReader(r, maxFile+1))
	}
	if err == nil && max(size, int64(len(data))) > maxFile {
		return nil, fmt.Errorf("is larger than %d GiB", maxFile>>30)
	}
	return data, err
}

// condensed is what contents is, but for access logs, which may be of any size: of
// these it is the trace that they are.
func condensed(r io.Reader, size int64) ([]byte, error) {
	b := bufio.NewReaderSize(r, trace.Beginning)
	if beginning, _ := b.Peek(trace.Beginning); trace.IsAccessLog(beginning) {
		return trace.Condense(b)
	}
	return contents(b, size)
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

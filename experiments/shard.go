package experiments

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/files"
)

// Shard is a part of a sweep's points, that of one process among several.
type Shard struct {
	Number int `json:"shard"` // from 1
	Of     int `json:"of"`
}

// mostShards is into how many parts a sweep can be cut.
const mostShards = 999_999

var shardPattern = regexp.MustCompile(`^([0-9]{1,6})/([0-9]{1,6})$`)

// ParseShard reads "2/8", the second of eight.
func ParseShard(text string) (Shard, error) {
	m := shardPattern.FindStringSubmatch(text)
	if m == nil {
		return Shard{}, fmt.Errorf("must be I/N, as in 2/8 for the second of eight (have %q)", text)
	}
	number, _ := strconv.Atoi(m[1]) // at most six digits
	of, _ := strconv.Atoi(m[2])
	if number < 1 || number > of {
		return Shard{}, fmt.Errorf("must be I/N with I from 1 to N (have %q)", text)
	}
	return Shard{number, of}, nil
}

// Has reports whether a point is the shard's. Points are dealt in turn, and
// each round begins with another shard, or the costly points of a grid might
// all be one shard's.
func (s Shard) Has(point int) bool { return (point+point/s.Of)%s.Of == s.Number-1 }

func (s Shard) String() string { return fmt.Sprintf("%d of %d", s.Number, s.Of) }

// ShardSchema is the version of the description of a shard.
const ShardSchema = "headroom.shard/1"

// manifest describes the shard that a folder holds.
type manifest struct {
	Schema   string `json:"schema"`
	Model    string `json:"model"`
	Finished bool   `json:"finished"`
	Shard
	Sweep  definition        `json:"sweep"`
	Inputs map[string]string `json:"inputs"` // digests of the scenario ("") and of the files that it names
}

// definition is what a sweep is, but for the inputs.
type definition struct {
	Source       string      `json:"source"`
	Variant      string      `json:"variant"`
	Sets         []string    `json:"sets,omitempty"`
	Vary         [][2]string `json:"vary"` // keys and ranges
	Kind         string      `json:"kind"`
	Points       int         `json:"points"`
	Trajectories int         `json:"trajectories"`
	Levels       int         `json:"levels"`
	Seed         uint64      `json:"seed"`
	File         string      `json:"file"`
	Metrics      []string    `json:"metrics,omitempty"`
	Replications int         `json:"replications"`
}

const (
	manifestName = "shard.json"
	inputsFolder = "inputs"
)

// manifest of a shard of the sweep.
func (s *Sweep) manifest(shard Shard) manifest {
	d := s.Design
	m := manifest{
		Schema: ShardSchema, Model: Model(), Shard: shard, Inputs: map[string]string{"": digest(s.text)},
		Sweep: definition{
			Source: s.Source, Variant: s.Options.Variant, Sets: s.Options.Sets, Kind: d.Kind.String(),
			Points: d.Points, Trajectories: d.Trajectories, Levels: d.Steps, Seed: d.Seed, File: s.DesignFile,
			Metrics: s.Metrics, Replications: s.Replications,
		},
	}
	for _, f := range d.Factors {
		m.Sweep.Vary = append(m.Sweep.Vary, [2]string{f.Key, f.Range})
	}
	for name, data := range s.named {
		m.Inputs[name] = digest(data)
	}
	return m
}

func digest(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// options are those that the definition was made from.
func (d definition) options() (SweepOptions, error) {
	kind, err := design.ParseKind(d.Kind)
	if err != nil {
		return SweepOptions{}, fmt.Errorf("kind %w", err)
	}
	o := SweepOptions{
		Options: Options{Variant: d.Variant, Sets: d.Sets}, Metrics: d.Metrics, DesignFile: d.File,
		Design: design.Design{Kind: kind, Points: d.Points, Trajectories: d.Trajectories, Steps: d.Levels, Seed: d.Seed},
	}
	for _, pair := range d.Vary {
		f, err := design.NewFactor(pair[0], pair[1])
		if err != nil {
			return SweepOptions{}, fmt.Errorf("vary %s: %w", pair[0], err)
		}
		o.Design.Factors = append(o.Design.Factors, f)
	}
	return o, nil
}

// text tells definitions apart.
func (d definition) text() string {
	text, err := json.Marshal(d)
	if err != nil {
		panic("experiments: " + err.Error()) // strings and numbers only
	}
	return string(text)
}

// ShardFolder holds a shard of a sweep: its finished cells, what it is part of,
// and the inputs, so that it can be merged with the others anywhere.
type ShardFolder struct {
	Store *cells.Store

	path     string
	manifest manifest
}

// OpenShard makes the folder of a shard, or finds the one that the same command
// has begun. The error tells what is in the way.
func (s *Sweep) OpenShard(path string, shard Shard) (*ShardFolder, error) {
	f := &ShardFolder{path: path, manifest: s.manifest(shard)}
	switch before, err := readManifest(path); {
	case err == nil && before.Shard != shard:
		return nil, fmt.Errorf("%s: is shard %s: a shard needs a folder of its own", path, before.Shard)
	case err == nil:
		if err := before.isOf(f.manifest); err != nil {
			return nil, fmt.Errorf("%s: holds a shard of %w: take another folder, or delete it", path, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		if err := f.begin(s); err != nil {
			return nil, err
		}
	}
	var err error
	f.Store, err = cells.Open(path, s.Name)
	return f, err
}

// begin makes the folder with the inputs.
func (f *ShardFolder) begin(s *Sweep) error {
	if entries, err := os.ReadDir(f.path); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s: is in the way: it is no shard of a sweep, and not empty", f.path)
	}
	inputs := filepath.Join(f.path, inputsFolder)
	if err := os.MkdirAll(inputs, 0o755); err != nil {
		return files.About(f.path, err)
	}
	for _, data := range slices.Concat([][]byte{s.text}, slices.Collect(maps.Values(s.named))) {
		path := filepath.Join(inputs, digest(data))
		if err := files.Replace(path, files.Bytes(data)); err != nil {
			return files.About(path, err)
		}
	}
	return f.describe()
}

// describe writes what the shard is.
func (f *ShardFolder) describe() error {
	text, err := json.MarshalIndent(f.manifest, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(f.path, manifestName)
	return files.About(path, files.Replace(path, files.Bytes(append(text, '\n'))))
}

// Finish notes that all cells of the shard are there.
func (f *ShardFolder) Finish() error {
	f.manifest.Finished = true
	return f.describe()
}

func readManifest(folder string) (m manifest, err error) {
	path := filepath.Join(folder, manifestName)
	text, err := files.Read(path, files.Most)
	if err != nil {
		return manifest{}, files.About(path, err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return manifest{}, fmt.Errorf("%s: is no description of a shard: %w", path, err)
	}
	if m.Number < 1 || m.Number > m.Of || m.Of > mostShards {
		return manifest{}, fmt.Errorf("%s: is no description of a shard: there is no shard %s", path, m.Shard)
	}
	if m.Schema != ShardSchema {
		return manifest{}, fmt.Errorf("%s: has the schema %q, and this program knows %q", path, m.Schema, ShardSchema)
	}
	return m, nil
}

// isOf tells whether two shards are of the same sweep; the error names what the
// first one is of.
func (m manifest) isOf(other manifest) error {
	switch {
	case m.Model != other.Model:
		return fmt.Errorf("another version of headroom (%s, not %s)", m.Model, other.Model)
	case m.Sweep.Source != other.Sweep.Source || !maps.Equal(m.Inputs, other.Inputs):
		return fmt.Errorf("another scenario, or another text of it (%s)", m.Sweep.Source)
	case m.Of != other.Of:
		return fmt.Errorf("a sweep in another number of shards (%d, not %d)", m.Of, other.Of)
	case m.Sweep.text() != other.Sweep.text():
		return errors.New("another design or other settings")
	}
	return nil
}

package experiments

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/experiments/files"
)

// Shards are all shards of a sweep, finished and ready to be merged.
type Shards struct {
	*Sweep
	Store Store // of all cells

	files *cells.Store
}

// Close ends the use of the shards' files.
func (s *Shards) Close() error { return s.files.Close() }

// OpenShards opens the folders of all shards of a sweep. The error names each
// folder that is none, not finished, or of another sweep, and the shards that
// are missing.
func OpenShards(ctx context.Context, folders ...string) (*Shards, error) {
	manifests := make([]manifest, len(folders))
	var errs []error
	for i, folder := range folders {
		m, err := readManifest(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = fmt.Errorf("%s: is no shard of a sweep: it holds no %s", folder, manifestName)
		case err == nil && !m.Finished:
			err = fmt.Errorf("%s: shard %s is not finished: the command that began it goes on with it", folder, m.Shard)
		}
		manifests[i], errs = m, append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if err := fit(folders, manifests); err != nil {
		return nil, err
	}
	sweep, err := manifests[0].open(ctx, folders[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folders[0], err)
	}
	return openCells(sweep, folders)
}

// openCells opens the files of cells in all folders, one behind the other.
func openCells(sweep *Sweep, folders []string) (*Shards, error) {
	var paths []string
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(escapeGlob(folder), "*.cells"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
		paths = append(paths, found...)
	}
	store, err := cells.Read(paths...)
	if err != nil {
		return nil, err
	}
	return &Shards{Sweep: sweep, Store: complete{store}, files: store}, nil
}

// escapeGlob makes a path mean itself in a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// mostMissing is how many shards an error names.
const mostMissing = 10

// fit finds shards that are not of one sweep, there twice, or missing.
func fit(folders []string, manifests []manifest) error {
	var errs []error
	of := make(map[int]string)
	for i, m := range manifests {
		if err := m.isOf(manifests[0]); err != nil {
			errs = append(errs, fmt.Errorf("%s: is a shard of %w, unlike %s", folders[i], err, folders[0]))
			continue
		}
		if other, twice := of[m.Number]; twice {
			errs = append(errs, fmt.Errorf("%s and %s are both shard %s", other, folders[i], m.Shard))
		}
		of[m.Number] = folders[i]
	}
	if manifests[0].Model != Model() {
		errs = append(errs, fmt.Errorf("%s: was made by another version of headroom (%s; this is %s)", folders[0], manifests[0].Model, Model()))
	}
	if err := lacking(of, manifests[0].Of); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// lacking is an error that names the shards that are not there.
func lacking(there map[int]string, of int) error {
	var missing []string
	n := 0
	for number := 1; number <= of; number++ {
		if there[number] != "" {
			continue
		}
		if n++; n <= mostMissing {
			missing = append(missing, "shard "+Shard{number, of}.String())
		}
	}
	switch {
	case n == 0:
		return nil
	case n > mostMissing:
		missing = append(missing, fmt.Sprintf("and %d more", n-mostMissing))
	}
	return fmt.Errorf("missing: %s", strings.Join(missing, ", "))
}

// open makes the sweep anew from the inputs in a shard's folder.
func (m manifest) open(ctx context.Context, folder string) (*Sweep, error) {
	input := func(name string) ([]byte, error) {
		sum, ok := m.Inputs[name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		path := filepath.Join(folder, inputsFolder, filepath.Base(sum))
		data, err := files.Read(path, files.Most)
		if err == nil && digest(data) != sum {
			err = fmt.Errorf("%s: has been changed", path)
		}
		return data, err
	}
	text, err := input("")
	if err != nil {
		return nil, err
	}
	s, err := parse(m.Sweep.Source, text, input)
	if err != nil {
		return nil, err
	}
	o, err := m.Sweep.options()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	return s.Sweep(ctx, o)
}

// complete is a store in which every cell must be.
type complete struct{ *cells.Store }

// Get is that of the store.
func (s complete) Get(k cells.Key) ([]byte, bool, error) {
	data, ok, err := s.Store.Get(k)
	if err == nil && !ok {
		err = errors.New("a cell is missing: files of cells have been removed from the shards, or changed")
	}
	return data, ok, err
}

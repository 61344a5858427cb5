package experiments

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/headroom-sim/headroom"
	"github.com/headroom-sim/headroom/experiments/cells"
)

// Version is that of the model: the same scenario, seed and version give the
// same bytes.
const Version = "0.1.0"

// Model tells apart all that figures depend on beside the scenario and its
// seed: the version, and a digest of the sources. It is the same for all builds
// of the same sources, with go run or go build, from a clone or as a library.
var Model = sync.OnceValue(func() string { return Version + "+" + sourceDigest(headroom.Sources) })

// sourceDigest is that of all files but tests, by their names and contents.
func sourceDigest(sources fs.FS) string {
	h := sha256.New()
	err := fs.WalkDir(sources, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := fs.ReadFile(sources, name)
		fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
		return err
	})
	if err != nil {
		panic(err) // no file of the binary's own is missing
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// Key is that under which a replication of the study, from 0, is stored: a
// digest of all that its figures depend on. Comments, titles and the bounds of
// expectations change nothing, but those by which minutes are judged, and the
// windows that are measured.
func (s *Study) Key(replication int) cells.Key {
	var text strings.Builder
	fmt.Fprintf(&text, "model %s\nseed %d\nreplication %d\n", Model(), s.Spec.Seed, s.first()+replication)
	fmt.Fprintf(&text, "windows %v\nbatches %d\nobjectives %v\n", s.windows(), s.options.Batches, s.objectives())
	text.Write(s.Spec.Meaning())
	return sha256.Sum256([]byte(text.String()))
}

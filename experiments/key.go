package experiments

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/headroom-sim/headroom/experiments/cells"
)

// Version is that of the model: the same scenario, seed and version give the
// same bytes.
const Version = "0.1.0"

// Model tells apart all that figures depend on beside the scenario and its
// seed: the version, and between two releases the sources. Where they have
// changes that no commit knows, the program itself stands for them.
var Model = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Version == "v"+Version {
		return Version
	}
	settings := make(map[string]string)
	if ok {
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
	}
	if revision := settings["vcs.revision"]; revision != "" && settings["vcs.modified"] == "false" {
		return Version + "+" + revision
	}
	return Version + "+" + program()
})

// program is the digest of the running program.
func program() string {
	h := sha256.New()
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	file, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer file.Close()
	if _, err := io.Copy(h, file); err != nil {
		return "unknown"
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

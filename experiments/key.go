package experiments

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/headroom-sim/headroom/experiments/cells"
)

// Version is that of the model: the same scenario, seed and version give the
// same bytes.
const Version = "0.1.0"

// module is the path of this one.
const module = "github.com/headroom-sim/headroom"

// Model tells apart all that figures depend on beside the scenario and its
// seed: the version, and between two releases the sources. Where they have
// changes that no commit knows, the program itself stands for them.
var Model = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	return model(info, program)
})

// model is what a build says of this module, or what the program does.
func model(info *debug.BuildInfo, program func() string) string {
	m := &info.Main
	if at := slices.IndexFunc(info.Deps, func(dep *debug.Module) bool { return dep.Path == module }); at >= 0 {
		m = info.Deps[at]
	}
	released := m.Path == module && m.Replace == nil
	switch {
	case released && m.Version == "v"+Version:
		return Version
	case released && m != &info.Main: // its sources are those of its version
		return Version + "+" + m.Version
	case released:
		if revision := commit(info); revision != "" {
			return Version + "+" + revision
		}
	}
	return Version + "+" + program()
}

// commit is the one that the program was built from without changes, "" where
// it is not known.
func commit(info *debug.BuildInfo) string {
	settings := make(map[string]string)
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if settings["vcs.modified"] != "false" {
		return ""
	}
	return settings["vcs.revision"]
}

// program is the digest of the running program; where that cannot be read, a
// name that no other run has, so that no stored cell is taken for its own.
func program() string {
	digest, err := ownDigest()
	if err != nil {
		return fmt.Sprintf("unknown-%d-%d", os.Getpid(), time.Now().UnixNano())
	}
	return digest
}

func ownDigest() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16]), nil
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

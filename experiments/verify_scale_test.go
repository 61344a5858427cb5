package experiments

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/internal/swarm"
)

// Queues know no unit of time: what takes a hundred times as long gives the same figures,
// in its unit, unless a limit that is a default is met. Then no law may be known.
func TestLawsHoldInAnyUnit(t *testing.T) {
	if testing.Short() {
		t.Skip("ten seconds")
	}
	const times = 100
	o, folder := VerifyOptions{Seed: VerifySeed, Budget: verifyBudget / 2}, t.TempDir()
	var refused []string
	for _, name := range slices.DeleteFunc(gallery.Verified(), gallery.Documented) {
		src, _ := gallery.Scenario(name)
		file := filepath.Join(folder, filepath.Base(name)+".toml")
		require.NoError(t, os.WriteFile(file, []byte(swarm.Stretched(string(src), times)), 0o600))
		if _, err := NewVerifier(VerifyOptions{Names: []string{file}}); err != nil {
			require.ErrorContains(t, err, "must be at least", "it is a limit that is in the way")
			refused = append(refused, filepath.Base(name))
			continue
		}
		o.Names = append(o.Names, file)
	}
	require.ElementsMatch(t, []string{
		"database-pool", "late-scale-out", "power-of-two", "random", "round-robin", "shortest-2", "shortest-3", "shortest-4",
	}, refused)
	v := verify(t, o)
	require.Empty(t, off(v))
	require.Equal(t, output.Pass, v.Verdict(), "%+v", v.Agreement)
}

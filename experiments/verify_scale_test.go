package experiments

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/output"
)

// stretched is a scenario in which all that is set takes so many times as long.
func stretched(src []byte, times float64) []byte {
	number := regexp.MustCompile(`\b(\d+(?:\.\d+)?)(ms|s|m|h|/s)\b`)
	return number.ReplaceAllFunc(src, func(found []byte) []byte {
		part := number.FindSubmatch(found)
		value, _ := strconv.ParseFloat(string(part[1]), 64)
		if string(part[2]) == "/s" {
			return fmt.Appendf(nil, "%g/s", value/times)
		}
		return fmt.Appendf(nil, "%s%s", strconv.FormatFloat(value*times, 'f', -1, 64), part[2])
	})
}

// Queues know no unit of time: what takes a hundred times as long gives the same figures,
// in its unit, unless a limit that is a default is met. Then no law may be known.
func TestLawsHoldInAnyUnit(t *testing.T) {
	if testing.Short() {
		t.Skip("ten seconds")
	}
	const times = 100
	o, folder := VerifyOptions{Seed: VerifySeed, Budget: verifyBudget / 2}, t.TempDir()
	for _, name := range slices.DeleteFunc(gallery.Verified(), gallery.Documented) {
		src, _ := gallery.Scenario(name)
		file := filepath.Join(folder, filepath.Base(name)+".toml")
		require.NoError(t, os.WriteFile(file, stretched(src, times), 0o600))
		if _, err := NewVerifier(VerifyOptions{Names: []string{file}}); err != nil {
			require.Contains(t, []string{
				"database-pool", "late-scale-out", "power-of-two", "random", "round-robin", "shortest-2", "shortest-3", "shortest-4",
			}, filepath.Base(name), err.Error())
			continue
		}
		o.Names = append(o.Names, file)
	}
	v := verify(t, o)
	require.Empty(t, off(v))
	require.Equal(t, output.Pass, v.Verdict(), "%+v", v.Agreement)
}

package experiments

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/gallery"
)

// Where nothing is left to chance, another seed gives the same figures.
func TestCertainCasesNeedNoLuck(t *testing.T) {
	figures := func(seed uint64) map[string]float64 {
		o := VerifyOptions{Seed: seed, Budget: verifyBudget}
		for _, c := range verifier(t, o).Cases {
			if c.Law.Certain() {
				o.Names = append(o.Names, c.Source)
			}
		}
		list := make(map[string]float64)
		for _, c := range verify(t, o).Cases {
			for _, f := range c.Figures {
				list[c.Name+" "+f.Metric+" "+f.Expectation] = f.Output.Mean
			}
		}
		return list
	}
	one := figures(1)
	require.NotEmpty(t, one)
	require.Equal(t, one, figures(2))
}

// What a document says is known of its worked example as it is: not of a changed one,
// and of no file, whatever it is called.
func TestOnlyWorkedExamplesAreDocumented(t *testing.T) {
	const name = gallery.Verify + "/aws-track-out"
	require.Equal(t, "worked example", verifier(t, VerifyOptions{Names: []string{"aws-track-out"}}).Cases[0].Law.Name)
	_, err := NewVerifier(VerifyOptions{Names: []string{name}, Sets: []string{"fleets.web.max=4"}})
	require.ErrorContains(t, err, "no law")
	src, _ := gallery.Scenario(name)
	file := filepath.Join(t.TempDir(), "aws-track-out.toml")
	require.NoError(t, os.WriteFile(file, src, 0o600))
	_, err = NewVerifier(VerifyOptions{Names: []string{file}})
	require.ErrorContains(t, err, "no law")
}

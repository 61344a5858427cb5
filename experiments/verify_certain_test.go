package experiments

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/output"
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

// A file of a case's name is a file, with or without its ending and in the case's folder;
// all cases are the built-in ones whatever files there are.
func TestFilesOfTheNamesOfCases(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("verify", 0o700))
	src, _ := gallery.Scenario("verify/mm1")
	src = append(src, "[expectations.x]\nmetric = \"errors.timeout\"\nequals = 0\n"...)
	for _, name := range []string{"mm4", "verify/aws-track-out", "verify/mm1"} {
		require.NoError(t, os.WriteFile(name, src, 0o600))
		c := verifier(t, VerifyOptions{Names: []string{name}}).Cases[0]
		require.False(t, c.BuiltIn)
		require.Equal(t, name, c.Name)
		require.Equal(t, "M/M/1 at 0.8", c.Law.Name)
	}
	cases := verifier(t, VerifyOptions{}).Cases
	require.Len(t, cases, len(gallery.Verified()))
	for _, c := range cases {
		require.True(t, c.BuiltIn, c.Name)
	}
	require.NoError(t, os.Mkdir("md1", 0o700))
	require.True(t, verifier(t, VerifyOptions{Names: []string{"md1"}}).Cases[0].BuiltIn, "a folder is no file")
}

// Overrides of all cases leave out what holds only as it is, and the report says so.
func TestVerifyAllWithOverrides(t *testing.T) {
	v := verifier(t, VerifyOptions{Sets: []string{"title=changed"}, Budget: verifyBudget / 2})
	require.Len(t, v.Cases, len(slices.DeleteFunc(gallery.Verified(), gallery.Documented)))
	v.Cases = v.Cases[:1]
	require.Equal(t, []string{"worked examples are left out: they hold only as they are, without --set"}, v.verify(t, 2).Warnings)
}

// A figure that a run shows too seldom is left out, and the report says which.
func TestVerifyTellsWhatIsRare(t *testing.T) {
	v := verify(t, VerifyOptions{Names: []string{"jackson"}, Seed: VerifySeed, Budget: verifyBudget / 2, Sets: []string{"services.logic.servers=20"}})
	require.Len(t, v.Warnings, 1)
	require.Contains(t, v.Warnings[0], "jackson: services.logic.wait.mean is left out: ")
	require.Equal(t, output.Pass, v.Verdict())
}

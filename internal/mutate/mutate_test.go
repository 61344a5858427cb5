package main

import (
	"context"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// Every fault of the list can be planted, is Go, and asks packages that there are.
// Whoever changes the code that a fault is about changes the fault.
func TestFaults(t *testing.T) {
	faults, err := load(filepath.Join(root, list))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(faults), 60)
	for _, f := range faults {
		t.Run(f.Name, func(t *testing.T) {
			require.NotEmpty(t, f.Meaning)
			wrong, err := f.plant(root)
			require.NoError(t, err)
			_, err = parser.ParseFile(token.NewFileSet(), f.File, wrong, 0)
			require.NoError(t, err)
			for _, p := range f.Packages {
				tests, err := filepath.Glob(filepath.Join(root, p, "*_test.go"))
				require.NoError(t, err)
				require.NotEmpty(t, tests, "%s has no tests", p)
			}
		})
	}
}

// module writes a module with two tests, and returns a bench in it.
func module(t *testing.T) *bench {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module m\n",
		"sum.go":          "package m\n\nfunc sum(a, b int) int { return a + b }\n",
		"sum_test.go":     "package m\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tif sum(2, 0) != 2 {\n\t\tt.Fatal()\n\t}\n}\n",
		"bits_test.go":    "package m\n\nimport \"testing\"\n\nfunc TestBits(t *testing.T) {\n\tif sum(1, 1) != 2 {\n\t\tt.Fatal()\n\t}\n}\n",
		"odd/odd_test.go": "package odd\n\nimport \"testing\"\n\nfunc TestOdd(t *testing.T) { t.Fatal() }\n",
		"hang.go":         "package m\n\nfunc rest(on bool) {\n\tfor on {\n\t}\n}\n",
		"hang_test.go":    "package m\n\nimport \"testing\"\n\nfunc TestRest(*testing.T) { rest(false) }\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	b, err := newBench(t.Context(), dir, 3e9)
	require.NoError(t, err)
	t.Cleanup(b.close)
	return b
}

// What a test notices is caught, what none does survives, and so does what only a test of
// bits does; what ends no more is told apart, what fails without the fault too is flaky,
// and what cannot be planted or compiled is none of these.
func TestTry(t *testing.T) {
	b := module(t)
	for _, c := range []struct {
		file, before, after string
		want                verdict
		words               string
	}{
		{"sum.go", "a + b", "b", caught, "TestSum"},
		{"sum.go", "a + b", "a - b", survived, ""},
		{"hang.go", "for on {", "for !on {", hung, "TestRest"},
		{"sum.go", "a + b", "c", broken, "no test failed:"},
		{"sum.go", "a * b", "a", broken, "times in sum.go, not once:"},
		{"sum.go", "a", "b", broken, "times in sum.go, not once:"},
		{"gone.go", "a", "b", broken, "no such file"},
	} {
		o := b.try(Fault{File: c.file, Before: c.before, After: c.after, Packages: []string{"."}})
		require.Equal(t, c.want, o.verdict, "%s for %s: %s", c.after, c.before, o.words)
		require.Contains(t, o.words, c.words)
	}
}

// A test that fails with a fault and without it has not noticed the fault.
func TestTryFlaky(t *testing.T) {
	o := module(t).try(Fault{File: "sum.go", Before: "a + b", After: "b", Packages: []string{"odd"}})
	require.Equal(t, flaky, o.verdict)
	require.Equal(t, "TestOdd", o.words)
}

// What is interrupted has no verdict.
func TestPlantIsInterrupted(t *testing.T) {
	b := module(t)
	ctx, stop := context.WithCancel(b.ctx)
	b.ctx = ctx
	stop()
	require.ErrorContains(t, b.plant(io.Discard, []Fault{{File: "sum.go", Before: "a + b", After: "b", Packages: []string{"."}}}), "interrupted")
}

// Faults are planted only where the tests pass without them.
func TestPlantAsksForSoundTests(t *testing.T) {
	b := module(t)
	fault := Fault{Name: "one", File: "sum.go", Before: "a + b", After: "b", Packages: []string{"."}}
	require.NoError(t, b.plant(io.Discard, []Fault{fault}))
	require.Error(t, b.plant(io.Discard, nil), "no fault is none caught")
	require.NoError(t, os.WriteFile(filepath.Join(b.root, "sum.go"), []byte("package m\n\nfunc sum(a, b int) int { return a * b }\n"), 0o600))
	require.EqualError(t, b.plant(io.Discard, []Fault{fault}), "without a fault: caught: TestSum")
}

// The summary says what did not end as the list has it.
func TestSummary(t *testing.T) {
	var s summary
	w := io.Discard
	s.add(w, Fault{Name: "seen"}, outcome{verdict: caught})
	s.add(w, Fault{Name: "endless"}, outcome{verdict: hung})
	s.add(w, Fault{Name: "equal", Survives: "it is the same"}, outcome{verdict: survived})
	require.NoError(t, s.print(w))
	s.add(w, Fault{Name: "missed"}, outcome{verdict: survived})
	s.add(w, Fault{Name: "not equal", Survives: "it is the same"}, outcome{verdict: caught})
	s.add(w, Fault{Name: "no Go"}, outcome{verdict: broken})
	require.EqualError(t, s.print(w), "not as internal/mutate/faults.toml says: missed, not equal, no Go")
	require.Equal(t, []int{6, 2, 1}, []int{s.planted, s.caught, s.hung})
}

// Samples that begin one after the other have all faults between them, each once.
func TestSample(t *testing.T) {
	faults, err := load(filepath.Join(root, list))
	require.NoError(t, err)
	var names, want []string
	for _, f := range faults {
		want = append(want, f.Name)
	}
	const every = 60
	for from := range every {
		some, err := sample{every: every, from: 5*every + from}.of(faults)
		require.NoError(t, err)
		for _, f := range some {
			names = append(names, f.Name)
		}
	}
	require.ElementsMatch(t, want, names)
	for _, wrong := range []sample{{only: "(", every: 1}, {every: 0}, {every: 1, from: -1}} {
		_, err := wrong.of(faults)
		require.Error(t, err)
	}
}

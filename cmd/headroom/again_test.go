package main

import (
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// asked are commands, each with a report, that among them have every flag away
// from its default.
var asked = map[string][]string{
	"a run as precise as was asked": {
		"run", "./small.toml", "--variant", "unsure", "--seed", "7", "--set", "fleets.web.max=3", "--set", "title=it's\n$5 \"a `month`\"",
		"--duration", "90s", "--replications", "11", "--precision", "1.1%", "--max-replications", "13",
	},
	"a run in batches":       {"run", "small.toml", "--batches", "9"},
	"a replication of a run": {"run", "small.toml", "--replication", "3"},
	"variants that are compared": {
		"compare", "small.toml", "--seed", "5", "--set", "fleets.web.max=3", "--duration", "1m", "--replications", "10", "--precision", "0.7%", "--max-replications", "12",
	},
	"a variant that is compared":  {"compare", "small.toml", "--variant", "unsure", "--duration", "1m", "--replications", "2"},
	"scenarios that are compared": {"compare", "small.toml", "my sites/other.toml", "--replications", "2"},
	"a sample": {
		"sweep", "small.toml", "--variant", "unsure", "--vary", "fleets.web.min=1..3", "--vary", `routes.page.demand.web="exponential(2ms)","lognormal(2ms, scv=4)"`,
		"--design", "latin_hypercube", "--points", "4", "--metric", "latency.p50", "--metric", "cost.total", "--seed", "3", "--set", "fleets.web.max=3", "--duration", "30s", "--replications", "2",
	},
	"a screening":   {"sweep", "small.toml", "--vary", "fleets.web.min=1..3", "--design", "morris", "--trajectories", "3", "--duration", "30s", "--replications", "2"},
	"a design file": {"sweep", "small.toml", "--design", "design.toml", "--duration", "30s", "--replications", "2"},
	"a plan": {
		"plan", "small.toml", "--vary", "fleets.web.min=1..3", "--seed", "4", "--set", "fleets.web.zones=[\"a\",\"b\"]", "--duration", "50s", "--replications", "4", "--confidence", "80%",
		"--tolerance", "7%", "--max-replications", "9", "--precision", "3%", "--monotone", "--growth", "1.1,1.7", "--no-zone-loss",
	},
	"a plan without a growth table": {"plan", "small.toml", "--vary", "fleets.web.min=1..2", "--growth", "none", "--duration", "30s"},
	"a check": {
		"check", "small.toml", "--seed", "6", "--set", "fleets.web.max=3", "--duration", "1m", "--replications", "10", "--precision", "1.1%", "--max-replications", "12",
		"--level", "80%", "--baseline", "small.json", "--tolerance", "30%",
	},
	"a verification": {"verify", "mm1-light", "verify/erlang-b", "--seed", "7", "--set", "duration=5m", "--budget", "6s", "--wrong", "0.1%"},
}

// indifferent are the flags that change no figure of a report.
var indifferent = []string{"cells", "help", "jobs", "json", "format", "out", "quiet", "github", "junit", "save-baseline", "shard", "trace-window", "list", "write", "force"}

// The command that a report gives for the same again gives the same summary, byte
// for byte, in another folder.
func TestTheSameAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, args := range asked {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := sites(t), sites(t)
			simulated(t, exec.Command("headroom", slices.Concat(args, []string{"--out", "out", "--quiet"})...), here)
			_, command, found := strings.Cut(read(t, here, "out/report.md"), "\n    headroom ")
			require.True(t, found)
			command, _, _ = strings.Cut(command, "\n")
			require.True(t, strings.HasPrefix(command, args[0]+" "), command)
			simulated(t, exec.Command("sh", "-c", "headroom "+command+" --out out --quiet"), there)
			require.Equal(t, read(t, here, "out/summary.json"), read(t, there, "out/summary.json"), command)
		})
	}
}

// A flag that changes figures is asked for above.
func TestTheSameAgainHasAllFlags(t *testing.T) {
	with := make(map[string][]string)
	for _, args := range asked {
		with[args[0]] = append(with[args[0]], args...)
	}
	root := newRoot(io.Discard, io.Discard)
	for _, name := range slices.Sorted(maps.Keys(with)) {
		cmd, _, err := root.Find([]string{name})
		require.NoError(t, err)
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !slices.Contains(indifferent, f.Name) {
				require.Contains(t, with[name], "--"+f.Name, "headroom %s: put it among the indifferent flags, or into the command that gives the same again", name)
			}
		})
	}
}

// sites is a new folder with what the commands name.
func sites(t *testing.T) string {
	folder := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	require.NoError(t, err)
	for name, text := range map[string]string{
		"small.toml": string(small), "my sites/other.toml": strings.ReplaceAll(string(small), "2ms", "3ms"),
		"design.toml": "kind = \"sobol\"\npoints = 3\nseed = 8\n[vary]\n\"fleets.web.min\" = \"1..3\"\n",
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	simulated(t, exec.Command("headroom", "check", "small.toml", "--duration", "1m", "--replications", "3", "--seed", "6", "--cells", "none", "--quiet", "--save-baseline", "small.json"), folder)
	return folder
}

// simulated runs a command in a folder; what was found may be that nothing holds.
func simulated(t *testing.T, cmd *exec.Cmd, folder string) {
	t.Helper()
	var ended *exec.ExitError
	cmd.Dir = folder
	if said, err := cmd.CombinedOutput(); err != nil && (!errors.As(err, &ended) || ended.ExitCode() != exitJudged) {
		t.Fatalf("%s: %v\n%s", cmd, err, said)
	}
}

func read(t *testing.T, folder, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(data)
}

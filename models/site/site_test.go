package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
)

// read gives the configuration of a scenario that is given as text; files are
// those that it may name.
func read(t testing.TB, text string, files map[string]string, sets ...string) *scenario.Spec {
	t.Helper()
	file, problems := scenario.Parse("test.toml", []byte(text), func(name string) ([]byte, error) { return []byte(files[name]), nil })
	require.NoError(t, problems.Err())
	spec, problems := file.Spec("", sets)
	require.NoError(t, problems.Err())
	return spec
}

// whole is the configuration of a run that is measured from beginning to end.
func whole(spec *scenario.Spec, during ...Span) Config {
	return Config{Seed: spec.Seed, Measured: Span{spec.Discard.For.Time(), spec.Duration.Time()}, During: during}
}

// simulate runs a scenario that is given as text.
func simulate(t testing.TB, text string, during ...Span) *Outcome {
	t.Helper()
	spec := read(t, text, nil)
	o, err := Build(spec, whole(spec, during...)).Run(onward)
	require.NoError(t, err)
	return o
}

func onward(engine.Time) bool { return true }

// Requests that take years leave the books balanced, although a second of them is
// little beside what is left.
func TestDemandsOfYears(t *testing.T) {
	simulate(t, `duration = "90s"
	[clients.c]
	target = "web"
	rate = "22/s"
	timeout = "30s"
	cancel = true
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	[routes.r]
	demand.web = "800d"`)
}

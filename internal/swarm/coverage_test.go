package swarm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/autoscaling"
)

// Continuous integration goes through rows of 800 seeds, which are about everything.
func TestThemesAreFewerThanSeeds(t *testing.T) {
	require.LessOrEqual(t, len(themes()), 800, "write more in .ci/run")
}

// leftOut is what random scenarios need not have, with the reasons.
var leftOut = map[string]string{
	"replications": "one run is one run",
	"seed":         "whoever runs the scenario gives it",
}

// scenarios is how many are looked at: those that are about what was in none so far,
// or whose author wrote such a thing.
const scenarios = 8000

// The swarm speaks the whole language: each key, each word that a key may have and
// each metric of alarms is in some random scenario. A key that is new is looked
// for as soon as it is in the schema.
func TestSwarmSpeaksTheWholeLanguage(t *testing.T) {
	if testing.Short() {
		t.Skip("writes many scenarios")
	}
	missing := make(map[string]bool)
	for _, m := range autoscaling.Metrics() {
		missing["the metric "+m.Name] = true
	}
	for _, theme := range themes() {
		missing[theme.String()] = true
	}
	for what := range leftOut {
		require.Contains(t, missing, what, "the language no longer has it")
		delete(missing, what)
	}
	for seed := range uint64(scenarios) {
		if theme := themes()[seed%uint64(len(themes()))]; missing[theme.String()] || writes(t, seed, missing) {
			strike(language(), newAuthor(seed).outline(seed), "", missing)
		}
	}
	require.Empty(t, slices.Sorted(maps.Keys(missing)))
}

// writes tells whether the author of a scenario writes something of a list, whatever
// the scenario is about.
func writes(t *testing.T, seed uint64, list map[string]bool) bool {
	doc, err := Read(newAuthor(seed).scenario())
	require.NoError(t, err)
	rest := maps.Clone(list)
	strike(language(), doc, "", rest)
	return len(rest) < len(list)
}

// strike takes what a scenario has from the list.
func strike(r *rule, t Table, pattern string, list map[string]bool) {
	for key, value := range t {
		pattern := strings.TrimPrefix(pattern+"."+r.step(key), ".")
		if inner, ok := value.(Table); ok {
			strike(r.of(key), inner, pattern, list)
			continue
		}
		delete(list, pattern)
		values, ok := value.([]any)
		if !ok {
			values = []any{value}
		}
		for _, v := range values {
			delete(list, theme{pattern, v}.String())
			delete(list, fmt.Sprint("the metric ", v))
		}
	}
}

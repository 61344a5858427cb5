package experiments_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/output"
)

// trap is a scenario of the gallery that isolates one classic trap.
type trap struct {
	name     string
	remedies []string
	not      []string // variants that do not help
}

var traps = []trap{
	{"slow-scale-in", []string{"step"}, nil},
	{"cascade", []string{"ec2-checks"}, nil},
	{"short-grace", []string{"longer-grace", "hook"}, []string{"boot-only"}},
	{"double-scaling", []string{"longer-cooldown", "hook"}, nil},
	{"early-in-service", []string{"hook", "warm-up"}, nil},
	{"sparse-metric", []string{"two-of-two"}, []string{"not-breaching"}},
	{"per-minute", []string{"per-minute"}, nil},
	{"two-policies", []string{"apart"}, nil},
	{"no-step", []string{"below"}, nil},
	{"sticky-users", []string{"balancer"}, nil},
}

// The base falls into the trap and fails its expectations, a variant has the
// remedy and keeps them, over several seeds.
func TestTraps(t *testing.T) {
	for _, trap := range traps {
		t.Run(trap.name, func(t *testing.T) {
			for seed := range seeds(1, 3) {
				set := fmt.Sprint("seed=", seed+1)
				for _, variant := range append([]string{""}, trap.not...) {
					r := run(t, trap.name, variant, set)
					failed := 0
					for _, e := range r.Expectations {
						if e.Verdict == output.Fail {
							failed++
						}
					}
					require.Positive(t, failed, "seed %d: %q does not fall into the trap", seed+1, variant)
				}
				for _, variant := range trap.remedies {
					holds(t, run(t, trap.name, variant, set))
				}
			}
		})
	}
}

// What a lint can know of these traps before any run, it says, at the line of
// the cause; it is silent about the remedy.
func TestLintSeesTraps(t *testing.T) {
	for _, trap := range []struct{ name, remedy, key string }{
		{"short-grace", "longer-grace", "fleets.web.health_check_grace_period: "},
		{"double-scaling", "longer-cooldown", "fleets.web.default_cooldown: "},
		{"per-minute", "per-minute", "fleets.web.policies.requests.target: "},
		{"two-policies", "apart", "fleets.web.policies.cpu-low.alarm"},
		{"no-step", "below", "fleets.web.policies.cpu-low.steps: "},
	} {
		t.Run(trap.name, func(t *testing.T) {
			require.Contains(t, doubts(t, trap.name, ""), trap.key)
			require.NotContains(t, doubts(t, trap.name, trap.remedy), trap.key)
		})
	}
}

// The other scenarios do what their authors want: the lint says nothing of them
// but what is idle in a variant, at one key each.
func TestLintTrustsTheRest(t *testing.T) {
	idle := map[string]string{
		"bootcamp": "health_check_grace_period",
		"scale-up-vs-scale-out eight-large-fixed": "policies",
		"scale-up-vs-scale-out one-2xlarge":       "policies",
		"scale-up-vs-scale-out one-4xlarge":       "policies",
		"serverless-resize servers":               "resize",
		"static-offload":                          "cacheable",
		"sticky-vs-shared":                        "monitoring",
		"sticky-vs-shared neither":                "stickiness.duration|monitoring",
		"sticky-vs-shared shared":                 "stickiness.duration|monitoring",
	}
	for _, name := range gallery.Names() {
		if slices.ContainsFunc(traps, func(t trap) bool { return t.name == name }) {
			continue
		}
		file, err := experiments.Load(name)
		require.NoError(t, err)
		for _, variant := range append([]string{""}, file.Variants()...) {
			for _, line := range strings.FieldsFunc(doubts(t, name, variant), func(r rune) bool { return r == '\n' }) {
				keys := idle[strings.TrimSpace(name+" "+variant)]
				require.NotEmpty(t, keys, "%s %s: %s", name, variant, line)
				require.Regexp(t, `\.(`+keys+`): .*\(idle\)$`, line, "%s %s", name, variant)
			}
		}
	}
}

func doubts(t *testing.T, name, variant string) string {
	s, err := experiments.Open(name, experiments.Options{Variant: variant})
	require.NoError(t, err)
	return strings.Join(s.Doubts().Lines(""), "\n")
}

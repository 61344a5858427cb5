package experiments_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// The scenarios of the gallery that isolate one classic trap each: the base
// falls into it and fails its expectations, a variant has the remedy and keeps
// them, over several seeds.
func TestTraps(t *testing.T) {
	for _, trap := range []struct {
		name     string
		remedies []string
		not      []string // variants that do not help
	}{
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
	} {
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

func doubts(t *testing.T, name, variant string) string {
	s, err := experiments.Open(name, experiments.Options{Variant: variant})
	require.NoError(t, err)
	return strings.Join(s.Doubts.Lines(""), "\n")
}

package experiments_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

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
		{"short-grace", []string{"longer-grace"}, []string{"boot-only"}},
		{"double-scaling", []string{"longer-cooldown"}, nil},
		{"per-minute", []string{"per-minute"}, nil},
		{"two-policies", []string{"apart"}, nil},
		{"no-step", []string{"below"}, nil},
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

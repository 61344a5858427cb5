package experiments

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/laws"
	"github.com/headroom-sim/headroom/experiments/output"
)

// falseAlarms asks for the verifications of so many seeds, some ten seconds each.
var falseAlarms = flag.Int("false-alarms", 0, "count the verifications of so many seeds that fail")

// alarms is how many of so many seeds failed.
type alarms struct{ failed, seeds int }

func (a *alarms) add(v output.Verdict) {
	a.seeds++
	if v != output.Pass {
		a.failed++
	}
}

// asMany is how probable as many failures are, or more, where each seed fails with a
// probability of p.
func (a alarms) asMany(p float64) float64 {
	fewer, term := 0.0, math.Pow(1-p, float64(a.seeds))
	for k := range a.failed {
		fewer += term
		term *= p / (1 - p) * float64(a.seeds-k) / float64(k+1)
	}
	return 1 - fewer
}

// upTo is the greatest rate at which so few failures have a probability of 5 %: the
// one-sided limit of Clopper and Pearson.
func (a alarms) upTo() float64 {
	lo, hi, one := 0.0, 1.0, alarms{a.failed + 1, a.seeds}
	for range 50 {
		if mid := (lo + hi) / 2; 1-one.asMany(mid) > 0.05 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// No failure of 59 seeds excludes a rate of 5 % with 95 %, the rule of three; and one of
// a single seed tells nothing but that it is possible.
func TestAlarms(t *testing.T) {
	require.InDelta(t, 0.0495, alarms{0, 59}.upTo(), 0.0005)
	require.InDelta(t, 0.95, alarms{0, 1}.upTo(), 1e-9)
	require.InDelta(t, 1-math.Pow(0.99, 50), alarms{1, 50}.asMany(0.01), 1e-12)
	require.InDelta(t, 0.0894, alarms{2, 50}.asMany(0.01), 1e-3, "a table of the binomial distribution")
}

// counts are what comes of verifications with many seeds.
type counts struct {
	alarms map[time.Duration]*alarms
	scores map[string][]float64 // at the default budget, by case and metric
	found  map[string]*alarms   // of errors
}

// wrongs are shares by which theory is made wrong.
var wrongs = []float64{0.002, 0.005, 0.01, 0.02}

// slowed are systems in which theory takes demands for longer than they are.
var slowed = []struct {
	name, key, demand string
	mean              float64 // ms
}{
	{"erlang-b", "routes.visit.demand.desk", "lognormal(%.6gms, scv=4)", 50},
	{"mm1", "routes.visit.demand.desk", "exponential(%.6gms)", 10},
	{"ps", "routes.visit.demand.desk", "hyperexponential(%.6gms, scv=4)", 20},
	{"repair", "routes.repair.demand.desk", "exponential(%.6gms)", 100},
	{"round-robin", "routes.page.demand.desks", "exponential(%.6gms)", 20},
}

// count verifies with a seed, with the least budget and the default one, which goes on
// from the first; then it looks which errors would have been found.
func (n *counts) count(t *testing.T, seed uint64) {
	v := verifier(t, VerifyOptions{Seed: seed, Budget: 5 * time.Second})
	for _, v.Budget = range []time.Duration{5 * time.Second, VerifyBudget} {
		all := v.verify(t, 2)
		n.alarms[v.Budget].add(all.Verdict())
		if all.Verdict() != output.Pass {
			t.Logf("seed %d, %v: %v; %+v", seed, v.Budget, off(all), all.Agreement)
		}
		if v.Budget == VerifyBudget {
			for _, c := range all.Cases {
				for _, f := range c.Figures {
					if f.Within == 0 && !math.IsNaN(f.Score) {
						n.scores[c.Name+" "+f.Metric] = append(n.scores[c.Name+" "+f.Metric], f.Score)
					}
				}
			}
		}
	}
	chancy := slices.DeleteFunc(slices.Clone(v.Cases), func(c *Case) bool { return c.Law.Certain() })
	for _, share := range wrongs {
		n.find(fmt.Sprintf("all cases, exact values %g %% off", 100*share), share, chancy...)
		for _, s := range slowed {
			c := v.Cases[slices.IndexFunc(v.Cases, func(c *Case) bool { return c.Name == s.name })]
			study, err := Open(c.Source, Options{Sets: []string{s.key + "=" + fmt.Sprintf(s.demand, s.mean*(1+share))}})
			require.NoError(t, err)
			law, err := laws.Of(study.Spec)
			require.NoError(t, err)
			n.find(fmt.Sprintf("%s, demand %g %% off", s.name, 100*share), 0, &Case{Trial: c.Trial, Law: law})
		}
	}
}

// find counts whether an error in what theory says of simulated cases is found.
func (n *counts) find(what string, wrong float64, cases ...*Case) {
	var v Verification
	for _, c := range cases {
		v.Cases = append(v.Cases, c.compare(wrong))
	}
	v.judge()
	if n.found[what] == nil {
		n.found[what] = new(alarms)
	}
	n.found[what].add(v.Verdict())
}

// Luck fails a verification no more often than it says; over all seeds together scores
// have no bias that would show; and the errors are told that are found.
func TestFalseAlarms(t *testing.T) {
	if *falseAlarms == 0 {
		t.Skip("-false-alarms 50 -timeout 5h counts them")
	}
	n := counts{map[time.Duration]*alarms{5 * time.Second: {}, VerifyBudget: {}}, map[string][]float64{}, map[string]*alarms{}}
	for seed := range *falseAlarms {
		n.count(t, uint64(seed+1))
	}
	for _, what := range slices.Sorted(maps.Keys(n.found)) {
		t.Logf("%s: found with %d of %d seeds", what, n.found[what].failed, n.found[what].seeds)
	}
	n.biases(t)
	for budget, a := range n.alarms {
		t.Logf("%v: %d of %d seeds fail; at most %.1f %% do, with 95 %%", budget, a.failed, a.seeds, 100*a.upTo())
		require.Greater(t, a.asMany(FalseAlarms), 0.001, "as many as that are no luck at %v", budget)
	}
}

// biases tells by how much scores are off on average, where most, and of deviations;
// and refuses a bias beyond luck that would be seen with the greatest budget.
func (n *counts) biases(t *testing.T) {
	var all, squares, figures float64
	bias := map[string]float64{}
	for name, scores := range n.scores {
		var sum float64
		for _, score := range scores {
			sum += score
			squares += score * score
		}
		all += sum
		figures += float64(len(scores))
		bias[name] = sum / float64(len(scores))
	}
	t.Logf("all: mean z %+.3f, mean square %.3f", all/figures, squares/figures)
	names := slices.SortedFunc(maps.Keys(bias), func(a, b string) int { return cmp.Compare(math.Abs(bias[b]), math.Abs(bias[a])) })
	for i, name := range names {
		if strings.HasSuffix(name, ".sd") || i == 0 {
			t.Logf("%s: mean z %+.2f of %d", name, bias[name], len(n.scores[name]))
		}
	}
	for name, z := range bias {
		const allowed, luck = 0.5, 4
		require.Less(t, math.Abs(z), allowed+luck/math.Sqrt(float64(len(n.scores[name]))), "bias of %s", name)
	}
}

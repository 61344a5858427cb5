package experiments

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/laws"
	"github.com/headroom-sim/headroom/experiments/output"
)

// verifyBudget is enough for tests to tell what is right from what is wrong.
const verifyBudget = 10 * time.Second

func verifier(t testing.TB, o VerifyOptions) *Verifier {
	t.Helper()
	v, err := NewVerifier(o)
	require.NoError(t, err)
	return v
}

func (v *Verifier) verify(t testing.TB, jobs int) *Verification {
	t.Helper()
	all, err := (&Runner{Jobs: jobs}).Verify(context.Background(), v)
	require.NoError(t, err)
	return all
}

func verify(t testing.TB, o VerifyOptions) *Verification {
	t.Helper()
	return verifier(t, o).verify(t, 2)
}

// off lists the figures that do not agree.
func off(v *Verification) []string {
	var list []string
	for _, c := range v.Cases {
		for _, f := range c.Figures {
			if f.Verdict != output.Pass {
				list = append(list, fmt.Sprintf("%s: %s: theory has %g, the simulation %g (%g to %g), z %.2f", c.Name, f.Metric, f.Exact, f.Output.Mean, f.Output.Lo, f.Output.Hi, f.Score))
			}
		}
	}
	return list
}

// toldOf is what the JSON tells of a case's figures.
func toldOf(t testing.TB, c Verified) string {
	t.Helper()
	var list []any
	for _, f := range c.Figures {
		list = append(list, f.object())
	}
	told, err := json.Marshal(list)
	require.NoError(t, err)
	return string(told)
}

// The whole path, from the text of a scenario to its metrics, against what theory
// knows.
func TestTheory(t *testing.T) {
	o := VerifyOptions{Seed: VerifySeed, Budget: verifyBudget}
	if testing.Short() {
		o.Budget /= 2
	}
	v := verify(t, o)
	require.Empty(t, off(v))
	require.Equal(t, output.Pass, v.Verdict(), "%+v", v.Agreement)
	require.Len(t, v.Cases, len(gallery.Verified()))
	moved := 0
	for _, c := range v.Cases {
		for _, f := range c.Figures {
			if !f.Certain {
				moved++
			}
		}
	}
	require.Equal(t, moved, v.Agreement.Scores, "those that luck left within their bounds count among as many")
}

// What holds is worth something only if the same test refuses what is wrong: here
// the scenario is another one than the law's, by little.
func TestTheoryRejects(t *testing.T) {
	for _, c := range []struct{ what, name, set string }{
		{"a station slower by 2 %", "mm1", "routes.visit.demand.desk=exponential(10.2ms)"},
		{"one more server", "mm4", "services.desk.servers=5"},
		{"another law of service", "mm1-light", "routes.visit.demand.desk=lognormal(10ms, scv=1)"},
		{"less variable service", "mg1-h2", "routes.visit.demand.desk=hyperexponential(10ms, scv=3.5)"},
		{"last in, first out", "mm1", "services.desk.discipline=lifo"},
		{"one waiting place less", "mm1k", "services.desk.queue=3"},
		{"first in, first out for sharing", "ps", "services.desk.discipline=fifo"},
		{"one user less", "repair", "clients.operators.users=11"},
		{"at random for in turn", "round-robin", "balancers.lb.algorithm=random"},
		{"in turn for at random", "random", "balancers.lb.algorithm=round_robin"},
		{"one connection less", "database-full", "services.desk.max_connections=9"},
		{"a larger pool", "database-pool", "services.desk.pool=5"},
		{"more threads", "cache", "services.desk.engine=memcached"},
		{"one consumer more", "queue", "services.desk.workers=5"},
		{"the better of two for the best of three", "shortest-3", "balancers.lb.algorithm=power_of_two"},
		{"the best of three for the better of two", "power-of-two", "balancers.lb.algorithm=least_outstanding_requests"},
		{"shorter bursts as often", "mmpp", "clients.visitors.burst_duration=450ms"},
		{"a fourth server in the middle", "jackson", "services.logic.servers=4"},
		{"a faster station", "closed-tiers", "routes.page.demand.logic=exponential(29ms)"},
		{"a longer stay", "time-varying", "routes.visit.demand.desk=exponential(62s)"},
		{"an environment that stays longer", "setup", "services.resize.idle_timeout=1.1s"},
		{"a little more overload", "overload", `clients.visitors.rate=["0m 80/s", "5m 151/s", "7m 80/s"]`},
		{"a step that adds half as much", "aws-step-out", `fleets.web.policies.out.steps=["0..10 +10%", "10.. +15%"]`},
		{"a target that is higher", "aws-track-out", "fleets.web.policies.cpu.target=60"},
		{"one more at most", "aws-clamp-out", "fleets.web.max=4"},
		{"one less at least", "aws-clamp-in", "fleets.web.min=1"},
		{"no least change", "aws-magnitude", "fleets.web.policies.out.min_adjustment_magnitude=1"},
		{"a pool of another size", "aws-warm-pool", "fleets.web.warm_pool.max_group_prepared_capacity=9"},
		{"a target that was warm sooner", "aws-track-warm", "fleets.web.policies.cpu.estimated_instance_warmup=1m"},
		{"a check less to be back", "aws-checks", "balancers.lb.health_check.healthy_threshold=4"},
		{"a check more to be out", "aws-checks-clb", "balancers.lb.health_check.unhealthy_threshold=4"},
		{"more connections", "aws-lcu", "clients.visitors.rate=51/s"},
		{"two hours for one and a half", "aws-hours", "duration=121m"},
		{"a longer delay", "aws-drain", "balancers.lb.deregistration_delay=400s"},
		{"a cooldown that ends a minute later", "aws-cooldown", "fleets.web.policies.more.cooldown=360s"},
		{"a server that comes a second later", "late-scale-out", "fleets.desks.schedules.more.at=361s"},
		{"a little work", "aws-credits", "routes.page.demand.web=10ms"},
		{"a hook that is done sooner", "aws-hook", "fleets.web.hooks.install.completes=85s"},
		{"a share that is larger than the number", "aws-largest", `fleets.web.policies.by-share.steps=["..0 -40%"]`},
		{"a step that takes more", "aws-step-in", `fleets.web.policies.in.steps=["-10..0 -10%", "..-10 -40%"]`},
		{"a target that is higher, for fewer", "aws-track-in", "fleets.web.policies.cpu.target=60"},
		{"a target that one can keep", "aws-track-stay", "fleets.web.policies.cpu.target=70"},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := VerifyOptions{Names: []string{c.name}, Seed: VerifySeed, Budget: verifyBudget}
			v := verifier(t, o)
			s, err := Open(v.Cases[0].Source, Options{Sets: []string{c.set}})
			require.NoError(t, err)
			v.Cases[0].Trial = NewTrial(s)
			require.Equal(t, output.Fail, v.verify(t, 2).Verdict())
		})
	}
}

// Formulas that are wrong by a twentieth are found out.
func TestVerifyFindsWrongFormulas(t *testing.T) {
	v := verify(t, VerifyOptions{Names: []string{"erlang-b", "round-robin"}, Seed: VerifySeed, Budget: verifyBudget, Wrong: 0.05})
	require.Equal(t, output.Fail, v.Verdict())
	require.Equal(t, output.Fail, v.Cases[0].Verdict())
	require.Equal(t, output.Fail, v.Cases[1].Verdict())
}

// A case has the same figures alone as among others, for any number of jobs, with or
// without its folder; and none of its luck in common with another.
func TestVerifyIsTheSame(t *testing.T) {
	one, two := VerifyOptions{Names: []string{"mm1-light"}, Seed: 3, Budget: verifyBudget / 2}, VerifyOptions{Names: []string{"repair", "verify/mm1-light"}, Seed: 3, Budget: verifyBudget / 2}
	alone := verify(t, one)
	v := verifier(t, two).verify(t, 1)
	require.Equal(t, toldOf(t, alone.Cases[0]), toldOf(t, v.Cases[1]))
	require.NotEqual(t, v.Cases[0].Seed, v.Cases[1].Seed)
	var stored bytes.Buffer
	require.NoError(t, WriteStored(&stored, v))
	read, err := ReadStored(stored.Bytes())
	require.NoError(t, err)
	want, err := json.Marshal(v)
	require.NoError(t, err)
	got, err := json.Marshal(read)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(got))
}

func TestVerifyBudget(t *testing.T) {
	for _, c := range []struct {
		budget time.Duration
		want   int
	}{{5 * time.Second, 5}, {VerifyBudget, 20}, {time.Minute, 60}} {
		n, err := VerifyOptions{Budget: c.budget}.Buys()
		require.NoError(t, err)
		require.Equal(t, c.want, n)
	}
	for _, budget := range []time.Duration{0, 4 * time.Second, 6500 * time.Millisecond, 61 * time.Second} {
		_, err := VerifyOptions{Budget: budget}.Buys()
		require.ErrorContains(t, err, "must be whole seconds from 5s to 60s")
	}
}

func TestVerifyTellsWhatHasNoLaw(t *testing.T) {
	_, err := NewVerifier(VerifyOptions{Names: []string{"mm1", "mm5", "bootcamp"}, Sets: []string{"clients.visitors.timeout=1s"}})
	require.ErrorContains(t, err, "verify/mm1: --set clients.visitors.timeout=1s: clients.visitors.timeout: no law accounts for this key here")
	require.ErrorContains(t, err, `mm5: no such file, and no built-in case of that name (did you mean "mm1"? "headroom verify --list" names them)`)
	require.ErrorContains(t, err, "bootcamp: no law is known")
	_, err = NewVerifier(VerifyOptions{Names: []string{"mm1", "verify/mm1"}})
	require.EqualError(t, err, "verify/mm1: has the same name as verify/mm1: verify one after the other")
}

// Files of one name in two folders are two cases, each with its luck.
func TestVerifyFilesOfOneName(t *testing.T) {
	t.Chdir(t.TempDir())
	src, _ := gallery.Scenario("verify/mm1-light")
	for _, folder := range []string{"a", "b"} {
		require.NoError(t, os.Mkdir(folder, 0o700))
		require.NoError(t, os.WriteFile(folder+"/x.toml", src, 0o600))
	}
	v := verifier(t, VerifyOptions{Names: []string{"a/x.toml", "./b/x.toml", "mm1-light"}})
	seeds := map[uint64]string{}
	for _, c := range v.Cases {
		seeds[c.Spec.Seed] = c.Name
	}
	require.Len(t, seeds, 3)
	require.Equal(t, "a/x.toml", v.Cases[0].Name)
	require.Equal(t, "b/x.toml", v.Cases[1].Name)
	alone := verifier(t, VerifyOptions{Names: []string{"b/x.toml"}})
	require.Equal(t, v.Cases[1].Spec.Seed, alone.Cases[0].Spec.Seed)
}

// The keys for which a verification has flags are refused as overrides, and of a file
// told to be idle, and so are its variants.
func TestVerifyHasFlags(t *testing.T) {
	_, err := NewVerifier(VerifyOptions{Sets: []string{"seed=5", "replications=3"}})
	require.EqualError(t, err, "--set seed=5: must be given by --seed here\n--set replications=3: must be given by --budget here")
	src, _ := gallery.Scenario("verify/mm1-light")
	file := filepath.Join(t.TempDir(), "mm1-light.toml")
	text := "seed = 7\nreplications = 3\n" + string(src) + "\n[variants.slow]\nroutes.visit.demand.desk = \"9ms\"\n[variants.slower]\nroutes.visit.demand.desk = \"9.5ms\"\n"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	o := VerifyOptions{Names: []string{file}, Seed: 3, Budget: verifyBudget / 2}
	idle := verify(t, o)
	require.Equal(t, []string{
		file + ", line 1: seed = 7 is not used: a verification has --seed",
		file + ", line 2: replications = 3 is not used: a verification has --budget",
		file + ": [variants] is not used (slow, slower): a verification is of the base, which --set changes",
	}, idle.Warnings)
	o.Names, o.Seed = []string{file}, 4
	require.NotEqual(t, toldOf(t, verify(t, o).Cases[0]), toldOf(t, idle.Cases[0]))
}

// Where replications have no spread, luck cannot be told: a figure is right to the
// last bits, or not judged, unless nothing in it is left to chance.
func TestVerifyWithoutSpread(t *testing.T) {
	for _, c := range []struct {
		name    string
		figure  laws.Figure
		values  []float64
		verdict output.Verdict
		scored  bool
	}{
		{"with luck", laws.Figure{Exact: 3}, []float64{1, 2, 4}, output.Pass, true},
		{"right", laws.Figure{Exact: 2}, []float64{2, 2, 2}, output.Pass, false},
		{"not judged", laws.Figure{Exact: 2}, []float64{2.1, 2.1, 2.1}, output.Inconclusive, false},
		{"without a sample", laws.Figure{Exact: 2}, nil, output.Inconclusive, false},
		{"certain", laws.Figure{Exact: 2, Certain: true}, []float64{2.1, 2.1}, output.Fail, false},
		{"certain in some", laws.Figure{Exact: 2, Certain: true}, []float64{2.1, 2, 1.9}, output.Fail, false},
		{"certain without a sample", laws.Figure{Exact: 2, Certain: true}, nil, output.Fail, false},
		{"certain within", laws.Figure{Exact: 2, Within: 0.1, Certain: true}, []float64{2.1, 1.9}, output.Pass, false},
		{"certain beyond", laws.Figure{Exact: 2, Within: 0.1, Certain: true}, []float64{2.15, 1.9}, output.Fail, false},
		{"within", laws.Figure{Exact: 3, Within: 0.5}, []float64{2, 4, 4}, output.Pass, false},
		{"beyond", laws.Figure{Exact: 3, Within: 0.5}, []float64{4, 5, 6}, output.Pass, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := VerifiedFigure{Figure: c.figure}
			f.judge(c.values)
			require.Equal(t, c.verdict, f.Verdict)
			require.Equal(t, c.scored, !math.IsNaN(f.Score))
		})
	}
	f := VerifiedFigure{Figure: laws.Figure{Exact: 3, Within: 0.5}}
	f.judge([]float64{4, 5, 6})
	require.InDelta(t, output.Score([]float64{4, 5, 6}, 3.5), f.Score, 1e-12, "the rest beyond what it may be off")
}

// The figures of a case have much in common, so that one of each case counts where they
// are to have nothing in common.
func TestOneFigureOfACaseIsIndependent(t *testing.T) {
	c := Verified{Figures: []VerifiedFigure{{Score: 1}, {Score: 2}}}
	v := Verification{Cases: []Verified{c, c}}
	v.judge()
	require.Equal(t, output.Agreement{Scores: 4, Greatest: 2, Independent: 2, Squares: 2}, v.Agreement)
}

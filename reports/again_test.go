package reports

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

// A command has what was asked for, in the words of the flags, and no more.
func TestAgain(t *testing.T) {
	factors, err := design.ParseVary([]string{"fleets.web.min=1..8", `routes.page.demand.web="exponential(2ms)","exponential(3ms)"`})
	require.NoError(t, err)
	asked := experiments.Options{
		Variant: "larger", Sets: []string{"clients.visitors.rate=50/s", "title=it's $5", "seed=7", "replications=12", `duration="90s"`},
		Precision: 0.07, Most: 40,
	}
	const flags = ` --variant larger --set clients.visitors.rate=50/s --set 'title=it'\''s $5' --seed 7 --replications 12 --duration 90s --precision 0.07 --max-replications 40`
	const vary = ` --vary fleets.web.min=1..8 --vary 'routes.page.demand.web="exponential(2ms)","exponential(3ms)"'`
	sweep := func(o experiments.SweepOptions) *command {
		return sweepAgain(&experiments.SweepResult{
			Source: "shop", Options: o.Options, Matrix: &design.Matrix{Design: o.Design}, DesignFile: o.DesignFile, Metrics: o.Metrics,
		})
	}
	plan := func(p experiments.PlanOptions) *command {
		return planAgain(&experiments.Plan{Source: "shop", Vary: factors, Asked: p})
	}
	check := func(c experiments.Criteria) *command {
		return checkAgain(&experiments.Checked{Source: "shop", Criteria: c, Judgements: []*experiments.Judgement{{Result: new(experiments.Result)}}})
	}
	files := sample.Compared()
	files.Files = true
	for want, have := range map[string]*command{
		"headroom run shop":                         runAgain(&experiments.Result{Source: "shop"}),
		"headroom run 'my sites/shop.toml'" + flags: runAgain(&experiments.Result{Source: "my sites/shop.toml", Options: asked}),
		"headroom run shop --replication 3":         runAgain(&experiments.Result{Source: "shop", Options: experiments.Options{Replication: 3}}),
		"headroom run shop --batches 20":            runAgain(&experiments.Result{Source: "shop", Options: experiments.Options{Batches: 20}}),
		`headroom compare sites/burst.toml --set 'fleets.web.policies.cpu-high.steps=["0.. +1"]' --replications 10 --duration 2h`:                                   compareAgain(sample.Compared()),
		`headroom compare sites/burst.toml sites/burst.toml sites/burst.toml --set 'fleets.web.policies.cpu-high.steps=["0.. +1"]' --replications 10 --duration 2h`: compareAgain(files),
		"headroom sweep shop" + vary + flags + " --metric latency.p99":                                                                                              sweep(experiments.SweepOptions{Options: asked, Design: design.Design{Factors: factors}, Metrics: []string{"latency.p99"}}),
		"headroom sweep shop" + vary + " --design sobol --points 40":                                                                                                sweep(experiments.SweepOptions{Design: design.Design{Kind: design.Sobol, Factors: factors, Points: 40}}),
		"headroom sweep shop" + vary + " --design morris":                                                                                                           sweep(experiments.SweepOptions{Design: design.Design{Kind: design.Morris, Factors: factors}}),
		"headroom sweep shop --design design.toml":                                                                                                                  sweep(experiments.SweepOptions{Design: design.Design{Kind: design.Morris, Factors: factors}, DesignFile: "design.toml"}),
		"headroom plan shop" + vary: plan(experiments.DefaultPlan()),
		"headroom plan shop" + vary + " --confidence 0.9 --tolerance 0.05 --precision 0.02 --max-replications 80 --growth none --monotone --no-zone-loss": plan(experiments.PlanOptions{Confidence: 0.9, Tolerance: 0.05, Precision: 0.02, Most: 80, Monotone: true}),
		"headroom check shop": check(experiments.Criteria{Level: experiments.DefaultLevel}),
		"headroom check shop --level 0.99 --baseline 'old base.json'": check(experiments.Criteria{Level: 0.99, Tolerance: 0.05, Baseline: &experiments.Baseline{Path: "old base.json"}}),
		"headroom check shop --baseline base.json --tolerance 0.1":    check(experiments.Criteria{Level: 0.95, Tolerance: 0.1, Baseline: &experiments.Baseline{Path: "base.json"}}),
	} {
		require.Equal(t, want, have.String())
	}
}

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"bootcamp": "bootcamp", "./a/b.toml": "./a/b.toml", "two words": "'two words'", "it's": `'it'\''s'`, "$(rm)": "'$(rm)'", "": "''", "하루": "하루",
		"a\nb": `"$(printf 'a\012b')"`, "\u202eab": `"$(printf '\342\200\256ab')"`,
	} {
		require.Equal(t, want, quote(word))
	}
}

// A shell reads a word that is quoted as the word, on one line.
func TestQuoteForAShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell here")
	}
	for _, word := range []string{
		"", " ", "two words", " at the ends ", "it's", `"double"`, "$HOME", "$(id)", "`id`", `back\slash`, `\n`, "a;b|c&d>e<f", "*", "?", "[a]", "{a,b}", "~", "#", "!!",
		"-n", "--flag", "%s%d", "=ls", "two\nlines", "\nfirst", "a\ttab", "\r", "\x1b[31m", "it's\n$HOME `id` %s \\012 \"x\"", "-\nx", "1\n1", "하루 ☀️", "\xff\xfe", "\u202etxt",
	} {
		quoted := quote(word)
		require.NotContains(t, quoted, "\n")
		read, err := exec.Command(sh, "-c", "printf '%s|' "+quoted+" next").Output()
		require.NoError(t, err, quoted)
		require.Equal(t, word+"|next|", string(read), quoted)
	}
}

package reports

import (
	"bytes"
	"context"
	"html"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// verified is a verification of cases with chance and without.
func verified(t *testing.T, wrong float64, names ...string) *experiments.Verification {
	t.Helper()
	o := experiments.VerifyOptions{Names: names, Seed: 1, Budget: 5 * time.Second, Wrong: wrong}
	cases, err := experiments.NewVerifier(o)
	require.NoError(t, err)
	v, err := new(experiments.Runner).Verify(context.Background(), cases)
	require.NoError(t, err)
	return v
}

func verifyText(t *testing.T, v *experiments.Verification, width int) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, VerifyText(&text, v, TextOptions{Width: width}))
	for _, line := range strings.Split(text.String(), "\n") {
		require.LessOrEqual(t, cells.StringWidth(line), width, line)
	}
	return text.String()
}

// The columns that there is no room for are left out, and no table is cut in two.
func TestVerifyText(t *testing.T) {
	v := verified(t, 0, "repair", "aws-credits", "overload")
	narrow, wide := verifyText(t, v, 80), verifyText(t, v, 120)
	require.Contains(t, wide, "3 cases · seed 1 · 5 replications of the 1 that has chance · 95 % intervals")
	require.Regexp(t, `(?m)^     case +figure +theory +simulated +z$`, narrow)
	require.Regexp(t, `(?m)^     case +law +figure +theory +simulated +z +greatest \|z\|$`, wide)
	require.Regexp(t, `(?m)^  ✓  aws-credits +worked example +credits\.min +174 +174 +exact +-$`, wide)
	require.Regexp(t, `(?m)^  ✓  overload +fluid +latency\.mean +12\.1 s +12\.1 s +within 0\.083 % +-$`, wide)
	require.Regexp(t, `(?m)^  ✓  throughput +8\.80\d*/s`, narrow)
	require.Regexp(t, `(?m)^  ✓  throughput +X = Σ μn pn, less L/T +8\.80\d*/s`, wide)
	require.Contains(t, narrow, "✓ Theory and simulation agree in all 13 figures of 3 cases\n  7 figures are exact, or within their stated bound. Luck moves 6 figures: the")
}

// What does not agree is told by case and figure, also where no case was asked for
// by its name.
func TestVerifyTextOfFailure(t *testing.T) {
	v := verified(t, 0.1, "repair", "aws-credits")
	v.Names = nil
	text := verifyText(t, v, 100)
	require.Contains(t, text, "every exact value made wrong by 10 %")
	require.Contains(t, text, "✗ Theory and simulation disagree in ")
	require.Contains(t, text, "luck does not last, an error does.")
	require.Regexp(t, `(?m)^  ✗  (fleets\.web\.)?credits\.min 24h\.\.25h +day +191 +174 +off$`, text)
	var lines bytes.Buffer
	require.NoError(t, VerifyLines(&lines, v))
	require.Regexp(t, `(?m)^aws-credits: fleets\.web\.credits\.min 24h\.\.25h: theory has 191, the simulation 174, off$`, lines.String())
	require.Regexp(t, `(?m)^repair: throughput: theory has 9\.68\d*/s, the simulation 8\.[78]\d* ± 0\.\d+/s, z -\d`, lines.String())
}

// What has no spread is neither right nor wrong.
func TestVerifyTextWithoutVerdict(t *testing.T) {
	v := verified(t, 0, "repair", "aws-credits")
	f := &v.Cases[0].Figures[0]
	f.Score, f.Verdict = math.NaN(), output.Inconclusive
	text := verifyText(t, v, 100)
	require.Contains(t, text, "~ 1 of 10 figures cannot be judged\n  4 figures are exact, or within their stated bound. 1 figure is the same in all replications")
	require.Regexp(t, `(?m)^  ~  latency\.mean .* not judged$`, text)
	require.Contains(t, text, "5 replications of the 1 that has chance")
	v = verified(t, 0.1, "aws-credits")
	require.Contains(t, verifyText(t, v, 100), "one replication of each, as none has chance")
	require.Contains(t, verifyText(t, verified(t, 0, "repair"), 100), "5 replications of each")
	require.Contains(t, verifyText(t, v, 100), "✗ Theory and simulation disagree in 4 of 4 figures\n  4 figures are wrong, whatever luck does.\n")
}

// The report has every figure of every case, with its formula and source.
func TestVerifyReport(t *testing.T) {
	v := verified(t, 0, "repair", "overload")
	for format, write := range map[string]func(*bytes.Buffer) error{
		"markdown": func(b *bytes.Buffer) error { return VerifyMarkdown(b, v) },
		"html":     func(b *bytes.Buffer) error { return VerifyHTML(b, v) },
	} {
		var b bytes.Buffer
		require.NoError(t, write(&b), format)
		require.NotContains(t, b.String(), "..<", format)
		for _, want := range []string{"services.desk.delayed", "machine repair", "latency.max", "max B/cμ + 1/μ", "headroom verify repair overload --budget 5s"} {
			require.True(t, strings.Contains(html.UnescapeString(strings.ReplaceAll(b.String(), `\`, "")), want), "%s: %s", format, want)
		}
	}
}

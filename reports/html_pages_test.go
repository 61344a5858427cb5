package reports_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/reports"
)

// page writes one twice, and for the test in a browser where that asks for it.
func page(t *testing.T, name string, write func(*bytes.Buffer) error) string {
	t.Helper()
	var first, again bytes.Buffer
	require.NoError(t, write(&first))
	require.NoError(t, write(&again))
	require.Equal(t, first.String(), again.String(), "the same bytes")
	require.NotRegexp(t, `(?i)(src|href)="?(https?:|//)|url\(|@import|(?-i:NaN)`, regexp.MustCompile(`(?s)<script>.*</script>`).ReplaceAllString(first.String(), ""))
	if folder := flag.Lookup("pages").Value.String(); folder != "" {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".html"), first.Bytes(), 0o644))
	}
	return first.String()
}

func inTurn(t *testing.T, page string, parts ...string) {
	t.Helper()
	last := 0
	for _, part := range parts {
		at := strings.Index(page[last:], part)
		require.GreaterOrEqual(t, at, 0, part)
		last += at
	}
}

// The page of a plan tells what to take, at what cost, how sure that is and which
// load breaks it, before anything else.
func TestPlanPage(t *testing.T) {
	plan := planOf(t, []float64{1.25, 4}, "fleets.web.instance=c6i.large,c6i.xlarge", "fleets.web.min=1..4")
	got := page(t, "plan", func(w *bytes.Buffer) error { return reports.PlanHTML(w, plan) })
	inTurn(t, got, "A site | with a bar", `class="verdict pass"`, "The cheapest that meets the expectations: ", "fleets.web.instance=<wbr>c6i.large", "sure.", "It holds with", "Sure to be the choice", "Expectations",
		"What was tried", `id="configurations-1"`, "must be", "How much load it takes", `id="growth-1"`, `class="broken"`, "Loss of a zone", "The bill by part", "per million served", "Assumptions", "fleets.web", "headroom plan")

	none := planOf(t, nil, "fleets.web.min=1", "fleets.web.max=1,0")
	got = page(t, "plan-none", func(w *bytes.Buffer) error { return reports.PlanHTML(w, none) })
	inTurn(t, got, `class="verdict fail"`, "No configuration meets the expectations", "Nearest", "must not exceed max")
	require.NotContains(t, got, `id="growth"`)
}

// The page of a sweep has what its design can tell: maps of a grid, effects of all.
func TestSweepPage(t *testing.T) {
	for kind, want := range map[design.Kind]struct {
		vary  []string
		parts []string
	}{
		design.Grid:       {[]string{"fleets.web.min=1,2", "fleets.web.boot=20s,40s,80s", "fleets.web.instance=c6i.large,c6i.xlarge"}, []string{"Over two keys", `id="map-1"`, "What each key does", `id="effect-1-1"`, "Points"}},
		design.OneAtATime: {[]string{"fleets.web.min=1,2", "fleets.web.boot=20s,40s"}, []string{"What each key does", `id="effect-1-1"`, "Points"}},
	} {
		r := sweptSite(t, kind, want.vary...)
		got := page(t, "sweep-"+kind.String(), func(w *bytes.Buffer) error { return reports.SweepHTML(w, r) })
		inTurn(t, got, append(append([]string{"A site | with a bar", "Objectives: ", "Keys"}, want.parts...), "headroom sweep")...)
		require.Equal(t, kind == design.Grid, strings.Contains(got, `id="maps"`))
	}
}

// hostileDesk breaks reports by its title and its file's name, if anything does. Nothing
// in it is random.
const hostileDesk = `
title = "<script>alert('x')</script> | \"q\" '**' 하루 👩‍🚀 %s"
notes = "n"
duration = "3m"
[clients.guests]
target   = "desk"
arrivals = "even"
rate     = "2/s"
[routes.visit]
demand.desk = "constant(300ms)"
[services.desk]
kind    = "station"
servers = 1
[expectations.fast]
metric  = "latency.mean"
at_most = "400ms"
`

var long = strings.Repeat("w", 300)

func hostileFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "<b>하루 & 'x.toml")
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, hostileDesk, long), 0o644))
	return path
}

// The pages of every kind of design, and of a plan, show as text what authors call
// things and what they vary.
func TestPagesOfHostileNames(t *testing.T) {
	notes := fmt.Sprintf(`notes='<script>alert(1)</script>','"q" & 하루 👩‍🚀','%s'`, long)
	file := hostileFile(t)
	pinned := func(name, page string) {
		here := strings.ReplaceAll(page, filepath.Dir(file)+string(filepath.Separator), "")
		reports.Golden(t, name+".html", reports.WithoutAssets(here))
	}
	for _, kind := range []design.Kind{design.Grid, design.OneAtATime, design.LatinHypercube, design.Sobol, design.Morris} {
		r := swept(t, file, kind, notes, "clients.guests.rate=1/s..4/s", "services.desk.servers=1..3")
		name := "sweep-hostile-" + kind.String()
		got := page(t, name, func(w *bytes.Buffer) error { return reports.SweepHTML(w, r) })
		harmless(t, got)
		inTurn(t, got, "alert(1)&lt;/script", "What each key does", "guests.rate", "Points", "headroom sweep")
		if kind != design.Grid && kind != design.OneAtATime {
			pinned(name, got)
		}
	}
	plan := planned(t, file, []float64{2}, "services.desk.servers=1..3")
	got := page(t, "plan-hostile", func(w *bytes.Buffer) error { return reports.PlanHTML(w, plan) })
	harmless(t, got)
	pinned("plan-hostile", got)
}

// harmless looks for what authors wrote and no page must have as its own.
func harmless(t *testing.T, page string) {
	t.Helper()
	inTurn(t, page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; | &#34;q&#34;", "하루 👩‍🚀 "+long, "&lt;b&gt;하루 &amp; &#39;x")
	require.NotContains(t, page, "<script>alert")
	require.NotContains(t, page, "<b>")
}

// A comparison that was simulated has the minutes of each arm, and says which
// settings differ.
func TestSimulatedComparePage(t *testing.T) {
	c := comparedSite(t)
	got := page(t, "compare", func(w *bytes.Buffer) error { return reports.CompareHTML(w, c) })
	inTurn(t, got, "Over time (mean of", `id="each-load"`, "Settings that differ", "fleets.web.min")
}

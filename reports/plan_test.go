package reports_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/reports"
)

const plannedSite = `
title = "A site | with a bar"
duration = "3m"
discard  = "1m"
[clients.visitors]
target  = "lb"
rate    = "100/s"
timeout = "5s"
[routes.page]
demand.web = "exponential(25ms)"
[balancers.lb]
kind    = "application"
targets = ["web"]
[fleets.web]
instance = "c6i.large"
zones = ["a", "b"]
min   = 1
max   = 2
[expectations.fast]
metric  = "latency.p95"
at_most = "200ms"
[expectations.available]
metric   = "availability"
at_least = 0.99
`

func planOf(t *testing.T, growth []float64, vary ...string) *experiments.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.toml")
	require.NoError(t, os.WriteFile(path, []byte(plannedSite), 0o644))
	return planned(t, path, growth, vary...)
}

func planned(t *testing.T, path string, growth []float64, vary ...string) *experiments.Plan {
	t.Helper()
	sc, err := experiments.Load(path)
	require.NoError(t, err)
	factors, err := design.ParseVary(vary)
	require.NoError(t, err)
	p := experiments.Planner{Runner: new(experiments.Runner), PlanOptions: experiments.PlanOptions{Confidence: 0.95, Tolerance: 0.02, Replications: 5, Most: 18, Growth: growth, Zones: true}}
	plan, err := p.Plan(context.Background(), sc, nil, factors)
	require.NoError(t, err)
	return plan
}

func TestPlanReport(t *testing.T) {
	found := planOf(t, []float64{1.25, 2, 4}, "fleets.web.instance=c6i.large,c6i.xlarge", "fleets.web.min=1..4")
	none := planOf(t, nil, "fleets.web.min=1", "fleets.web.max=1,0")
	for name, c := range map[string]struct {
		plan *experiments.Plan
		want []string
	}{
		"found": {found, []string{"The cheapest that meets the expectations: fleets.web.instance=c6i.large", "HOW MUCH LOAD IT TAKES", "LOSS OF A ZONE", "dearer in any case", "✗  × 2"}},
		"none":  {none, []string{"✗ No configuration meets the expectations", "NEAREST", "must not exceed max (min 1, max 0)"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, width := range []int{60, 80, 120, 200} {
				var out bytes.Buffer
				require.NoError(t, reports.PlanText(&out, c.plan, reports.TextOptions{Width: width}))
				for _, line := range strings.Split(out.String(), "\n") {
					require.LessOrEqual(t, runewidth.StringWidth(line), width, line)
				}
				if width < 200 {
					continue
				}
				for _, want := range c.want {
					require.Contains(t, out.String(), want)
				}
			}
			var table, page bytes.Buffer
			require.NoError(t, reports.TriedCSV(&table, c.plan))
			rows, err := csv.NewReader(&table).ReadAll()
			require.NoError(t, err)
			require.Len(t, rows, 1+len(c.plan.Tried))
			require.NoError(t, reports.PlanMarkdown(&page, c.plan))
			require.Contains(t, page.String(), `# A site \| with a bar`)
			require.Contains(t, page.String(), "## The same again")
			require.Contains(t, page.String(), "--vary fleets.web.min=1")
		})
	}
}

// The files of a plan are all written, with their pictures.
func TestPlanFiles(t *testing.T) {
	files, err := reports.Plans.Report(planOf(t, []float64{4}, "fleets.web.min=1..3")).Files()
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		require.NoError(t, f.Write(new(bytes.Buffer)))
	}
	require.Equal(t, []string{
		"results.headroom", "summary.json", "tried.csv", "report.md", "report.html", "plots/configurations.png", "plots/configurations.svg", "plots/growth.png", "plots/growth.svg",
	}, names)
}

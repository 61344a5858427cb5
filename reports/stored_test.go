package reports_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/reports"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

// scaledSite has a wall clock with a summer, alarms that launch, expectations of a
// part of the run, and a metric without a sample.
const scaledSite = plannedSite + `
[expectations.early]
metric  = "latency.p99"
at_most = "1s"
during  = "1m..2m"
[fleets.web.policies.cpu-high]
kind  = "step"
alarm = { metric = "CPUUtilization", period = "1m", evaluation_periods = 1, comparison = ">=", threshold = 20 }
steps = ["0.. +1"]
[variants.two.fleets.web]
min = 2
max = 4
`

func siteFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.toml")
	text := "start = 2026-03-29T00:59:00Z\ntimezone = \"Europe/Berlin\"\n" + scaledSite
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func ran(t *testing.T, sets ...string) *experiments.Result {
	t.Helper()
	return ranWith(t, experiments.Options{Sets: sets})
}

func ranWith(t *testing.T, o experiments.Options) *experiments.Result {
	t.Helper()
	study, err := experiments.Open(siteFile(t), o)
	require.NoError(t, err)
	result, err := new(experiments.Runner).Run(context.Background(), study)
	require.NoError(t, err)
	return result
}

func comparedSite(t *testing.T) *experiments.Comparison {
	t.Helper()
	arms, _, err := experiments.Lineup([]string{siteFile(t)}, experiments.Options{})
	require.NoError(t, err)
	c, err := new(experiments.Runner).Compare(context.Background(), 3, arms)
	require.NoError(t, err)
	return c
}

func sweptSite(t *testing.T, kind design.Kind, vary ...string) *experiments.SweepResult {
	t.Helper()
	return swept(t, siteFile(t), kind, vary...)
}

func swept(t *testing.T, path string, kind design.Kind, vary ...string) *experiments.SweepResult {
	t.Helper()
	file, err := experiments.Load(path)
	require.NoError(t, err)
	o := experiments.SweepOptions{Options: experiments.Options{Sets: []string{"replications=2"}}, Design: design.Design{Kind: kind, Seed: 1}}
	o.Design.Factors, err = design.ParseVary(vary)
	require.NoError(t, err)
	sweep, err := file.Sweep(context.Background(), o)
	require.NoError(t, err)
	result := experiments.NewSweepResult(sweep)
	require.NoError(t, sweep.Extend(context.Background(), experiments.Runner{}, nil, result.Take))
	return result
}

func checkedSite(t *testing.T) *experiments.Checked {
	t.Helper()
	suites, err := experiments.Suites([]string{siteFile(t)}, experiments.Options{Sets: []string{"replications=8"}})
	require.NoError(t, err)
	require.NoError(t, suites[0].Run(context.Background(), new(experiments.Runner)))
	past := experiments.NewBaseline()
	past.Add(suites[0])
	past.Path = "past.json"
	return suites[0].Judge(experiments.Criteria{Level: 0.95, Baseline: past, Tolerance: 0.05})
}

// filesIn are the files of a folder and those below, by their paths in it.
func filesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	require.NoError(t, filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	}))
	return files
}

// filled is a folder with every format of a report.
func filled(t *testing.T, r *reports.Report) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report")
	folder, err := reports.NewFolder(path)
	require.NoError(t, err)
	require.NoError(t, r.Fill(folder, r.Formats...))
	return path
}

// Of each kind of report every file of every format can be made again, byte for
// byte, from what the folder stores.
func TestReportsAreMadeAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		report func(t *testing.T) *reports.Report
	}{
		{"run", func(t *testing.T) *reports.Report { return reports.Runs.Report(ran(t)) }},
		{"run with a trace", func(t *testing.T) *reports.Report {
			r := reports.Runs.Report(ranWith(t, experiments.Options{Record: site.Recording{Span: site.Span{From: 0, To: engine.Second}, Most: 100}}))
			require.Contains(t, r.Formats, "trace")
			return r
		}},
		{"run of several replications", func(t *testing.T) *reports.Report { return reports.Runs.Report(ran(t, "replications=3")) }},
		{"compare", func(t *testing.T) *reports.Report { return reports.Comparisons.Report(comparedSite(t)) }},
		{"sweep of a grid", func(t *testing.T) *reports.Report {
			return reports.Sweeps.Report(sweptSite(t, design.Grid, "fleets.web.instance=c6i.large,c6i.xlarge", "clients.visitors.rate=40/s..80/s:20/s"))
		}},
		{"sweep of a sample", func(t *testing.T) *reports.Report {
			return reports.Sweeps.Report(sweptSite(t, design.Morris, "fleets.web.min=1..2", "clients.visitors.rate=40/s..80/s:20/s"))
		}},
		{"plan", func(t *testing.T) *reports.Report {
			return reports.Plans.Report(planOf(t, []float64{2, 4}, "fleets.web.min=1..3"))
		}},
		{"plan without an answer", func(t *testing.T) *reports.Report {
			return reports.Plans.Report(planOf(t, nil, "clients.visitors.rate=900/s,1000/s"))
		}},
		{"check", func(t *testing.T) *reports.Report { return reports.Checks.Report(checkedSite(t)) }},
		{"hostile names", func(*testing.T) *reports.Report { return reports.Runs.Report(sample.Hostile()) }},
		{"a day", func(*testing.T) *reports.Report { return reports.Runs.Report(sample.Day()) }},
		{"compare of hostile names", func(*testing.T) *reports.Report { return reports.Comparisons.Report(sample.HostileCompared()) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			first := c.report(t)
			folder := filled(t, first)
			again, err := reports.Open(folder)
			require.NoError(t, err)
			require.Equal(t, first.Kind, again.Kind)
			want, got := filesIn(t, folder), filesIn(t, filled(t, again))
			require.Len(t, got, len(want))
			for name, text := range want {
				require.True(t, text == got[name], "%s is another one", name)
			}
			var before, after bytes.Buffer
			options := reports.TextOptions{Width: 80, Colour: true}
			require.NoError(t, first.Text(&before, options))
			require.NoError(t, again.Text(&after, options))
			require.Equal(t, before.String(), after.String())
		})
	}
}

// Two pointers to one scaling are two pointers to one scaling again.
func TestScalingsAreStoredOnce(t *testing.T) {
	result := sample.Burst()
	var stored bytes.Buffer
	require.NoError(t, experiments.WriteStored(&stored, result))
	read, err := experiments.ReadStored(stored.Bytes())
	require.NoError(t, err)
	before, after := result.Detail, read.(*experiments.Result).Detail
	require.Equal(t, before.ScaleOuts, after.ScaleOuts)
	require.NotEmpty(t, after.ScaleOuts)
	for i, out := range before.ScaleOuts {
		for k, scaling := range before.Scalings {
			require.Equal(t, out.First == scaling, after.ScaleOuts[i].First == after.Scalings[k])
		}
	}
}

// What was recorded changes nothing of the other files.
func TestATraceLeavesTheReportAsItIs(t *testing.T) {
	const formats = "json,csv,markdown,html,svg"
	fill := func(r *experiments.Result) map[string]string {
		path := filepath.Join(t.TempDir(), "report")
		folder, err := reports.NewFolder(path)
		require.NoError(t, err)
		require.NoError(t, reports.Runs.Report(r).Fill(folder, strings.Split(formats, ",")...))
		files := filesIn(t, path)
		delete(files, "results.headroom")
		return files
	}
	recorded := ranWith(t, experiments.Options{Record: site.Recording{Span: site.Span{From: 0, To: engine.Minute}, Most: 5000}})
	require.NotEmpty(t, recorded.Detail.Trace.Requests)
	plain := ran(t)
	plain.Source = recorded.Source // a file in another folder
	without, with := fill(plain), fill(recorded)
	require.Len(t, with, len(without))
	for name := range without {
		require.True(t, without[name] == with[name], name)
	}
}

// A report without a trace says how to get one.
func TestAReportWithoutATrace(t *testing.T) {
	r := reports.Runs.Report(sample.Burst())
	const why = "there is no trace.json: no requests were recorded: run it with --trace-window FROM..TO"
	require.EqualError(t, r.Check("trace"), why)
	for _, name := range []string{"trace", "trace.json"} {
		_, err := r.File(name)
		require.EqualError(t, err, why)
	}
}

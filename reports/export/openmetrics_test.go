package export

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

func openMetrics(t *testing.T, r *experiments.Result) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, OpenMetrics(&out, r))
	return out.String()
}

// everything is a run with all kinds of columns.
func everything(t *testing.T) *experiments.Result {
	t.Helper()
	study, err := experiments.Open("testdata/everything.toml", experiments.Options{})
	require.NoError(t, err)
	r, err := (&experiments.Runner{Jobs: 1, Progress: func(float64) {}}).Run(t.Context(), study)
	require.NoError(t, err)
	return r
}

var results = map[string]func() *experiments.Result{
	"burst": sample.Burst, "single": sample.Single, "day": sample.Day, "hostile": sample.Hostile,
}

// The text keeps to OpenMetrics 1.0, whatever things are called, and its sums end
// at those of the series.
func TestOpenMetrics(t *testing.T) {
	for name, result := range results {
		t.Run(name, func(t *testing.T) {
			r := result()
			text := openMetrics(t, r)
			require.Equal(t, text, openMetrics(t, r), "other bytes")
			p, err := parse(text)
			require.NoError(t, err)
			for family, of := range p.families {
				require.NotEmpty(t, of.kind, family)
				require.NotEmpty(t, of.help, family)
				require.True(t, of.sampled, "%s has no samples", family)
			}
			s := r.Detail.Series
			require.Equal(t, []float64{sum(s.Column("offered"))}, p.lasts("headroom_requests_total", ""))
			require.Equal(t, []float64{sum(s.Column("completed"))}, p.lasts("headroom_latency_seconds_count", ""))
			if s.Index("errors.timeout") >= 0 {
				require.Equal(t, []float64{sum(s.Column("errors.timeout"))}, p.lasts("headroom_requests_failed_total", `cause="timeout"`))
			}
		})
	}
}

// A mean over any time, as PromQL has it, is that of the requests.
func TestOpenMetricsLatency(t *testing.T) {
	r := sample.Burst()
	p, err := parse(openMetrics(t, r))
	require.NoError(t, err)
	var seconds float64
	completed := r.Detail.Series.Column("completed")
	for i, mean := range r.Detail.Series.Column("latency.mean") {
		if completed[i] > 0 && mean == mean {
			seconds += mean * completed[i]
		}
	}
	require.InEpsilon(t, seconds, p.lasts("headroom_latency_seconds_sum", "")[0], 1e-12)
}

// What the parts cost adds up to the hourly rate of the whole, over time.
func TestOpenMetricsCost(t *testing.T) {
	r := sample.Burst()
	p, err := parse(openMetrics(t, r))
	require.NoError(t, err)
	require.InEpsilon(t, sum(r.Detail.Series.Column("cost.fleets.web.per_hour"))/60, p.lasts("headroom_cost_usd_total", `fleet="web"`)[0], 1e-9)
	require.Len(t, p.lasts("headroom_cost_usd_total", ""), 3)
}

// A sample is at the end of its minute; sums begin at zero with the run.
func TestOpenMetricsInstants(t *testing.T) {
	r := sample.Single()
	for _, c := range []struct {
		name  string
		start time.Time
		first float64
	}{
		{"without a start", time.Time{}, 946684800},
		{"with one", time.Date(2026, time.March, 2, 9, 0, 0, 0, time.FixedZone("KST", 9*3600)), 1772409600},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.Detail.Start = c.start
			p, err := parse(openMetrics(t, r))
			require.NoError(t, err)
			var offered, desired []parsedSample
			for _, s := range p.samples {
				switch s.name {
				case "headroom_requests_total":
					offered = append(offered, s)
				case "headroom_fleet_desired_instances":
					desired = append(desired, s)
				}
			}
			rows := r.Detail.Series.Rows
			require.Len(t, offered, len(rows)+1)
			require.Equal(t, []float64{c.first, 0}, []float64{offered[0].timestamp, offered[0].value})
			require.Equal(t, c.first+60, offered[1].timestamp)
			require.Equal(t, c.first+60, desired[0].timestamp)
			require.Equal(t, c.first+r.DurationS, offered[len(rows)].timestamp)
		})
	}
}

// Every column of a series has its family, but for those that follow from others.
func TestOpenMetricsLeavesNothingOut(t *testing.T) {
	derived := map[string]bool{"time_s": true, "span_s": true, "failed": true, "cost.per_hour": true}
	r := everything(t)
	_, err := parse(openMetrics(t, r))
	require.NoError(t, err)
	used := map[string]bool{}
	for _, c := range r.Detail.Series.Columns {
		found := false
		for _, f := range families {
			for _, s := range f.from {
				if _, ok := namesIn(s.column, c.Name); ok {
					found, used[f.name] = true, true
				}
			}
		}
		require.Equal(t, derived[c.Name], !found, c.Name)
	}
	require.Len(t, used, len(families), "a family has no column")
}

// The parser of these tests refuses what OpenMetrics does.
func TestParserIsStrict(t *testing.T) {
	good := "# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds A.\na_seconds_total{x=\"1\"} 1 10\na_seconds_total{x=\"1\"} 2 20.5\n"
	_, err := parse(good + "# EOF\n")
	require.NoError(t, err)
	for name, text := range map[string]string{
		"no end":                      good,
		"something after the end":     good + "# EOF\n\n",
		"an empty line":               good + "\n# EOF\n",
		"a unit that the name lacks":  strings.Replace(good, "UNIT a_seconds seconds", "UNIT a_seconds bytes", 1) + "# EOF\n",
		"a counter without its total": strings.Replace(good, "a_seconds_total", "a_seconds", 1) + "# EOF\n",
		"a counter that falls":        strings.Replace(good, " 2 20.5", " 0 20.5", 1) + "# EOF\n",
		"a timestamp that comes back": strings.Replace(good, " 20.5", " 10", 1) + "# EOF\n",
		"metrics that are mixed":      good + "a_seconds_total{x=\"2\"} 1 10\na_seconds_total{x=\"1\"} 3 30\n# EOF\n",
		"a family that comes back":    good + "# TYPE b gauge\nb{} 1 1\n# TYPE a_seconds counter\n# EOF\n",
		"a label twice":               strings.Replace(good, `{x="1"}`, `{x="1",x="1"}`, 1) + "# EOF\n",
		"a quote in a label":          strings.Replace(good, `{x="1"}`, `{x="1"2"}`, 1) + "# EOF\n",
		"a comma at the end":          strings.Replace(good, `{x="1"}`, `{x="1",}`, 1) + "# EOF\n",
		"a value that is no number":   strings.Replace(good, " 1 10", " one 10", 1) + "# EOF\n",
		"a quantile of a counter":     strings.Replace(good, `{x="1"}`, `{quantile="1"}`, 1) + "# EOF\n",
		"no family":                   "a{} 1 1\n# EOF\n",
		"an unknown type":             strings.Replace(good, "counter", "count", 1) + "# EOF\n",
	} {
		_, err := parse(text)
		require.Error(t, err, name)
	}
}

// Prometheus takes all samples in.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool")
	}
	for _, name := range []string{"burst", "hostile"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text := openMetrics(t, results[name]())
			file := filepath.Join(dir, "openmetrics.txt")
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			blocks := filepath.Join(dir, "blocks")
			out, err := exec.Command(promtool, "tsdb", "create-blocks-from", "openmetrics", file, blocks).CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.NoError(t, os.Mkdir(filepath.Join(blocks, "wal"), 0o755)) // as in a folder of Prometheus
			dump, err := exec.Command(promtool, "tsdb", "dump", blocks).Output()
			require.NoError(t, err)
			p, err := parse(text)
			require.NoError(t, err)
			require.Len(t, p.samples, strings.Count(string(dump), "\n"))
		})
	}
}

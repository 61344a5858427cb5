package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/reports/internal/sample"
	"github.com/headroom-sim/headroom/reports/page"
)

var pages = flag.String("pages", "", "write pages for the test in a browser into this folder")

// long is a run of so many minutes: the burst, again and again.
func long(minutes int) *experiments.Result {
	r := sample.Burst()
	s := r.Detail.Series
	for i, c := range r.Detail.Minutes.Columns {
		r.Detail.Minutes.Columns[i] = experiments.MinuteColumn{
			Column: c.Column, At: c.At, Means: repeated(c.Means, minutes), Squares: repeated(c.Squares, minutes), Samples: repeated(c.Samples, minutes),
		}
	}
	s.Rows = repeated(s.Rows, minutes)
	for i := range s.Rows {
		s.Rows[i] = slices.Clone(s.Rows[i])
		s.Rows[i][s.Index("time_s")] = float64(60 * i)
	}
	r.DurationS = float64(60 * minutes)
	return r
}

func repeated[T any](once []T, times int) []T {
	var rows []T
	for i := range times {
		rows = append(rows, once[i%len(once)])
	}
	return rows
}

func TestPagesForTheBrowser(t *testing.T) {
	if *pages == "" {
		t.Skip("writes pages where -pages says where to")
	}
	for name, result := range samples {
		write(t, name, result())
	}
	write(t, "long", long(100_000))
	for name, c := range comparisons {
		writePage(t, name, CompareHTML, c())
	}
	for name, c := range checkSamples {
		writePage(t, name, CheckHTML, c())
	}
}

func writePage[T any](t *testing.T, name string, html func(io.Writer, T) error, x T) {
	t.Helper()
	var page bytes.Buffer
	require.NoError(t, html(&page, x))
	require.NoError(t, os.WriteFile(filepath.Join(*pages, name+".html"), page.Bytes(), 0o644))
}

func write(t *testing.T, name string, r *experiments.Result) {
	t.Helper()
	writePage(t, name, HTML, r)
}

// The page names what is to be known first before anything else, and has what it
// takes to get the same again.
func TestPage(t *testing.T) {
	got := written(t, HTML, sample.Burst())
	last := 0
	for _, part := range []string{
		"A burst meets one small server", "Outside its objectives", "The limit that binds", "Expectations", "Over time", "Distribution of latencies",
		"Figures", "What happened", "Checks and reproduction", "headroom run sites/burst.toml", "v0.0.0-sample", "9f86d081884c7d65",
	} {
		at := strings.Index(got[last:], part)
		require.GreaterOrEqual(t, at, 0, part)
		last += at
	}
}

// Every event of a short run has its line; of a long one the most telling ones.
func TestPageEvents(t *testing.T) {
	r := sample.Burst()
	timeline := pageEvents(r)
	require.Empty(t, timeline.Omitted)
	marks := map[string]int{}
	for _, e := range timeline.Events {
		marks[e.Mark]++
		require.False(t, e.Mark != "" && !e.Told, "what is marked is told")
	}
	require.Equal(t, map[string]int{"": 16, "out": 2, "in": 2, "alarm": 2, "fault": 1, "other": 1}, marks)

	for len(r.Detail.Events) < 2*mostPageEvents {
		r.Detail.Events = append(r.Detail.Events, r.Detail.Events...)
	}
	timeline = pageEvents(r)
	require.LessOrEqual(t, len(timeline.Events), mostPageEvents)
	require.Contains(t, timeline.Omitted, "events.csv")
}

// Each setting is on the page with its value and with who says so.
func TestPageSettings(t *testing.T) {
	r := sample.Single()
	r.Detail.Settings = []scenario.Setting{
		{Key: "seed", Value: "1", Origin: scenario.Default, Doc: "Seed.", Source: "DERIVED: any"},
		{Table: "fleets.web", Key: "min", Value: "2", Origin: scenario.Set, Where: "line 7", Source: "api"},
		{Table: "fleets.web", Key: "desired", Value: "2, as min", Origin: scenario.Derived},
	}
	tables := settingTables(r)
	require.Len(t, tables, 2)
	require.Equal(t, page.Setting{Key: "seed", Value: "1", Origin: "default", Doc: "Seed.", Source: "any"}, tables[0].Rows[0])
	require.Equal(t, page.Setting{Key: "min", Value: "2", Origin: "set", Where: "line 7"}, tables[1].Rows[0])
	require.Equal(t, "2 settings, 1 set", tables[1].Count())
	require.Regexp(t, `(?s)\[fleets.web\].*2, as min.*derived`, written(t, HTML, r))
}

// A column of texts in which nothing stands is left out.
func TestFilled(t *testing.T) {
	for _, c := range []struct {
		second string
		head   []string
	}{{"", []string{"name", "is"}}, {"0:10", []string{"name", "is", "during"}}} {
		b := block{head: []string{"name", "is", "during"}, left: 3, rows: [][]string{{"a", "1", ""}, {"b", "2", c.second}}}
		require.Equal(t, c.head, b.filled().head)
	}
}

func BenchmarkHTML(b *testing.B) {
	r := sample.Day()
	for b.Loop() {
		if err := HTML(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

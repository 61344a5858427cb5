package reports

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

var pages = flag.String("pages", "", "write pages for the test in a browser into this folder")

// long is a run of so many minutes: the burst, again and again.
func long(minutes int) *experiments.Result {
	r := sample.Single()
	s := r.Detail.Series
	times, once := s.Index("time_s"), s.Rows
	s.Rows = nil
	for i := range minutes {
		row := append([]float64(nil), once[i%len(once)]...)
		row[times] = float64(60 * i)
		s.Rows = append(s.Rows, row)
	}
	r.DurationS = float64(60 * minutes)
	return r
}

func TestPagesForTheBrowser(t *testing.T) {
	if *pages == "" {
		t.Skip("writes pages where -pages says where to")
	}
	for name, result := range samples {
		write(t, name, result())
	}
	write(t, "long", long(100_000))
}

func write(t *testing.T, name string, r *experiments.Result) {
	t.Helper()
	page := written(t, HTML, r)
	require.NoError(t, os.WriteFile(filepath.Join(*pages, name+".html"), []byte(page), 0o644))
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

package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

var update = flag.Bool("update", false, "write the golden files anew")

var samples = map[string]func() *experiments.Result{
	"burst": sample.Burst, "single": sample.Single, "day": sample.Day, "hostile": sample.Hostile,
}

func text(width int, colour bool) func(io.Writer, *experiments.Result) error {
	return func(w io.Writer, r *experiments.Result) error {
		return Text(w, r, TextOptions{Width: width, Colour: colour})
	}
}

// formats are the golden files of each sample by their endings.
var formats = map[string]func(io.Writer, *experiments.Result) error{
	"80.txt": text(80, false), "80-colour.txt": text(80, true), "200.txt": text(200, false),
	"md": Markdown, "json": JSON, "events.csv": EventsCSV,
	"explain.80.txt": explained(80, false, false), "explain.80-colour.txt": explained(80, true, false), "explain.200.txt": explained(200, false, false),
	"explain.piped.txt": explained(80, false, true), "explain.json": explainedJSON,
}

func explained(width int, colour, piped bool) func(io.Writer, *experiments.Result) error {
	return func(w io.Writer, r *experiments.Result) error {
		return Explain(w, r, ExplainOptions{TextOptions: TextOptions{Width: width, Colour: colour}, Piped: piped})
	}
}

func explainedJSON(w io.Writer, r *experiments.Result) error { return TimelineJSON(w, r, Filter{}) }

func written(t *testing.T, write func(io.Writer, *experiments.Result) error, r *experiments.Result) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, write(&out, r))
	return out.String()
}

func TestGolden(t *testing.T) {
	for name, result := range samples {
		for ending, write := range formats {
			if name == "single" && strings.HasPrefix(ending, "explain.") {
				continue // as of burst: explain tells of one replication
			}
			golden(t, name+"."+ending, written(t, write, result()))
		}
	}
	golden(t, "hostile.series.csv", written(t, asCSV(seriesTable), sample.Hostile()))
	golden(t, "hostile.html", withoutAssets(written(t, HTML, sample.Hostile()))) // the smallest page
}

// assets are the style and the script of a page, which all pages share.
var assets = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>`)

// withoutAssets is a page with what is about its result only.
func withoutAssets(page string) string {
	return assets.ReplaceAllStringFunc(page, func(whole string) string {
		return whole[:strings.Index(whole, ">")+1] + whole[strings.LastIndex(whole, "<"):]
	})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "%s is not as it was; read it and run the test with -update", name)
}

// No line is wider than the terminal or ends in blanks, and without colour
// there is no control code, whatever the author called things.
func TestTextKeepsToTheTerminal(t *testing.T) {
	keepsToTheTerminal(t, text)
	keepsToTheTerminal(t, func(width int, colour bool) func(io.Writer, *experiments.Result) error {
		return explained(width, colour, false)
	})
}

func keepsToTheTerminal(t *testing.T, text func(width int, colour bool) func(io.Writer, *experiments.Result) error) {
	t.Helper()
	for name, result := range samples {
		for _, width := range []int{60, 80, 100, 149, 150, 200, 500} {
			plainText := written(t, text(width, false), result())
			checkLines(t, name, width, plainText)
			coloured := written(t, text(width, true), result())
			require.Equal(t, plainText, withoutColour(coloured), "%s at %d: colour changes nothing else", name, width)
		}
	}
}

func checkLines(t *testing.T, name string, width int, text string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		require.LessOrEqual(t, cells.StringWidth(line), width, "%s at %d: %s", name, width, line)
		require.Equal(t, strings.TrimRight(line, " "), line, "%s at %d", name, width)
	}
	for _, r := range text {
		require.True(t, r >= ' ' || r == '\n', "%s at %d: control character %q", name, width, r)
	}
}

func withoutColour(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, text, _ = strings.Cut(rest, "m")
	}
}

// With one replication that is said once, and no figure has an interval.
func TestOneReplicationHasNoIntervals(t *testing.T) {
	got := written(t, text(80, false), sample.Single())
	require.Equal(t, 1, strings.Count(got, "no intervals"))
	require.NotContains(t, got, "±")
	require.Contains(t, written(t, text(80, false), sample.Burst()), "812,345 ± 3,249")
}

// The environment's language changes nothing.
func TestTextIgnoresTheLocale(t *testing.T) {
	want := written(t, text(80, false), sample.Day())
	t.Setenv("LC_ALL", "ko_KR.UTF-8")
	t.Setenv("RUNEWIDTH_EASTASIAN", "1")
	require.Equal(t, want, written(t, text(80, false), sample.Day()))
}

func TestFailedWrites(t *testing.T) {
	for ending, write := range formats {
		require.ErrorIs(t, write(full{}, sample.Burst()), io.ErrShortWrite, ending)
	}
	require.ErrorIs(t, HTML(full{}, sample.Burst()), io.ErrShortWrite)
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// What a variant leaves unused has no figures of its own, and is named where the
// cost is.
func TestWhatIsNotUsedIsNamed(t *testing.T) {
	r := sample.Burst()
	r.Detail.Unused = []string{"web", "nginx-lb"}
	var text, page strings.Builder
	require.NoError(t, Text(&text, r, TextOptions{Width: 80}))
	require.NoError(t, Markdown(&page, r))
	for _, report := range []string{text.String(), page.String()} {
		require.Regexp(t, `not used: free[ |]+web, nginx-lb`, report)
		require.NotContains(t, report, "hours billed")
		require.NotContains(t, report, "healthy targets, mean")
	}
}

// What has no price is named beside the cost, which leaves it out.
func TestCostNamesWhatHasNoPrice(t *testing.T) {
	r := sample.Day()
	for _, unpriced := range [][]string{nil, {"api", "worker"}} {
		r.Detail.Unpriced = unpriced
		var text, page strings.Builder
		require.NoError(t, Text(&text, r, TextOptions{Width: 80}))
		require.NoError(t, Markdown(&page, r))
		for _, report := range []string{text.String(), page.String()} {
			if unpriced == nil {
				require.NotContains(t, report, "no price")
			} else {
				require.Regexp(t, `no price[ |]+api, worker`, report)
			}
		}
	}
}

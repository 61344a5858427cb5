package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/internal/sample"
	"github.com/headroom-sim/headroom/reports/view"
)

var comparisons = map[string]func() *experiments.Comparison{
	"compared": sample.Compared, "alone": sample.Alone, "many": sample.Many, "hostile-compared": sample.HostileCompared,
}

func compareText(width int, colour bool) func(io.Writer, *experiments.Comparison) error {
	return func(w io.Writer, c *experiments.Comparison) error {
		return CompareText(w, c, TextOptions{Width: width, Colour: colour})
	}
}

func compareWritten(t *testing.T, write func(io.Writer, *experiments.Comparison) error, c *experiments.Comparison) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, write(&out, c))
	return out.String()
}

func TestCompareGolden(t *testing.T) {
	for name, c := range comparisons {
		for ending, write := range map[string]func(io.Writer, *experiments.Comparison) error{
			"80.txt": compareText(80, false), "80-colour.txt": compareText(80, true), "200.txt": compareText(200, false), "md": CompareMarkdown,
		} {
			if name == "compared" || ending == "80.txt" || ending == "md" && name != "many" {
				golden(t, name+"."+ending, compareWritten(t, write, c()))
			}
		}
	}
}

func TestCompareKeepsToTheTerminal(t *testing.T) {
	for name, c := range comparisons {
		for _, width := range []int{60, 80, 100, 150, 200, 500} {
			text := compareWritten(t, compareText(width, false), c())
			checkLines(t, name, width, text)
			require.Equal(t, text, withoutColour(compareWritten(t, compareText(width, true), c())), "%s at %d", name, width)
		}
	}
}

// What the author called things is text on the page, and every chart is drawn as it
// was.
func TestComparePageGolden(t *testing.T) {
	golden(t, "hostile-compared.html", withoutAssets(compareWritten(t, CompareHTML, sample.HostileCompared())))
	golden(t, "compared.html", withoutAssets(compareWritten(t, CompareHTML, sample.Compared())))
}

// Each row of the CSV says what the JSON says.
func TestDifferencesCSV(t *testing.T) {
	c := sample.Compared()
	rows, err := csv.NewReader(strings.NewReader(compareWritten(t, DifferencesCSV, c))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+2*len(c.Changes[0].Metrics))
	var object struct {
		Differences map[string]map[string]map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(compareWritten(t, CompareJSON, c)), &object))
	column := make(map[string]int)
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		d := object.Differences[row[column["arm"]]+" - base"][row[column["metric"]]]
		for csvName, jsonName := range map[string]string{"difference": "mean", "lo": "lo", "hi": "hi", "p": "p", "n": "n"} {
			var v any
			if text := row[column[csvName]]; text != "" {
				require.NoError(t, json.Unmarshal([]byte(text), &v))
			}
			require.Equal(t, d[jsonName], v, "%v", row)
		}
		require.Equal(t, d["shows"], row[column["shows"]])
	}
}

func TestCompareFailedWrites(t *testing.T) {
	files, err := Comparisons.Report(sample.Compared()).Files()
	require.NoError(t, err)
	for _, file := range files {
		require.Error(t, file.Write(full{}), file.Name)
	}
}

// A difference that is the same in all of too few pairs has no interval, and that
// is said.
func TestCompareUnanimous(t *testing.T) {
	c := sample.Compared()
	require.NotContains(t, differencesNote(c), "In all")
	d := c.Changes[0].Metrics[c.Shown[0]]
	d.Simultaneous.Lo, d.Simultaneous.Hi = math.NaN(), math.NaN()
	c.Changes[0].Metrics[c.Shown[0]] = d
	require.Equal(t, experiments.None, d.Shows())
	require.Contains(t, differencesNote(c), "In all: the same difference in every pair, of too few for an interval.")
}

// A check whose fails may all be luck says so.
func TestCheckOfLuck(t *testing.T) {
	c := sample.Check()
	c.Luck = true
	v, text := checkVerdict(c)
	require.Equal(t, output.Inconclusive, v)
	require.Contains(t, text, "as much fails by luck")
}

// Of equal cost the one that nothing dominates, and of several the one of least
// cost.
func TestCheapest(t *testing.T) {
	c := sample.Many()
	require.Equal(t, "None keeps all its expectations", cheapest(c))
	for i := range c.Arms {
		r := *c.Arms[i].Result
		r.Expectations = map[string]experiments.Expectation{"kept": {Verdict: output.Pass}}
		c.Arms[i].Result = &r
		c.Arms[i].Metrics[experiments.CostRate] = experiments.Metric{Unit: "USD/h", Mean: 2, Lo: 2, Hi: 2, N: 10}
	}
	c.Frontier.Objectives[0].Tolerance = 0.01
	c.Frontier.Standings[0].DominatedBy = []string{"v1"}
	require.Regexp(t, "keeps all its expectations: variant-0-of-nine-with-a-long-name, USD 2.00", cheapest(c))
	c.Arms[5].Metrics[experiments.CostRate] = experiments.Metric{Unit: "USD/h", Mean: 1, Lo: 1, Hi: 1, N: 10}
	require.Regexp(t, "keeps all its expectations: v4, USD 1.00", cheapest(c))
	for i := range c.Arms {
		c.Arms[i].Expectations = nil
	}
	require.Empty(t, cheapest(c))
}

// What is worth a choice by cost and quality may still miss an expectation: it says
// so where another misses none.
func TestAnswerTellsWhatIsMissing(t *testing.T) {
	c := sample.Compared()
	require.NotContains(t, answer(c), "without", "none keeps all")
	kept := *c.Arms[1].Result
	kept.Expectations = map[string]experiments.Expectation{"fast": {Verdict: output.Pass}}
	c.Arms[1].Result = &kept
	require.Contains(t, answer(c), "base (without available, fast and reaction), larger; not another-name")
}

// A share of a base that is next to nothing says nothing.
func TestDifferenceOfNextToNothing(t *testing.T) {
	d := experiments.Difference{Unit: "", Base: 0.004}
	d.N, d.Simultaneous = 10, output.Estimate{Mean: -0.004, Lo: -0.01, Hi: 0.002, N: 10}
	require.Equal(t, "-0.0040 ± 0.0060", view.ByHowMuch(d, d.Simultaneous))
	d.Simultaneous = output.Estimate{Mean: -0.004, Lo: -0.00402, Hi: -0.00398, N: 10}
	require.Equal(t, "-100.00 ± 0.50 %", view.ByHowMuch(d, d.Simultaneous))
}

func TestGathered(t *testing.T) {
	for _, c := range []struct{ name, metrics, want string }{
		{"alone", "services.a.x", "services.a.x"},
		{"of one", "services.a.x services.a.y", "services.a.* (2 metrics)"},
		{"of two", "services.a.x services.b.x services.b.y", "services.a.x, services.b.* (2 metrics)"},
		{"short", "availability requests.failed", "availability, requests.failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, strings.Join(gathered(strings.Fields(c.metrics)), ", "))
		})
	}
}

// Arms that are alike are one choice, named by the first of them, and it is said how
// sure it is that none is cheaper.
func TestAlikeArmsAreOneChoice(t *testing.T) {
	c := sample.Many()
	c.Frontier.Standings[0].AlikeTo, c.Frontier.Standings[2].AlikeTo = []string{"v1"}, []string{"base"}
	require.Contains(t, answer(c), ": base (alike: v1), variant-0")
	require.Equal(t, "alike: base", standingText(c, 2))
	require.Contains(t, standingsNote(c), "Alike: base and v1. ")
	for _, row := range []struct {
		sure float64
		said string
	}{{math.NaN(), ""}, {0.9999, "; by cost alone more than 99.9 % sure"}, {0.984, "; by cost alone 98.4 % sure"}} {
		c.Frontier.Standings[0].Sure = row.sure
		require.Equal(t, row.said, sureOf(c, 0))
	}
}

// A cheaper arm whose expectations are undecided may be the better choice, and is named;
// one that fails, or that is dearer, is not.
func TestCheaperAndUndecided(t *testing.T) {
	c := sample.Many()
	for i, v := range []output.Verdict{output.Pass, output.Inconclusive, output.Inconclusive, output.Pass, output.Fail} {
		c.Arms[i].Expectations = map[string]experiments.Expectation{"fast": {Verdict: v}}
		cost := c.Arms[i].Metrics[experiments.CostRate]
		cost.Mean = []float64{3, 2, 4, 5, 1}[i]
		c.Arms[i].Metrics[experiments.CostRate] = cost
	}
	c.Arms = c.Arms[:5]
	require.Contains(t, cheapest(c), "The cheapest that keeps all its expectations: base, USD")
	require.Contains(t, cheapest(c), "; cheaper, but not shown to keep them: "+c.Arms[1].Name)
	require.NotContains(t, cheapest(c), c.Arms[2].Name)
	c.Arms[3].Expectations = map[string]experiments.Expectation{"fast": {Verdict: output.Fail}}
	require.Regexp(t, "^The only one that keeps all its expectations: base, .*; cheaper, but not shown to keep them: "+c.Arms[1].Name+"$", cheapest(c))
	c.Arms[1].Expectations = map[string]experiments.Expectation{"fast": {Verdict: output.Pass}}
	require.NotContains(t, cheapest(c), "not shown")
}

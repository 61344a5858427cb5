package design_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/design"
)

// texts are all values of a factor, as --set takes them.
func texts(f design.Factor) string {
	var list []string
	for level := range f.Levels() {
		list = append(list, f.Text(level))
	}
	return strings.Join(list, " | ")
}

func TestFactorValues(t *testing.T) {
	for _, c := range []struct{ text, key, values string }{
		{"fleets.web.min=1,2,5", "fleets.web.min", "1 | 2 | 5"},
		{"fleets.web.min = 4", "fleets.web.min", "4"},
		{"fleets.web.min=1..5", "fleets.web.min", "1 | 2 | 3 | 4 | 5"},
		{"k=-2..1", "k", "-2 | -1 | 0 | 1"},
		{"k=40..60:5", "k", "40 | 45 | 50 | 55 | 60"},
		{"k=1..10:4", "k", "1 | 5 | 9"},
		{"k=7..7", "k", "7"},
		{"k=10s..60s:10s", "k", "10s | 20s | 30s | 40s | 50s | 60s"},
		{"k=0..20s:10s", "k", "0s | 10s | 20s"},
		{"k=1s..3s", "k", "1s | 2s | 3s"},
		{"k=30%..50%:10%", "k", "30% | 40% | 50%"},
		{"k=50/s..200/s:50/s", "k", "50/s | 100/s | 150/s | 200/s"},
		{"k=1000 per 10s..3000 per 10s:1000 per 10s", "k", "1000 per 10s | 2000 per 10s | 3000 per 10s"},
		{"k=0.1..0.5:0.1", "k", "0.1 | 0.2 | 0.3 | 0.4 | 0.5"}, // 0.1 + 0.2 of floats is not 0.3
		{"k=1..2:0.25", "k", "1 | 1.25 | 1.5 | 1.75 | 2"},
		{"k=500ms..2s:500ms", "k", "500ms | 1s | 1.5s | 2s"},
		{"k=1h30m..2h30m:30m", "k", "1h30m | 2h | 2h30m"},
		{"k=1h30m..4h30m:1h30m", "k", "1h30m | 3h | 4h30m"},
		{"k=512KiB..2MiB:512KiB", "k", "512KiB | 1MiB | 1536KiB | 2MiB"},
		{"k=1..3,8,16", "k", "1 | 2 | 3 | 8 | 16"},
		{"fleets.web.instance=c6i.large, c6i.xlarge", "fleets.web.instance", "c6i.large | c6i.xlarge"},
		{`k="exponential(2ms)","lognormal(12ms, scv=4)"`, "k", `"exponential(2ms)" | "lognormal(12ms, scv=4)"`},
		{"k=lognormal(12ms, scv=4),2ms", "k", "lognormal(12ms, scv=4) | 2ms"},
		{`fleets.web.zones=["a","c"],["a"]`, "fleets.web.zones", `["a","c"] | ["a"]`},
		{`expectations.fast.during="25m..60m","0m..60m"`, "expectations.fast.during", `"25m..60m" | "0m..60m"`},
		{`fleets."web".min=1,2`, "fleets.web.min", "1 | 2"},
		{`a."b.c"=1,2`, `a."b.c"`, "1 | 2"},
		{"k=+1,-1,+10%", "k", "+1 | -1 | +10%"},
	} {
		t.Run(c.text, func(t *testing.T) {
			f, err := design.ParseFactor(c.text)
			require.NoError(t, err)
			require.Equal(t, c.key, f.Key)
			require.Equal(t, c.values, texts(f))
			require.False(t, f.Continuous())
		})
	}
}

// A range is continuous where an end has a decimal point or the units differ.
func TestContinuousFactors(t *testing.T) {
	for _, c := range []struct{ text, first, middle, last string }{
		{"k=0.1..0.5", "0.1", "0.3", "0.5"},
		{"k=1.0..2", "1", "1.5", "2"},
		{"k=-1.5..1.5", "-1.5", "0", "1.5"},
		{"k=1.0s..2.0s", "1s", "1.5s", "2s"},
		{"k=30.0%..70.0%", "30%", "50%", "70%"},
		{"k=500ms..2s", "500ms", "1.25s", "2s"},
		{"k=0.00001..0.00003", "0.00001", "0.00002", "0.00003"},
	} {
		t.Run(c.text, func(t *testing.T) {
			f, err := design.ParseFactor(c.text)
			require.NoError(t, err)
			require.True(t, f.Continuous())
			require.True(t, f.Numeric())
			require.Equal(t, 10_001, f.Levels())
			require.Equal(t, [3]string{c.first, c.middle, c.last}, [3]string{f.Text(0), f.Text(5000), f.Text(10_000)})
		})
	}
}

func TestNumbersOfFactors(t *testing.T) {
	for _, c := range []struct {
		text    string
		numeric bool
		want    []float64
	}{
		{"k=1,2,8", true, []float64{1, 2, 8}},
		{"k=30%,50%", true, []float64{30, 50}},
		{"k=10s..30s:10s", true, []float64{10, 20, 30}},
		{`k="1s","1m"`, true, []float64{1e9, 60e9}},
		{"k=c6i.large,c6i.xlarge", false, []float64{0, 1}},
		{"k=round_robin,random", false, []float64{0, 1}},
	} {
		t.Run(c.text, func(t *testing.T) {
			f, err := design.ParseFactor(c.text)
			require.NoError(t, err)
			require.Equal(t, c.numeric, f.Numeric())
			for level, want := range c.want {
				require.Equal(t, want, f.Number(level))
			}
		})
	}
}

func TestValueHasNoQuotes(t *testing.T) {
	f, err := design.ParseFactor(`k="exponential(2ms)",'b',c`)
	require.NoError(t, err)
	require.Equal(t, "exponential(2ms) b c", fmt.Sprint(f.Value(0), " ", f.Value(1), " ", f.Value(2)))
}

func TestWrongVary(t *testing.T) {
	for _, c := range []struct {
		texts []string
		want  string
	}{
		{[]string{"fleets.web.min"}, "--vary fleets.web.min: must be KEY=RANGE, as in fleets.web.min=1..8 or fleets.web.instance=c6i.large,c6i.xlarge"},
		{[]string{"=1"}, `--vary =1: must have a dotted key, as in fleets.web.min (have key "")`},
		{[]string{"a..b=1"}, `--vary a..b=1: must have a dotted key, as in fleets.web.min (have key "a..b")`},
		{[]string{"k="}, "--vary k=: names no value"},
		{[]string{"k=1,,2"}, "--vary k=1,,2: has a value that is empty"},
		{[]string{"fleets.web.min=5..1"}, "--vary fleets.web.min=5..1: must not begin above its end"},
		{[]string{"k=1..5:0"}, "--vary k=1..5:0: must have a step above zero"},
		{[]string{"k=1..5:-1"}, "--vary k=1..5:-1: must have a step above zero"},
		{[]string{"k=1..x"}, "--vary k=1..x: must go from a number to a number, as in 1..8, 40..80:5 or 10s..60s:10s"},
		{[]string{"k=1.."}, "--vary k=1..: must go from a number to a number, as in 1..8, 40..80:5 or 10s..60s:10s"},
		{[]string{"k=1s..5:1s"}, "--vary k=1s..5:1s: must have the same unit throughout, as in 30%..70%:10%"},
		{[]string{"k=1..9999999999999999999"}, "--vary k=1..9999999999999999999: has numbers with too many digits"},
		{[]string{"k=1..9999999"}, "--vary k=1..9999999: has more than 1000000 values"},
		{[]string{"k=0.1..0.2,4"}, "--vary k=0.1..0.2,4: 0.1..0.2: needs a step in a list"},
		{[]string{"k=1,2,1"}, "--vary k=1,2,1: has the value 1 twice"},
		{[]string{`k=a,"a"`}, `--vary k=a,"a": has the value "a" twice`},
		{[]string{"k=1", "k=2"}, "--vary k=2: k is varied twice"},
		{[]string{"a.b=1,2", `a."b"=3`}, `--vary a."b"=3: a.b is varied twice`},
		{[]string{"a.b={c=1},{c=2}", "a.b.c=3"}, "--vary a.b.c=3: a.b and a.b.c cannot be varied together: one holds the other"},
		{[]string{"k=5..1", "k"}, "--vary k=5..1: must not begin above its end\n--vary k: must be KEY=RANGE, as in fleets.web.min=1..8 or fleets.web.instance=c6i.large,c6i.xlarge"},
	} {
		t.Run(strings.Join(c.texts, " "), func(t *testing.T) {
			_, err := design.ParseVary(c.texts)
			require.EqualError(t, err, c.want)
		})
	}
}

func FuzzParseFactor(f *testing.F) {
	for _, seed := range []string{"k=1..5", "k=1,2", `a."b"=0.1..0.5:0.1`, "k=1h30m..2h:1m", "k=1KiB..1MiB", "k=-1.5..2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := design.ParseFactor(text)
		if err != nil {
			return
		}
		require.Positive(t, got.Levels())
		for _, level := range []int{0, got.Levels() - 1} {
			require.NotEmpty(t, got.Text(level))
		}
	})
}

package client

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func parse(t *testing.T, text string) *Trace {
	t.Helper()
	trace, err := ParseTrace(strings.NewReader(text), time.UTC)
	require.NoError(t, err)
	return trace
}

func parseFile(t *testing.T, name string) *Trace {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return parse(t, string(data))
}

func TestTraceIsRead(t *testing.T) {
	minute := time.Minute
	for name, test := range map[string]struct {
		text string
		want []Interval
	}{
		"with header":        {"timestamp,requests\n1998-06-30 00:00:00,17\n1998-06-30 00:01:00,18\n", []Interval{{0, minute, 17}, {minute, 2 * minute, 18}}},
		"without header":     {"2014-04-10 00:04:00,94.0\n2014-04-10 00:09:00,56.5\n", []Interval{{0, 5 * minute, 94}, {5 * minute, 10 * minute, 56.5}}},
		"seconds":            {"0,1\n60,2\n180,3\n", []Interval{{0, minute, 1}, {minute, 3 * minute, 2}, {3 * minute, 5 * minute, 3}}},
		"Unix time":          {"899164800,1\r\n899164860.5,2\r\n", []Interval{{0, minute + 500e6, 1}, {minute + 500e6, 2*minute + 1000e6, 2}}},
		"RFC 3339":           {"1998-06-30T02:00:00+02:00,1\n1998-06-30T00:01:00Z,2,more\n\n", []Interval{{0, minute, 1}, {minute, 2 * minute, 2}}},
		"quotes and BOM":     {"\ufeff\"when\",\"count\"\n\"2014-04-10 00:04\",\"1\"\n\"2014-04-10 00:05\",\"2\"", []Interval{{0, minute, 1}, {minute, 2 * minute, 2}}},
		"starts after a gap": {"30,1\n60,2\n", []Interval{{minute / 2, minute, 1}, {minute, minute * 3 / 2, 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, parse(t, test.text).Intervals)
		})
	}
}

func TestTraceTimesAreInTheZone(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	trace, err := ParseTrace(strings.NewReader("2026-11-20 09:00:00,1\n2026-11-20 09:01:00,1\n"), seoul)
	require.NoError(t, err)
	require.True(t, trace.Zero.Equal(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
	require.True(t, trace.Absolute())
	require.False(t, parse(t, "0,1\n60,1\n").Absolute())
}

func TestBrokenTraces(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":          {"", "a trace needs at least two rows (timestamp, count)"},
		"only a header":  {"timestamp,requests\n", "a trace needs at least two rows (timestamp, count)"},
		"one row":        {"t,n\n0,1\n", "a trace needs at least two rows (timestamp, count)"},
		"no comma":       {"0,1\n60;2\n", `line 2: must be a timestamp and a count with a comma between (have "60;2")`},
		"no number":      {"t,n\n0,1\n60,many\n", `line 3: the count must be a number, 0 or more (have "many")`},
		"negative":       {"0,1\n60,-2\n", `line 2: the count must be a number, 0 or more (have "-2")`},
		"not a number":   {"0,NaN\n60,2\n", `line 1: the count must be a number, 0 or more (have "NaN")`},
		"no time":        {"0,1\nyesterday,2\n", `line 2: the timestamp must be written as in 1998-06-30 00:00:00 or as seconds (have "yesterday")`},
		"two headers":    {"t,n\nt,n\n0,1\n", `line 2: the count must be a number, 0 or more (have "n")`},
		"broken first":   {"1998-06-30 00:00:00\n1998-06-30 00:01:00,5\n", `line 1: must be a timestamp and a count with a comma between (have "1998-06-30 00:00:00")`},
		"out of order":   {"0,1\n60,2\n60,3\n", "line 3: timestamp 60 does not come after the one before"},
		"mixed":          {"0,1\n1998-06-30 00:00:00,2\n", "line 2: timestamp 1998-06-30 00:00:00 is of another kind than those before"},
		"too long":       {"1998-06-30 00:00:00,1\n2014-06-30 00:00:00,2\n", "line 2: timestamp 2014-06-30 00:00:00 is more than 833 days after the first"},
		"long line":      {"0,1\n" + strings.Repeat("x", 2<<20), "line 2: bufio.Scanner: token too long"},
		"log, cut":       {logExample + "83.149.9.216 - - [17/May", "line 2: is not in the common or combined log format"},
		"log, no month":  {logExample + `h - - [17/Mai/2015:10:05:03 +0000] "GET /`, `line 2: the time must be written as in 17/May/2015:10:05:03 +0000 (have "17/Mai/2015:10:05:03 +0000")`},
		"log, millennia": {logExample + `h - - [17/May/2035:10:05:03 +0000] "GET /`, "the log covers more than 833 days"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseTrace(strings.NewReader(test.text), time.UTC)
			require.EqualError(t, err, test.want)
		})
	}
}

const logExample = `127.0.0.1 - frank von x [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326` + "\n"

func TestAccessLogIsCountedBySecond(t *testing.T) {
	trace := parseFile(t, "elastic-60.log")
	require.Equal(t, 60.0, trace.Total())
	require.True(t, trace.Zero.Equal(time.Date(2015, 5, 17, 10, 5, 0, 0, time.UTC)), "the earliest second, on line 7")
	require.Equal(t, []Interval{{0, time.Second, 2}, {3 * time.Second, 4 * time.Second, 3}, {4 * time.Second, 5 * time.Second, 1}}, trace.Intervals[:3])
	last := time.Duration(-1)
	for _, i := range trace.Intervals {
		require.Greater(t, i.From, last)
		last = i.From
	}
	require.Equal(t, 1.0, parse(t, logExample).Total())
}

func FuzzParseTrace(f *testing.F) {
	f.Add("timestamp,requests\n1998-06-30 00:00:00,17613\n1998-06-30 00:01:00,17782\n")
	f.Add("0,1\n60,2\n")
	f.Add(logExample)
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := ParseTrace(strings.NewReader(text), time.UTC)
		if err != nil {
			return
		}
		last := time.Duration(0)
		for _, i := range trace.Intervals {
			if i.From < last || i.To <= i.From || !(i.Count >= 0) {
				t.Fatalf("%+v after %v", i, last)
			}
			last = i.To
		}
	})
}

func TestTraceIsReproducedExactly(t *testing.T) {
	trace := parse(t, string(firstHours(t)))
	require.Equal(t, 3065267.0, trace.Total())
	spec := newSpec()
	process := newTraced(trace, spec, time.Time{}, random.NewStream(1, 0, "arrivals/fans"))
	got := make([]float64, len(trace.Intervals))
	var within []float64
	last := engine.Time(0)
	for at := process.next(); at < engine.Forever; at = process.next() {
		require.False(t, at < last)
		last = at
		got[at/engine.Minute]++
		if at < 20*engine.Minute {
			within = append(within, float64(at%engine.Minute)/float64(engine.Minute))
		}
	}
	for i, interval := range trace.Intervals {
		require.Equal(t, interval.Count, got[i], "minute %d", i)
	}
	requireUniform(t, within)
}

// Few arrivals an interval: each is an order statistic of the uniform
// distribution, the largest of two has the distribution function x^2.
func TestTracedArrivalsAreOrderStatistics(t *testing.T) {
	const n = 100000
	trace := &Trace{Intervals: make([]Interval, n)}
	for i := range trace.Intervals {
		from := time.Duration(i) * time.Second
		trace.Intervals[i] = Interval{from, from + time.Second, 2}
	}
	process := newTraced(trace, newSpec(), time.Time{}, random.NewStream(1, 0, "arrivals/x"))
	var first, second []float64
	for range n {
		a := float64(process.next()%engine.Second) / float64(engine.Second)
		b := float64(process.next()%engine.Second) / float64(engine.Second)
		first, second = append(first, 1-(1-a)*(1-a)), append(second, b*b)
	}
	requireUniform(t, first)
	requireUniform(t, second)
	requireNoLag(t, first)
}

func TestScaleCarriesFractionsOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Float64Range(0, 30), 1, 40).Draw(t, "counts")
		spec := newSpec()
		spec.Scale = rapid.Float64Range(0.01, 3).Draw(t, "scale")
		trace := &Trace{}
		for i, n := range counts {
			from := time.Duration(i) * time.Second
			trace.Intervals = append(trace.Intervals, Interval{from, from + time.Second, n})
		}
		process := newTraced(trace, spec, time.Time{}, random.NewStream(1, 0, "arrivals/x"))
		got := make([]float64, len(counts))
		for at := process.next(); at < engine.Forever; at = process.next() {
			got[at/engine.Second]++
		}
		var want, have float64
		for i, n := range counts {
			want, have = want+n*spec.Scale, have+got[i]
			require.InDelta(t, want, have, 0.5+1e-9)
		}
	})
}

func TestTraceIsPlayedFromTheStart(t *testing.T) {
	trace := parse(t, "2026-11-20 09:00:00,10\n2026-11-20 09:01:00,20\n2026-11-20 09:02:00,30\n")
	minutes := func(start time.Time, speed float64) []int {
		spec := newSpec()
		spec.Speed = speed
		process := newTraced(trace, spec, start, random.NewStream(1, 0, "arrivals/x"))
		n := make([]int, 8)
		for at := process.next(); at < engine.Forever; at = process.next() {
			n[at/engine.Minute]++
		}
		return n[:6]
	}
	nine := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	require.Equal(t, []int{10, 20, 30, 0, 0, 0}, minutes(time.Time{}, 1), "without a start the trace begins at zero")
	require.Equal(t, []int{10, 20, 30, 0, 0, 0}, minutes(nine, 1))
	require.Equal(t, []int{0, 0, 10, 20, 30, 0}, minutes(nine.Add(-2*time.Minute), 1))
	require.Equal(t, []int{20, 30, 0, 0, 0, 0}, minutes(nine.Add(time.Minute), 1), "what was before is left out")
	require.Equal(t, []int{0, 0, 0, 0, 0, 0}, minutes(nine.Add(time.Hour), 1))
	require.Equal(t, []int{60, 0, 0, 0, 0, 0}, minutes(nine, 3))
	require.Zero(t, minutes(nine.Add(-30*time.Second), 0.5)[0], "half a minute is played as a whole one")

	spec := newSpec()
	spec.Speed = 2
	from, to := spec.Played(trace, nine.Add(time.Minute))
	require.Equal(t, []engine.Time{-30 * engine.Second, 60 * engine.Second}, []engine.Time{from, to})

	half := minutes(nine.Add(30*time.Second), 1)
	total := 0
	for _, n := range half {
		total += n
	}
	require.Greater(t, total, 50, "of the interval that has begun the later part is played")
	require.Less(t, total, 60)
}

// An aligned trace of seconds since the start is not moved by the start.
func TestRelativeTraceIsNotMoved(t *testing.T) {
	trace := parse(t, "60,5\n120,5\n")
	process := newTraced(trace, newSpec(), time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), random.NewStream(1, 0, "arrivals/x"))
	require.Equal(t, engine.Time(1), process.next()/engine.Minute)
}

// firstHours are the first three hours of the gallery's trace.
func firstHours(t *testing.T) []byte {
	data, err := os.ReadFile("../../experiments/gallery/traces/worldcup98-1998-06-30.csv")
	require.NoError(t, err)
	const header, rows = 1, 3 * 60
	return bytes.Join(bytes.SplitAfter(data, []byte("\n"))[:header+rows], nil)
}

func TestOfferedIsTheTracesTotal(t *testing.T) {
	r := newRig(1, 1)
	spec := newSpec()
	spec.Timeout = seconds(10)
	spec.Trace = quantity.File{Name: "worldcup98.csv", Data: firstHours(t)}
	spec.Check(func(key, format string, args ...any) { t.Errorf(key+": "+format, args...) })
	env := r.env(replier{traffic.OK})
	var err error
	env.Trace, err = spec.ReadTrace(time.UTC)
	require.NoError(t, err)
	New("fans", spec, env).Start()
	all := r.finish(t, 3*engine.Hour)
	require.Equal(t, uint64(3065267), all.Offered)
	require.Equal(t, all.Offered, all.Ended[traffic.OK])
}

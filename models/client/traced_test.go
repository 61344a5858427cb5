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
	"github.com/headroom-sim/headroom/models/trace"
	"github.com/headroom-sim/headroom/models/traffic"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func parse(t *testing.T, text string) *trace.Trace {
	t.Helper()
	recorded, err := trace.Parse(strings.NewReader(text), time.UTC)
	require.NoError(t, err)
	return recorded
}

func TestTraceIsReproducedExactly(t *testing.T) {
	recorded := parse(t, string(firstHours(t)))
	require.Equal(t, 3065267.0, total(recorded))
	spec := newSpec()
	process := newTraced(recorded, spec, time.Time{}, random.NewStream(1, 0, "arrivals/fans"))
	got := make([]float64, len(recorded.Intervals))
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
	for i, interval := range recorded.Intervals {
		require.Equal(t, interval.Count, got[i], "minute %d", i)
	}
	requireUniform(t, within)
}

// Few arrivals an interval: each is an order statistic of the uniform
// distribution, the largest of two has the distribution function x^2.
func TestTracedArrivalsAreOrderStatistics(t *testing.T) {
	const n = 100000
	recorded := &trace.Trace{Intervals: make([]trace.Interval, n)}
	for i := range recorded.Intervals {
		from := time.Duration(i) * time.Second
		recorded.Intervals[i] = trace.Interval{From: from, To: from + time.Second, Count: 2}
	}
	process := newTraced(recorded, newSpec(), time.Time{}, random.NewStream(1, 0, "arrivals/x"))
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

// What a run plays of a trace is what arrives in it, on the average.
func TestPartOfATraceWithinARun(t *testing.T) {
	recorded := parse(t, "2026-03-02 08:00:00,600\n2026-03-02 08:01:00,1200\n2026-03-02 08:03:00,0\n")
	at := func(minute, second int) time.Time { return time.Date(2026, 3, 2, 8, minute, second, 0, time.UTC) }
	for name, test := range map[string]struct {
		spec   Spec
		start  time.Time
		length engine.Time
		want   [2]float64
	}{
		"all":           {Spec{Scale: 1, Speed: 1}, time.Time{}, 10 * engine.Minute, [2]float64{1800, 1800}},
		"its end":       {Spec{Scale: 1, Speed: 1}, at(0, 30), 10 * engine.Minute, [2]float64{1500, 1800}},
		"its middle":    {Spec{Scale: 2, Speed: 1}, at(0, 30), engine.Minute, [2]float64{1200, 3600}},
		"twice as fast": {Spec{Scale: 1, Speed: 2}, time.Time{}, engine.Minute, [2]float64{1200, 1800}},
		"at an instant": {Spec{Scale: 1, Speed: 1e15}, time.Time{}, engine.Minute, [2]float64{1800, 1800}},
		"nothing":       {Spec{Scale: 1, Speed: 1}, at(30, 0), engine.Minute, [2]float64{0, 1800}},
	} {
		t.Run(name, func(t *testing.T) {
			played, all := test.spec.Within(recorded, test.start, test.length)
			require.Equal(t, test.want, [2]float64{played, all})
		})
	}
}

func TestScaleCarriesFractionsOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Float64Range(0, 30), 1, 40).Draw(t, "counts")
		spec := newSpec()
		spec.Scale = rapid.Float64Range(0.01, 3).Draw(t, "scale")
		recorded := &trace.Trace{}
		for i, n := range counts {
			from := time.Duration(i) * time.Second
			recorded.Intervals = append(recorded.Intervals, trace.Interval{From: from, To: from + time.Second, Count: n})
		}
		process := newTraced(recorded, spec, time.Time{}, random.NewStream(1, 0, "arrivals/x"))
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
	recorded := parse(t, "2026-11-20 09:00:00,10\n2026-11-20 09:01:00,20\n2026-11-20 09:02:00,30\n")
	minutes := func(start time.Time, speed float64) []int {
		spec := newSpec()
		spec.Speed = speed
		process := newTraced(recorded, spec, start, random.NewStream(1, 0, "arrivals/x"))
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
	from, to := spec.Played(recorded, nine.Add(time.Minute))
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
	recorded := parse(t, "60,5\n120,5\n")
	process := newTraced(recorded, newSpec(), time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), random.NewStream(1, 0, "arrivals/x"))
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

// total is the number of requests in a trace.
func total(t *trace.Trace) (sum float64) {
	for _, i := range t.Intervals {
		sum += i.Count
	}
	return sum
}

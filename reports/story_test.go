package reports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

// busy is a day on which a fleet grows and shrinks again and again: in each
// hour out by two servers and in by two, with a fault in the third.
func busy(hours int) *experiments.Result {
	var events []timeline.Event
	add := func(minute int, kind timeline.Kind, subject, instance, text string) {
		events = append(events, timeline.Event{At: engine.Time(minute) * engine.Minute, Kind: kind, Fleet: "web", Subject: subject, Instance: instance, Text: text})
	}
	for h := range hours {
		m, a, b := 60*h, fmt.Sprint("web-", 2*h+2), fmt.Sprint("web-", 2*h+3)
		add(m+1, timeline.Breach, "TargetTracking-web-AlarmHigh-cpu", "", "CPUUtilization > 50 from here on")
		add(m+5, timeline.Alarm, "TargetTracking-web-AlarmHigh-cpu", "", "OK -> ALARM: 3 of 3 datapoints > 50 (90.0, 91.0, 92.0)")
		add(m+5, timeline.Desired, "cpu", "", "desired 3, was 1: ceil(1 x 92.0 / 50) = 2")
		add(m+5, timeline.Launch, "cpu", a, "launched in zone a")
		add(m+5, timeline.Launch, "cpu", b, "launched in zone c")
		add(m+8, timeline.Healthy, "lb", a, "10 of 10 checks passed")
		add(m+9, timeline.Healthy, "lb", b, "10 of 10 checks passed")
		if h == 2 {
			add(m+10, timeline.FaultStart, "quake", a, "it crashes")
		}
		add(m+20, timeline.Alarm, "TargetTracking-web-AlarmHigh-cpu", "", "ALARM -> OK: 0 of 3 datapoints > 50")
		add(m+40, timeline.Alarm, "TargetTracking-web-AlarmLow-cpu", "", "OK -> ALARM: 15 of 15 datapoints < 35")
		add(m+40, timeline.Desired, "cpu", "", "desired 1, was 3: ceil(3 x 9.0 / 50) = 1")
		add(m+40, timeline.Terminate, "cpu", a, "terminating in zone a")
		add(m+40, timeline.Terminate, "cpu", b, "terminating in zone a")
	}
	r := sample.Single()
	r.Detail.Events = events
	return r
}

func told(r *experiments.Result, most int) (lines []string, note string) {
	b := story(r, most)
	for _, row := range b.rows {
		lines = append(lines, strings.Join(row, " | "))
	}
	return lines, b.note
}

// Where there is no room for all the first scale-out and the first scale-in are
// told as a whole, then faults, then change after change.
func TestStoryTellsWholeChanges(t *testing.T) {
	first := []string{
		"0:05:00 | alarm | web cpu (high) | OK -> ALARM: 3 of 3 datapoints > 50 (90.0, 91.0, 92.0)",
		"0:05:00 | desired | web cpu | desired 3, was 1: ceil(1 x 92.0 / 50) = 2",
		"0:05:00 | launch | web-2 cpu | launched in zone a",
		"0:08:00 | healthy | web-2 lb | 10 of 10 checks passed",
		"0:40:00 | alarm | web cpu (low) | OK -> ALARM: 15 of 15 datapoints < 35",
		"0:40:00 | desired | web cpu | desired 1, was 3: ceil(3 x 9.0 / 50) = 1",
		"0:40:00 | terminate | web cpu | web-2, web-3: terminating in zone a",
	}
	lines, note := told(busy(5), 8)
	require.Equal(t, append(first, "2:10:00 | fault | web-6 quake | it crashes"), lines)
	require.Equal(t, "... and 52 more in events.csv", note)

	lines, _ = told(busy(5), 14)
	require.Len(t, lines, 12, "the next scale-out has four lines, the scale-in after it no room for its three")
	require.Contains(t, lines, "1:08:00 | healthy | web-4 lb | 10 of 10 checks passed")

	lines, _ = told(busy(5), 15)
	require.Len(t, lines, 15)
	require.Contains(t, lines, "1:40:00 | terminate | web cpu | web-4, web-5: terminating in zone a")

	lines, note = told(busy(1), 12)
	require.Len(t, lines, 10, "all that is told")
	require.Equal(t, "... and 1 more in events.csv", note)
}

// After faults comes what balancers and DNS made of them, as far as there is room;
// it is not left out as a whole where it is much.
func TestStoryTellsOfFailover(t *testing.T) {
	r := sample.Single()
	r.Detail.Events = nil
	add := func(second int, kind timeline.Kind, instance, text string) {
		r.Detail.Events = append(r.Detail.Events, timeline.Event{At: engine.Time(second) * engine.Second, Kind: kind, Fleet: "web", Subject: "lb", Instance: instance, Text: text})
	}
	for i := range 3 {
		add(0, timeline.Registered, fmt.Sprint("web-", i+1), "registered")
	}
	add(600, timeline.FaultStart, "", "the zone is lost")
	add(630, timeline.Unhealthy, "web-1", "2 of 2 checks failed: timeout")
	add(631, timeline.FailOpen, "", "no target is healthy: requests go to all, 3")
	for i := range 6 {
		add(640+i, timeline.DNS, "", fmt.Sprintf("node %d leaves it", i))
	}
	add(700, timeline.FaultEnd, "", "it is over")
	lines, note := told(r, 5)
	require.Equal(t, []string{
		"0:10:00 | fault | web lb | the zone is lost",
		"0:10:30 | unhealthy | web-1 lb | 2 of 2 checks failed: timeout",
		"0:10:31 | fail-open | web lb | no target is healthy: requests go to all, 3",
		"0:10:40 | dns | web lb | node 0 leaves it",
		"0:11:40 | fault-end | web lb | it is over",
	}, lines)
	require.Equal(t, "... and 8 more in events.csv", note)
}

func TestManyInstancesInALine(t *testing.T) {
	l := line{timeline.Event{Fleet: "web", Subject: "cpu", Instance: "web-1", Text: "terminating"}, []string{"web-1", "web-2", "web-3", "web-4", "web-5", "web-6"}, 3}
	require.Equal(t, "web cpu", l.who())
	require.Equal(t, "web-1, web-2, web-3 and 3 more: terminating", l.what())
}

func TestWrapTo(t *testing.T) {
	const text = "OK -> ALARM: 15 of 15 datapoints < 56 (50.1, 50.1, 50.0, 50.1, 50.2)"
	for width, want := range map[int][]string{
		80: {text},
		40: {"OK -> ALARM: 15 of 15 datapoints < 56", "(50.1, 50.1, 50.0, 50.1, 50.2)"},
		33: {"OK -> ALARM: 15 of 15 datapoints", "< 56 (50.1, 50.1, 50.0, 50.1, …)"},
		30: {"OK -> ALARM: 15 of 15", "datapoints < 56 (50.1, …)"},
		24: {"OK -> ALARM: 15 of 15", "datapoints < 56 …"},
	} {
		require.Equal(t, want, wrapTo(text, width, 2), "at %d", width)
	}
	require.Equal(t, []string{"abcdefghi…"}, wrapTo("abcdefghijklm", 10, 2))
}

// Replications are told one by one where there are several and something is
// judged; the terminal shows them where an expectation is not met in all.
func TestEachReplication(t *testing.T) {
	require.Empty(t, each(sample.Single()).rows)
	b := each(sample.Burst())
	require.Len(t, b.rows, 10)
	require.Equal(t, []string{"1", "✗ 93.2 %", "✗ 7.65 s", "3", "10.8 min", "3", "4b227777d4dd1fc6"}, b.rows[0])
	require.True(t, missed(sample.Burst()))

	many := sample.Burst()
	for name, e := range many.Expectations {
		e.Each = append(append([]float64{}, e.Each...), append(e.Each, e.Each...)...)
		many.Expectations[name] = e
	}
	many.Digests = append(append([]string{}, many.Digests...), append(many.Digests, many.Digests...)...)
	require.Len(t, each(many).rows, mostEach)
	require.Equal(t, "... and 10 more", each(many).note)
}

// What never changes needs no chart.
func TestConstantTracks(t *testing.T) {
	require.True(t, track{values: []float64{2, 2, 2}, above: []float64{2, 2, 2}}.constant())
	require.False(t, track{values: []float64{2, 2, 2}, above: []float64{2, 3, 2}}.constant(), "one is missing")
	require.False(t, track{values: []float64{2, 1, 2}}.constant())
}

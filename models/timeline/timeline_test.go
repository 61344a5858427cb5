package timeline

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
)

// Kinds lists every constant, in the order of the source.
func TestKinds(t *testing.T) {
	src, err := os.ReadFile("timeline.go")
	require.NoError(t, err)
	var kinds []Kind
	for _, m := range regexp.MustCompile(`(?m)^\t\w+ +Kind = "([a-z-]+)"`).FindAllStringSubmatch(string(src), -1) {
		kinds = append(kinds, Kind(m[1]))
	}
	require.Equal(t, kinds, Kinds)
}

func TestTurned(t *testing.T) {
	for text, want := range map[string][2]string{
		"OK -> ALARM: 3 of 3 datapoints > 70 (71.2, 74.0, 80.3)": {"OK", "ALARM"},
		"ALARM -> INSUFFICIENT_DATA: no datapoint":               {"ALARM", "INSUFFICIENT_DATA"},
	} {
		from, to, ok := Event{Kind: Alarm, Text: text}.Turned()
		require.True(t, ok)
		require.Equal(t, want, [2]string{from, to})
		_, _, ok = Event{Kind: Policy, Text: text}.Turned()
		require.False(t, ok)
	}
}

func TestResized(t *testing.T) {
	from, to, ok := Event{Kind: Desired, Text: "desired 12, was 3: =12"}.Resized()
	require.True(t, ok)
	require.Equal(t, [2]int{3, 12}, [2]int{from, to})
	_, _, ok = Event{Kind: Operation, Text: "desired 12, was 3"}.Resized()
	require.False(t, ok, "a call, which may change nothing")
}

func TestEnded(t *testing.T) {
	for text, ended := range map[string]bool{
		"started: 4 to replace": false, "failed, 2 replaced: no progress; is rolled back to version 1": false, "rollback: 2 to replace": false,
		"instance refresh successful": true, "instance refresh failed, 2 replaced: no progress": true, "rollback successful": true,
	} {
		require.Equal(t, ended, Event{Kind: Refresh, Text: text}.Ended(), text)
	}
	for text, ended := range map[string]bool{
		"canary begins: green takes min 2": false, "2 of 2 instances of green healthy after 50s: 10% of the requests go to green for 5m": false,
		"rolling: an instance refresh of web to version 2 begins":                          false,
		"ends after 20m, 2 of 2 instances of green healthy: blue gets min 0 and desired 0": true, "rolled back after 3m: alarm errs is in ALARM": true,
		"refused: fleet web is in an instance refresh": true,
	} {
		require.Equal(t, ended, Event{Kind: Deployment, Text: text}.Ended(), text)
	}
	require.False(t, Event{Kind: Operation, Text: "instance refresh new"}.Ended())
}

// scaling makes a record from seconds; a negative one is not reached.
func scaling(at ...engine.Time) *Scaling {
	s := NewScaling()
	for i, t := range at {
		if t >= 0 {
			s.Reach(Instant(i), t*engine.Second)
		}
	}
	return s
}

func TestTook(t *testing.T) {
	for _, c := range []struct {
		name string
		at   []engine.Time
		want [Parts]engine.Time // seconds
	}{
		{
			"without a hook", []engine.Time{60, 240, 300, 300, 420, 426, 431, 461, 476, 431, 490, 731},
			[Parts]engine.Time{180, 60, 0, 120, 6, 5, 30, 15, 0, 14},
		},
		{
			"a hook that outlasts the start", []engine.Time{0, 60, 120, 130, 130, 136, 141, 171, 186, 231, 240, 531},
			[Parts]engine.Time{60, 60, 10, 0, 6, 5, 30, 15, 45, 9},
		},
		{
			"booted in a warm pool", []engine.Time{0, 60, 120, 120, 120, 126, 130, 20, 30, 130, 130, -1},
			[Parts]engine.Time{60, 60, 0, 0, 6, 4, 0, 0, 0, 0},
		},
		{
			"gone while it booted", []engine.Time{0, 60, 120, 120, 120, 126, 130, -1, -1, 130},
			[Parts]engine.Time{60, 60, 0, 0, 6, 4, -1, -1, 0, -1},
		},
		{
			"never launched into running", []engine.Time{0, 60, 120, 120, 180, 186},
			[Parts]engine.Time{60, 60, 0, 60, 6, -1, -1, -1, -1, -1},
		},
	} {
		want := c.want
		for p := range want {
			if want[p] >= 0 {
				want[p] *= engine.Second
			}
		}
		require.Equal(t, want, scaling(c.at...).Took(), c.name)
	}
}

// Whatever the order in which the instants come, the parts add up to the lag.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		breach := engine.Time(rapid.Int64Range(0, 1e12).Draw(t, "breach"))
		s := NewScaling()
		s.Reach(AtBreach, breach)
		for i := AtPeriodEnd; i < AtUsable; i++ {
			if at := engine.Time(rapid.Int64Range(-1e11, 1e12).Draw(t, "after")); at >= 0 {
				s.Reach(i, breach+at)
			}
		}
		s.Reach(AtUsable, breach+engine.Time(rapid.Int64Range(0, 1e12).Draw(t, "usable")))
		var sum engine.Time
		for _, took := range s.Took() {
			require.GreaterOrEqual(t, took, engine.Time(0))
			sum += took
		}
		require.Equal(t, s.Lag(), sum)
	})
}

func TestAnInstantIsReachedOnce(t *testing.T) {
	s := scaling(5)
	s.Reach(AtBreach, 7*engine.Second)
	require.Equal(t, 5*engine.Second, s.At[AtBreach])
	require.Equal(t, NotReached, s.Lag())
	require.Equal(t, NotReached, s.WarmUp())
	var none *Scaling
	none.Reach(AtBreach, 0)
	var log *Log
	log.Scale(s)
	log.Answer(nil)
	log.Level(Level{})
}

func TestLevelsOfOneInstantAreOne(t *testing.T) {
	var log Log
	log.Level(Level{At: 1, Fleet: "web", Desired: 1})
	log.Level(Level{At: 1, Fleet: "web", Desired: 2})
	log.Level(Level{At: 1, Fleet: "app", Desired: 1})
	log.Level(Level{At: 2, Fleet: "app", Desired: 3})
	require.Equal(t, []Level{{At: 1, Fleet: "web", Desired: 2}, {At: 1, Fleet: "app", Desired: 1}, {At: 2, Fleet: "app", Desired: 3}}, log.Levels)
}

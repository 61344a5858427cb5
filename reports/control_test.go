package reports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

// controlled is an hour of a group of two whose servers could not be used from
// 10 to 15 min, with calls of operators.
func controlled() *experiments.Result {
	const minute = engine.Minute
	r := sample.Burst()
	r.Replications, r.DurationS, r.DiscardS = 1, 3600, 0
	r.Detail = experiments.Detail{Log: timeline.Log{
		Levels: []timeline.Level{
			{Fleet: "web", Desired: 2, InService: 2, Usable: 2}, {At: 10 * minute, Fleet: "web", Desired: 2, InService: 2},
			{At: 15 * minute, Fleet: "web", Desired: 2, InService: 2, Usable: 1}, {At: 16 * minute, Fleet: "web", Desired: 2, InService: 2, Usable: 2},
		},
		Events: []timeline.Event{
			{At: 20 * minute, Kind: timeline.Operation, Fleet: "web", Subject: "stop", Text: "suspend_processes: Launch"},
			{At: 22 * minute, Kind: timeline.Prevented, Fleet: "web", Subject: "Launch", Text: "1 more desired, none launched: Launch is suspended"},
			{At: 24 * minute, Kind: timeline.Prevented, Fleet: "web", Subject: "Launch", Text: "2 more desired, none launched: Launch is suspended"},
			{At: 30 * minute, Kind: timeline.Operation, Fleet: "web", Subject: "aside", Text: "exit_standby: refused, ValidationError: Launch is suspended"},
			{At: 40 * minute, Kind: timeline.Operation, Fleet: "web", Subject: "stop", Text: "resume_processes: Launch"},
		},
	}}
	return r
}

func TestPictureOfOperations(t *testing.T) {
	text := written(t, explained(72, false, false), controlled())
	for _, line := range []string{
		"usable 0 to 2", "▓", "▓ in service, not usable", "operations", "suspended", "20m", "prevented", "R operation refused", "WHAT WAS PREVENTED",
	} {
		require.Contains(t, text, line)
	}
	a := tell(controlled(), Filter{})
	require.Equal(t, []span{{20 * engine.Minute, 40 * engine.Minute}}, a.suspensions("web"))
	require.Equal(t, []hindrance{{"web", "Launch is suspended", "2 more desired, none launched", 22 * engine.Minute, 24 * engine.Minute, 2}}, a.hindrances())
}

// What failed is said where no limit binds; next to nothing is not worth it.
func TestNoLimitBinds(t *testing.T) {
	r := controlled()
	available := func(share float64) string {
		r.Metrics["availability"] = experiments.Metric{Mean: share, N: 1, Unit: "share"}
		return binding(r)
	}
	require.Equal(t, "No limit binds, yet 11.5 % of the requests failed: no usable server of web from 0:10:00 to 0:15:00", available(0.885))
	require.True(t, strings.HasPrefix(available(0.9995), "No limit binds in any minute; CPU of web"), available(0.9995))
	r.Detail.Levels = r.Detail.Levels[:1]
	require.Contains(t, available(0.885), "most attempts by ")
}

package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
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
	visited(r, "users", 1000, 200, "web")
	r.Detail.Series = &site.Series{Columns: []site.Column{{Name: "time_s"}, {Name: "offered"}, {Name: "failed"}}, Rows: [][]float64{{540, 100, 1}, {600, 100, 100}, {660, 100, 100}}}
	available := func(share float64) string {
		r.Metrics["availability"] = experiments.Metric{Mean: share, N: 1, Unit: "share"}
		return binding(r)
	}
	require.Equal(t, "No limit binds, yet 11.5 % of the requests failed: no usable server of web from 0:10:00 to 0:15:00", available(0.885))
	require.True(t, strings.HasPrefix(available(0.9995), "No limit binds in any minute; CPU of web"), available(0.9995))
	r.Detail.Levels = r.Detail.Levels[:1]
	require.Contains(t, available(0.885), "% of the requests failed, ")
	r.Metrics["availability"] = experiments.Metric{Unit: "share"}
	require.Empty(t, failing(r), "no request has ended: none has failed")
	delete(r.Metrics, "availability")
	require.Empty(t, failing(r))
}

// crashed is ten minutes in which 100 requests a minute are offered, and so many of
// each fail with a status.
func crashed(status string, failed ...float64) *experiments.Result {
	r := controlled()
	r.DurationS = 600
	s := &site.Series{Columns: []site.Column{{Name: "time_s"}, {Name: "offered"}, {Name: "failed"}, {Name: "errors.500"}, {Name: "errors.502"}}}
	sum := 0.0
	for i, n := range failed {
		row := []float64{float64(60 * i), 100, n, 0, 0}
		row[s.Index("errors."+status)] = n
		s.Rows, sum = append(s.Rows, row), sum+n
	}
	count := func(n float64) experiments.Metric { return experiments.Metric{Mean: n, N: 1} }
	r.Metrics = map[string]experiments.Metric{
		"availability": {Mean: 1 - sum/1000, N: 1, Unit: "share"}, "requests.failed": count(sum), "errors." + status: count(sum), "fleets.web.instances.max": count(2),
	}
	visited(r, "users", 1000, sum, "web")
	none := timeline.Level{At: 210 * engine.Second, Fleet: "web", Desired: 2, InService: 2}
	back := timeline.Level{At: 330 * engine.Second, Fleet: "web", Desired: 2, InService: 2, Usable: 2}
	r.Detail = experiments.Detail{Exposure: r.Detail.Exposure, Series: s, Log: timeline.Log{Levels: []timeline.Level{none, back}}}
	r.Detail.Events = []timeline.Event{{At: 120 * engine.Second, Kind: timeline.FaultStart, Subject: "quake"}, {At: 120 * engine.Second, Kind: timeline.FaultStart, Subject: "lb"}}
	return r
}

// visited gives a client visits, all of which can come to some fleets.
func visited(r *experiments.Result, client string, started, failed float64, fleets ...string) {
	r.Metrics["clients."+client+".visits.started"] = experiments.Metric{Mean: started, N: 1}
	r.Metrics["clients."+client+".visits.failed"] = experiments.Metric{Mean: failed, N: 1}
	if r.Detail.Exposure == nil {
		r.Detail.Exposure = map[string]map[string]float64{}
	}
	for _, fleet := range fleets {
		if r.Detail.Exposure[fleet] == nil {
			r.Detail.Exposure[fleet] = map[string]float64{}
		}
		r.Detail.Exposure[fleet][client] = 1
	}
}

// That a fleet had no usable server is blamed for as many failures as there were
// requests meanwhile, and for none that a server made.
func TestBlame(t *testing.T) {
	const gone = ": no usable server of web from 0:03:30 to 0:05:30"
	require.Equal(t, "No limit binds, yet 20 % of the requests failed"+gone, binding(crashed("502", 0, 0, 0, 50, 100, 50, 0, 0, 0, 0)))
	require.Equal(t, "No limit binds, yet 27 % of the requests failed"+gone, binding(crashed("502", 0, 0, 30, 70, 100, 70, 0, 0, 0, 0)))

	const other = ", 0:02 to 0:06, after fault quake at 0:02:00"
	require.Equal(t, "No limit binds, yet 20 % of the requests failed, most with 500"+other, binding(crashed("500", 0, 0, 10, 40, 100, 50, 0, 0, 0, 0)))
	require.Equal(t, "No limit binds, yet 43 % of the requests failed, most with 502"+other, binding(crashed("502", 0, 0, 100, 100, 110, 120, 0, 0, 0, 0)))
}

// A balancer that fails open sends requests to a server as soon as it answers.
func TestFailingOpenEndsAnOutage(t *testing.T) {
	r := crashed("502", 0, 0, 0, 50, 50, 0, 0, 0, 0, 0)
	r.Detail.Events = append(r.Detail.Events,
		timeline.Event{At: 211 * engine.Second, Kind: timeline.FailOpen, Fleet: "web", Text: "no target is healthy: requests go to all, 2"},
		timeline.Event{At: 270 * engine.Second, Kind: timeline.Serving, Fleet: "web", Instance: "web-3"})
	require.Contains(t, binding(r), "no usable server of web from 0:03:30 to 0:04:30")
}

// A deployment that goes on is named, though the failures begin long after it did.
func TestBlameOfADeployment(t *testing.T) {
	r := crashed("500", 0, 0, 0, 0, 0, 0, 0, 30, 40, 50)
	const failed = "No limit binds, yet 12 % of the requests failed, most with 500, 0:07 to 0:10"
	said := func(minute engine.Time, kind timeline.Kind, subject, text string) {
		r.Detail.Events = append(r.Detail.Events, timeline.Event{At: minute * engine.Minute, Kind: kind, Fleet: "web", Subject: subject, Text: text})
	}
	require.Equal(t, failed, binding(r))
	said(3, timeline.Refresh, "v2", "started: 4 to replace")
	said(3, timeline.Refresh, "v3", "instance refresh successful")
	require.Equal(t, failed+", during instance refresh v2, which began at 0:03:00", binding(r))
	said(4, timeline.Refresh, "v2", "instance refresh successful")
	require.Equal(t, failed, binding(r))
	said(4, timeline.Deployment, "green", "canary begins")
	require.Equal(t, failed+", during deployment green, which began at 0:04:00", binding(r))
	said(5, timeline.Deployment, "green", "ends after 1m")
	require.Equal(t, failed, binding(r))
}

// What a limit did not do is not blamed on it.
func TestFailuresBesidesALimit(t *testing.T) {
	r := crashed("500", 0, 0, 40, 0, 0, 0, 0, 0, 0, 0)
	limit := func(from, to engine.Time) {
		r.Detail.Limits = []experiments.Limit{{Limit: site.Limit{Place: "web", Name: "cpu", Spans: []site.Span{{From: from * engine.Minute, To: to * engine.Minute}}}, Bound: 1, Mean: 60}}
	}
	limit(1, 2)
	require.Equal(t, "The limit that binds: CPU of web, 0:01 to 0:02", binding(r), "what came right after it")
	limit(6, 7)
	require.Equal(t, "The limit that binds: CPU of web, 0:06 to 0:07; yet 4 % of the requests failed, most with 500, 0:02 to 0:03, after fault quake at 0:02:00", binding(r))
}

// Where nothing failed in the first replication it does not tell what is to blame in
// the others, neither an outage nor a limit.
func TestNoFailuresInTheFirstReplication(t *testing.T) {
	r := crashed("502", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	r.Replications = 10
	for name, v := range map[string]float64{"availability": 0.75, "requests.failed": 250, "errors.502": 250} {
		r.Metrics[name] = experiments.Metric{Mean: v, N: 10}
	}
	require.Equal(t, "No limit binds, yet 25 % of the requests failed, most with 502", binding(r))
	r.Detail.Limits = []experiments.Limit{{Limit: site.Limit{Place: "web", Name: "cpu"}, Bound: 2, Mean: 60}}
	require.Contains(t, binding(r), "; yet 25 % of the requests failed, most with 502")
}

// An outage is told as what it is: one of the first replication.
func TestBlameOfTheFirstReplication(t *testing.T) {
	r := crashed("502", 0, 0, 0, 50, 100, 50, 0, 0, 0, 0)
	r.Replications = 3
	require.Equal(t, "No limit binds, yet 20 % of the requests failed: in the first replication no usable server of web from 0:03:30 to 0:05:30", binding(r))
}

// An outage accounts for no more requests than can come to the fleet, and what it does
// not account for is not told.
func TestBlameOfWhatCanBeReached(t *testing.T) {
	r := crashed("502", 0, 0, 0, 50, 100, 50, 0, 0, 0, 0)
	visited(r, "jobs", 4, 2, "batch")
	r.Metrics["fleets.batch.instances.max"] = experiments.Metric{Mean: 1, N: 1}
	all := r.Detail.Levels
	for _, l := range all {
		l.Fleet, l.Desired = "batch", 1
		r.Detail.Levels = append(r.Detail.Levels, l)
	}
	const blamed = ": no usable server of web from 0:03:30 to 0:05:30"
	require.Equal(t, "No limit binds, yet 20 % of the requests failed"+blamed, binding(r), "of both that are out, one")

	r.Detail.Levels = r.Detail.Levels[len(all):]
	require.Equal(t, "No limit binds, yet 20 % of the requests failed, most with 502, 0:03 to 0:06, after fault quake at 0:02:00", binding(r), "the other alone")

	r.Detail.Events[0].Fleet = "batch"
	require.Contains(t, binding(r), "0:03 to 0:06, after fault lb at 0:02:00", "nor what befell it")

	r.Detail.Levels = all
	r.Detail.Exposure["web"]["users"] = 0.02
	require.Contains(t, binding(r), "most with 502", "a route of which there are few requests")
}

// Fleets that are out at the same time account together for what fails of their clients.
func TestBlameOfSeveralFleets(t *testing.T) {
	r := crashed("502", 0, 0, 0, 50, 100, 50, 0, 0, 0, 0)
	for _, name := range []string{"users", "jobs", "bots"} {
		visited(r, name, 300, 66)
	}
	visited(r, "jobs", 300, 66, "batch")
	r.Metrics["fleets.batch.instances.max"] = experiments.Metric{Mean: 1, N: 1}
	require.NotContains(t, binding(r), "no usable server", "a third")
	for _, l := range r.Detail.Levels {
		l.Fleet = "batch"
		r.Detail.Levels = append(r.Detail.Levels, l)
	}
	require.Contains(t, binding(r), "no usable server of batch from 0:03:30 to 0:05:30, no usable server of web from 0:03:30 to 0:05:30")
}

// What is left out is not blamed: an outage is told from where the measured part begins.
func TestBlameInTheMeasuredPart(t *testing.T) {
	r := crashed("502", 0, 0, 0, 50, 100, 50, 0, 0, 0, 0)
	r.DiscardS = 240
	require.Contains(t, binding(r), ": no usable server of web from 0:04:00 to 0:05:30")
}

// Threads that wait for answers lead on to a limit of the place that gives them only
// if it bound at the same time.
func TestLimitBehindALimit(t *testing.T) {
	r := crashed("500", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	limit := func(place, name, upstream string, from, to engine.Time) experiments.Limit {
		spans := []site.Span{{From: from * engine.Minute, To: to * engine.Minute}}
		return experiments.Limit{Limit: site.Limit{Place: place, Name: name, Upstream: upstream, Spans: spans}, Bound: 1, Mean: float64(60 * (to - from))}
	}
	waits := limit("app", "upstream", "db", 2, 8)
	r.Detail.Limits = []experiments.Limit{waits, limit("db", "cpu", "", 5, 9)}
	require.Equal(t, "The limit that binds: CPU of db, 0:05 to 0:09", binding(r))
	for name, from := range map[string]engine.Time{"for less than half of the time": 6, "later": 8} {
		r.Detail.Limits = []experiments.Limit{waits, limit("db", "cpu", "", from, 10)}
		require.Equal(t, "The limit that binds: upstream of app, waiting for db, 0:02 to 0:08", binding(r), name)
	}
	r.Detail.Limits = append(r.Detail.Limits, limit("db", "connections", "", 4, 6), limit("db", "backlog", "", 4, 7))
	require.Equal(t, "The limit that binds: backlog of db, 0:04 to 0:07", binding(r), "not the longest, which bound at another time")
}

// Where no instance is desired requests fail too, unless they go to other fleets.
func TestBlameWhereNoneIsDesired(t *testing.T) {
	r := crashed("502", 0, 0, 0, 50, 100, 50, 0, 0, 0, 0)
	r.Detail.Levels[0].Desired = 0
	require.Equal(t, "No limit binds, yet 20 % of the requests failed: no instance of web was desired from 0:03:30 to 0:05:30", binding(r))
	r.Detail.Levels = slices.Insert(r.Detail.Levels, 1, timeline.Level{At: 300 * engine.Second, Fleet: "web", Desired: 2})
	require.Contains(t, binding(r), ": no usable server of web from 0:03:30 to 0:05:30", "then some were, which were not ready")
	r.Detail.Levels = slices.Delete(r.Detail.Levels, 1, 2)
	r.Detail.Alternatives = []string{"web"}
	require.Contains(t, binding(r), "most with 502")
}

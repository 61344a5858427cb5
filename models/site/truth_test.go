package site

import (
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/internal/measured"
	"github.com/headroom-sim/headroom/models/timeline"
)

// measurements are of a real HAProxy.
func measurements(t *testing.T, file string) []measured.Row {
	return measured.Rows(t, os.DirFS("../balancer/testdata"), file)
}

func instant(t *testing.T, row measured.Row, column string) engine.Time {
	return engine.Time(math.Round(row.Number(t, column)*1e3)) * engine.Millisecond
}

// breaking is the set-up of health-check-windows.csv.
const breaking = `
	duration = "45s"
	[clients.visitors]
	target = "lb"
	rate = "60/s"
	keep_alive = false
	[routes.page]
	demand.web = "5ms"
	[balancers.lb]
	kind = "haproxy"
	targets = ["web"]
	server_timeout = "2s"
	health_check = { interval = "2s", unhealthy_threshold = 3, healthy_threshold = 2 }
	%s
	[fleets.web]
	vcpus = 4
	zones = ["a"]
	min = %s
	max = %s
	[faults.broken]
	at = "%s"
	for = "%s"
	fleet = "web"
	instances = 1
	effect = "%s"
`

// A replay is a run of the measurements in the simulator: the first target breaks
// at the instant kill and is repaired at the instant back.
type replay struct {
	row        measured.Row
	kill, back engine.Time
	*Outcome
}

func (r *replay) run(t *testing.T, during ...Span) {
	retries := map[string]string{
		"off": "retries = 0", "on": "retries = 3\nredispatch = true",
		"l7": "retries = 3\nredispatch = true\nretry_on = [\"all-retryable-errors\"]",
	}[r.row["retry"]]
	effect := map[string]string{"close": "refuse", "500": "errors", "hang": "hang"}[r.row["mode"]]
	n := r.row["servers"]
	r.Outcome = simulate(t, fmt.Sprintf(breaking, retries, n, n, r.kill, r.back-r.kill, effect), during...)
}

// spec 7 of A7: each of the 90 measured runs with a failing target is replayed at
// its own instants and at its own phase of the checks, which its time to DOWN
// tells. Then its time to UP follows, and the errors with their status are one in
// as many as there are servers of the requests in the window, give or take the
// one whose turn it is. Twelve thousandths of a second are the most that a check
// was late in any run.
func TestEachFailingTargetAsMeasured(t *testing.T) {
	const interval, fall, late = 2 * engine.Second, 3, 13 * engine.Millisecond
	first := replay{row: measured.Row{"mode": "close", "retry": "off", "servers": "2"}, kill: 10 * engine.Second, back: 20 * engine.Second}
	first.run(t)
	grid := at(first.Outcome, timeline.Unhealthy)[0] % interval // of the checks, in each run

	rows := measurements(t, "health-check-windows.csv")
	require.Len(t, rows, 90)
	for i, row := range rows {
		name := fmt.Sprintf("row %d: %s, retries %s, %s servers", i+2, row["mode"], row["retry"], row["servers"])
		down, up := instant(t, row, "down_at_s"), instant(t, row, "up_after_back_s")
		phase := down - (fall-1)*interval
		if row["mode"] == "hang" {
			phase = down - (2*fall-1)*interval
		}
		phase = min(phase, interval-engine.Millisecond) // checks that were late make it longer than can be
		r := replay{row: row, kill: instant(t, row, "t_kill")}
		r.kill += ((grid-phase-r.kill)%interval + interval) % interval
		r.back = r.kill + instant(t, row, "t_back") - instant(t, row, "t_kill")
		r.run(t, Span{r.kill, r.kill + down})

		require.Len(t, at(r.Outcome, timeline.Unhealthy), 1, name)
		require.Len(t, at(r.Outcome, timeline.Healthy), 1, name)
		require.InDelta(t, down.Seconds(), (at(r.Outcome, timeline.Unhealthy)[0] - r.kill).Seconds(), late.Seconds(), name)
		require.InDelta(t, up.Seconds(), (at(r.Outcome, timeline.Healthy)[0] - r.back).Seconds(), late.Seconds(), name)
		r.requireErrors(t, name)
	}
}

// requireErrors compares what clients saw of the window until DOWN. What is worked
// on when the server stops hangs with it, or is reset (502): two requests at most,
// and none in the measured runs.
func (r *replay) requireErrors(t *testing.T, name string) {
	all, window := r.Windows[0].Metrics, r.Windows[1].Metrics
	reset := all["errors.502"]
	share, failed := 0.0, all["requests.failed"]-reset
	if r.row.Number(t, "err_total") > 0 {
		share = 1 / r.row.Number(t, "servers")
	}
	require.InDelta(t, share*r.row.Number(t, "n_sent_kill_to_down"), r.row.Number(t, "err_total"), 1.34, name)
	require.InDelta(t, share*window["requests.offered"], window["requests.failed"], 1.34, name)
	require.LessOrEqual(t, all["requests.failed"]-window["requests.failed"], 2.0, name)
	require.LessOrEqual(t, reset, map[bool]float64{true: 2}[r.row["mode"] == "close"], name)
	for _, status := range []string{"500", "503", "504"} {
		if r.row.Number(t, "e"+status) > 0 {
			require.Equal(t, failed, all["errors."+status], name)
		} else {
			require.Zero(t, all["errors."+status], name)
		}
	}
	slowest, real := window["latency.max"], r.row.Number(t, "lat_ok_ms_max_kill_window")/1e3
	if r.row["mode"] == "hang" && r.row["retry"] == "l7" {
		require.InDelta(t, 2.005, slowest, 0.01, name)
		require.InDelta(t, real, slowest, 0.03, "%s: the timeout of the server", name)
	} else {
		require.Less(t, slowest, 0.15, name)
		require.Less(t, real, 0.15, name)
	}
}

// joiningAsMeasured is the set-up of sticky-scale-out.csv; the third server is a
// fleet of its own, so that its share shows.
const joiningAsMeasured = `
	seed = %d
	duration = "70s"
	[clients.shoppers]
	target = "lb"
	rate = "1.5/s"
	requests = 100
	think = "exponential(100ms)"
	[routes.page]
	demand = { old = "5ms", new = "5ms" }
	[balancers.lb]
	kind = "haproxy"
	targets = ["old", "new"]
	init_state = "fully-up"
	stickiness = { kind = "%s" }
	[fleets.old]
	vcpus = 1
	zones = ["a"]
	min = 2
	max = 2
	[fleets.new]
	vcpus = 1
	zones = ["a"]
	min = 0
	max = 1
	provision = "0s"
	reconcile_delay = "0s"
	[fleets.new.schedules.join]
	at = "25s"
	desired = 1
`

// spec 8: the third server's share of each second's requests after it has joined,
// with cookies and without, replayed with as many seconds as there are in all
// runs. What it lacks of a third, added up, is what it waited for its fair share:
// nothing without cookies; with cookies half a session's length of it, and the work
// of a third of a session if its turn comes last. The measured runs are of the
// simulated ones' law: each lies in the interval of 99.9 % of them.
func TestStickyScaleOutSecondBySecondAsMeasured(t *testing.T) {
	const seconds, runs = 40, 40
	const third = 1.0 / 3
	real := map[string]map[string][]float64{"true": {}, "false": {}}
	for _, m := range measurements(t, "sticky-scale-out.csv") {
		if at := m.Number(t, "sec_rel_join"); at >= 0 && at < seconds {
			real[m["sticky"]][m["seed"]] = append(real[m["sticky"]][m["seed"]], m.Number(t, "share_s2"))
		}
	}
	const half = third * (99*0.1 + 100*0.005) / 2
	for _, c := range []struct {
		sticky, stickiness string
		least, most        float64 // lack, in seconds
	}{{"false", "none", 0, 0}, {"true", "lb_cookie", half, half + third*100/150}} {
		shares := make([][]float64, seconds)
		var missing []float64
		for seed := range runs {
			list := sharesOfTheThird(t, fmt.Sprintf(joiningAsMeasured, seed+1, c.stickiness), seconds)
			lack := 0.0
			for at, share := range list {
				shares[at] = append(shares[at], share)
				lack += third - share
			}
			missing = append(missing, lack)
		}
		require.Len(t, real[c.sticky], 3)
		for seed, list := range real[c.sticky] {
			lack := 0.0
			require.Len(t, list, seconds)
			for at, share := range list {
				requireOfTheLaw(t, shares[at], share, 0.01, fmt.Sprintf("%s, run %s, %d s", c.stickiness, seed, at))
				lack += third - share
			}
			requireOfTheLaw(t, missing, lack, 0.02, c.stickiness+", run "+seed)
		}
		mean, sd := moments(missing)
		require.GreaterOrEqual(t, mean, c.least-3.29*sd/math.Sqrt(runs), c.stickiness)
		require.LessOrEqual(t, mean, c.most+3.29*sd/math.Sqrt(runs)+0.01, c.stickiness)
	}
}

// sharesOfTheThird are the new fleet's shares of the CPU work of each second since
// it has joined: all requests need the same.
func sharesOfTheThird(t *testing.T, text string, seconds int) (list []float64) {
	var during []Span
	for at := range engine.Time(seconds) {
		during = append(during, Span{(25 + at) * engine.Second, (26 + at) * engine.Second})
	}
	for _, w := range simulate(t, text, during...).Windows[1:] {
		old, joined := 2*w.Metrics["fleets.old.cpu.mean"], w.Metrics["fleets.new.cpu.mean"]
		list = append(list, joined/(old+joined))
	}
	return list
}

// requireOfTheLaw asks that a measured value lies within 99.9 % of the simulated
// ones, and some slack for what a real machine adds.
func requireOfTheLaw(t *testing.T, simulated []float64, real, slack float64, what string) {
	t.Helper()
	mean, sd := moments(simulated)
	require.InDelta(t, mean, real, 3.29*sd*math.Sqrt(1+1/float64(len(simulated)))+slack, what)
}

func moments(sample []float64) (mean, sd float64) {
	for _, x := range sample {
		mean += x / float64(len(sample))
	}
	for _, x := range sample {
		sd += (x - mean) * (x - mean) / float64(len(sample)-1)
	}
	return mean, math.Sqrt(sd)
}

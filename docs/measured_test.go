package docs_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/internal/measured"
	"github.com/headroom-sim/headroom/models/timeline"
)

// comparisons are the tables of what was measured and what is simulated, by the
// name in their mark: header and rows.
var comparisons = map[string]func(c *checker) [][]string{
	"first come first served": (*checker).firstComeFirstServed,
	"failing targets":         (*checker).failingTargets,
	"joining server":          (*checker).joiningServer,
	"accept queue":            (*checker).acceptQueue,
}

// measured checks the table of a comparison.
func (c *checker) measured(name string) {
	c.hasChecks = true
	compare := comparisons[name]
	require.NotNil(c.t, compare, "%s: no comparison %s", c.path, name)
	c.table(compare(c))
}

// table checks the table that begins here: header and rows.
func (c *checker) table(rows [][]string) {
	rule := slices.Repeat([]string{"---"}, len(rows[0]))
	var want []string
	for _, row := range slices.Insert(rows, 1, rule) {
		want = append(want, "| "+strings.Join(row, " | ")+" |")
	}
	from := c.at
	for c.at < len(c.lines) && strings.HasPrefix(c.lines[c.at], "|") {
		c.at++
	}
	c.replace(from, want)
	fmt.Fprintln(&c.evidence, strings.Join(want, "\n"))
}

// sample is one quantity in several runs.
type sample []float64

// said is the sample's mean, with its extremes where they differ.
func (s sample) said(decimals int) string {
	mean, _ := s.moments()
	text := fmt.Sprintf("%.*f", decimals, mean)
	lo, hi := fmt.Sprintf("%.*f", decimals, slices.Min(s)), fmt.Sprintf("%.*f", decimals, slices.Max(s))
	if lo == hi {
		return text
	}
	return fmt.Sprintf("%s (%s to %s)", text, lo, hi)
}

func (s sample) moments() (mean, variance float64) {
	for _, x := range s {
		mean += x / float64(len(s))
	}
	for _, x := range s {
		variance += (x - mean) * (x - mean) / float64(max(len(s)-1, 1))
	}
	return mean, variance
}

// agree asks that the measured mean lies within 99.9 % of the means of as many
// simulated runs, and some slack for what a real machine adds; it gives the two
// cells of the table.
func (c *checker) agree(real, simulated sample, decimals int, slack float64, what string) []string {
	c.t.Helper()
	r, _ := real.moments()
	s, variance := simulated.moments()
	within := 3.29*math.Sqrt(variance*(1/float64(len(real))+1/float64(len(simulated)))) + slack
	require.InDelta(c.t, r, s, within, what)
	return []string{real.said(decimals), simulated.said(decimals)}
}

// times is the sample in another unit.
func (s sample) times(factor float64) (scaled sample) {
	for _, x := range s {
		scaled = append(scaled, factor*x)
	}
	return scaled
}

// column is a quantity in the runs that were measured.
func column(t *testing.T, rows []measured.Row, name string) (s sample) {
	for _, row := range rows {
		s = append(s, row.Number(t, name))
	}
	return s
}

// grouped are the rows of a file by what their settings are, in the file's order.
func grouped(t *testing.T, dir, file string, settings ...string) (groups [][]measured.Row) {
	places := map[string]int{}
	for _, row := range measured.Rows(t, os.DirFS(filepath.Join(root, "models", dir, "testdata")), file) {
		key := ""
		for _, s := range settings {
			key += row[s] + " "
		}
		i, known := places[key]
		if !known {
			i = len(groups)
			places[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], row)
	}
	return groups
}

// trial simulates a file of the page as often as is asked.
func (c *checker) trial(file string, replications int, sets ...string) *experiments.Trial {
	study, err := experiments.Open(filepath.Join(c.dir, file), experiments.Options{Sets: sets})
	require.NoError(c.t, err)
	trial := experiments.NewTrial(study)
	require.NoError(c.t, new(experiments.Runner).Extend(context.Background(), replications, trial))
	return trial
}

// firstComeFirstServed replays each run at the rate that it achieved, with
// fourteen lucks.
func (c *checker) firstComeFirstServed() [][]string {
	const path = 0.17 // ms, there and back
	demands := map[string]string{"det": "constant(2ms)", "exp": "exponential(1.96ms)"}
	quantities := []string{"mean", "p50", "p95", "p99"}
	table := [][]string{{"demand", "load", "mean: measured", "simulated", "p50: measured", "simulated", "p95: measured", "simulated", "p99: measured", "simulated"}}
	for _, rows := range grouped(c.t, "server", "fcfs-server.csv", "dist", "rho_target") {
		first := rows[0]
		line := []string{map[string]string{"det": "constant", "exp": "exponential"}[first["dist"]], first["rho_target"]}
		real, simulated := map[string]sample{}, map[string]sample{}
		for _, row := range rows {
			trial := c.trial("fcfs.toml", 14, "seed=1"+row["rep"], "duration="+row["dur_s"]+"s",
				"clients.load.rate="+row["achieved_rate"]+"/s", "routes.page.demand.server="+demands[row["dist"]])
			for _, q := range quantities {
				real[q] = append(real[q], row.Number(c.t, "lat_ms_"+q)-path)
				simulated[q] = append(simulated[q], sample(trial.Values("latency."+q)).times(1e3)...)
			}
		}
		for _, q := range quantities {
			line = append(line, c.agree(real[q], simulated[q], 2, 0.05, fmt.Sprint(line, q))...)
		}
		table = append(table, line)
	}
	return table
}

// retries are the settings of a balancer, by their name in the measurements.
var retries = map[string][]string{
	"off": nil,
	"on":  {"balancers.lb.retries=3", "balancers.lb.redispatch=true"},
	"l7":  {"balancers.lb.retries=3", "balancers.lb.redispatch=true", `balancers.lb.retry_on=["all-retryable-errors"]`},
}

func (c *checker) failingTargets() [][]string {
	effects := map[string]string{"close": "refuse", "500": "errors", "hang": "hang"}
	table := [][]string{{"effect", "retries", "servers", "DOWN after: measured", "simulated", "UP after: measured", "simulated", "failed requests: measured", "simulated"}}
	for _, rows := range grouped(c.t, "balancer", "health-check-windows.csv", "mode", "retry", "servers") {
		first := rows[0]
		line := []string{"`" + effects[first["mode"]] + "`", first["retry"], first["servers"]}
		sets := slices.Concat(retries[first["retry"]], []string{"faults.broken.effect=" + effects[first["mode"]], "fleets.web.min=" + first["servers"], "fleets.web.max=" + first["servers"]})
		var down, up, failed sample
		for _, row := range rows {
			for seed := range 4 {
				kill, back := row.Number(c.t, "t_kill")+0.5*float64(seed), row.Number(c.t, "t_back")+0.5*float64(seed)
				r := simulate(c.t, append([]string{filepath.Join(c.dir, "failing.toml"), "--seed", fmt.Sprint(seed + 1)}, flags(append(sets,
					fmt.Sprintf("faults.broken.at=%.3fs", kill), fmt.Sprintf("faults.broken.for=%.3fs", back-kill)))...))
				down, up = append(down, c.when(r, timeline.Unhealthy)-kill), append(up, c.when(r, timeline.Healthy)-back)
				failed = append(failed, r.Metrics["requests.failed"].Mean)
			}
		}
		line = append(line, c.agree(column(c.t, rows, "down_at_s"), down, 1, 0.02, fmt.Sprint(line, "down"))...)
		line = append(line, c.agree(column(c.t, rows, "up_after_back_s"), up, 1, 0.02, fmt.Sprint(line, "up"))...)
		line = append(line, c.agree(column(c.t, rows, "err_total"), failed, 0, 0.5, fmt.Sprint(line, "failed"))...)
		table = append(table, line)
	}
	return table
}

// flags gives each setting to the command line.
func flags(sets []string) (words []string) {
	for _, set := range sets {
		words = append(words, "--set", set)
	}
	return words
}

// when is the only instant of an event's kind after the start, in seconds.
func (c *checker) when(r *experiments.Result, kind timeline.Kind) float64 {
	var at []float64
	for _, e := range r.Detail.Events {
		if e.Kind == kind && e.At > 0 {
			at = append(at, e.At.Seconds())
		}
	}
	require.Len(c.t, at, 1, kind)
	return at[0]
}

func (c *checker) joiningServer() [][]string {
	const join = 25
	table := [][]string{{"cookies", "share of the third, from", "to", "measured", "simulated"}}
	for _, rows := range grouped(c.t, "balancer", "sticky-scale-out.csv", "sticky") {
		sticky := rows[0]["sticky"]
		kind := map[string]string{"true": "lb_cookie", "false": "none"}[sticky]
		trial := c.trial("joining.toml", 40, "balancers.lb.stickiness.kind="+kind)
		for i := 1; i <= 4; i++ {
			old, joined := trial.Judge(fmt.Sprintf("old-%d", i)), trial.Judge(fmt.Sprintf("new-%d", i))
			from, to := joined.During[0]-join, joined.During[1]-join
			var simulated sample
			for k := range joined.Each {
				simulated = append(simulated, joined.Each[k]/(joined.Each[k]+2*old.Each[k]))
			}
			line := []string{map[string]string{"true": "yes", "false": "no"}[sticky], fmt.Sprintf("%.0f s", from), fmt.Sprintf("%.0f s", to)}
			table = append(table, append(line, c.agree(thirds(c.t, rows, from, to), simulated, 2, 0.01, fmt.Sprint(line))...))
		}
	}
	return table
}

// thirds are the third server's shares of the requests in a part of each run.
func thirds(t *testing.T, rows []measured.Row, from, to float64) (shares sample) {
	all, third := map[string]float64{}, map[string]float64{}
	for _, row := range rows {
		if at := row.Number(t, "sec_rel_join"); at >= from && at < to {
			all[row["seed"]] += row.Number(t, "n")
			third[row["seed"]] += row.Number(t, "n") * row.Number(t, "share_s2")
		}
	}
	for seed, n := range all {
		shares = append(shares, third[seed]/n)
	}
	slices.Sort(shares)
	return shares
}

func (c *checker) acceptQueue() [][]string {
	table := [][]string{{"backlog", "stands for", "clients", "late: measured", "simulated", "last: measured", "simulated"}}
	for _, rows := range grouped(c.t, "server", "nginx-accept-queue.csv", "backlog", "stall_s", "k") {
		first := rows[0]
		line := []string{first["backlog"], first["stall_s"] + " s", first["k"]}
		stall := first.Number(c.t, "stall_s")
		r := simulate(c.t, append([]string{filepath.Join(c.dir, "standing.toml")}, flags([]string{
			fmt.Sprintf("clients.visitors.rate=[\"0s %s000/s\", \"0.001s 0/s\"]", first["k"]),
			"fleets.web.server.backlog=" + first["backlog"], "faults.standing.for=" + first["stall_s"] + "s",
		})...))
		require.Equal(c.t, first.Number(c.t, "k"), r.Metrics["requests.completed"].Mean, line)
		late := sample{float64(r.Detail.Latency.CountAbove(int64((stall + 0.3) * 1e9)))}
		last := sample{r.Metrics["latency.max"].Mean}
		line = append(line, c.agree(lateAsMeasured(c.t, rows, stall), late, 0, 0, fmt.Sprint(line, "late"))...)
		line = append(line, c.agree(column(c.t, rows, "done_ms_max").times(1e-3), last, 2, 0.2, fmt.Sprint(line, "last"))...)
		table = append(table, line)
	}
	return table
}

// lateAsMeasured are the clients that were served in a later half second than that
// in which the worker went on, in each run: "0.5:512|1.0:1" is 512 in its half
// second and one in the next.
func lateAsMeasured(t *testing.T, rows []measured.Row, stall float64) (s sample) {
	for _, row := range rows {
		late := 0.0
		for bin := range strings.SplitSeq(row["done_s_hist"], "|") {
			var at, n float64
			_, err := fmt.Sscanf(bin, "%g:%g", &at, &n)
			require.NoError(t, err, bin)
			if at > stall {
				late += n
			}
		}
		s = append(s, late)
	}
	return s
}

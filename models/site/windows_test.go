package site

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
)

// busy is a site in which much happens: it grows and shrinks, fails and
// retries, is too slow at times and turns requests away.
const busy = `
	duration = "60m"
	[clients.visitors]
	target   = "lb"
	rate     = ["0m 5/s", "10m 5/s", "11m 60/s", "30m 60/s", "31m 5/s"]
	requests = "geometric(3)"
	think    = "exponential(500ms)"
	timeout  = "2s"
	retry    = { attempts = 1, wait = "100ms" }
	routes   = { read = 0.9, write = 0.1 }
	[clients.desk]
	target = "desk"
	rate   = "20/s"
	routes = { read = 1.0 }
	[routes.read]
	demand = { web = "exponential(8ms)", desk = "exponential(45ms)" }
	[routes.write]
	demand = { web = "exponential(20ms)" }
	[services.desk]
	kind  = "station"
	queue = 5
	[balancers.lb]
	kind    = "classic"
	targets = ["web"]
	health_check = { interval = "10s", timeout = "2s", healthy_threshold = 2, unhealthy_threshold = 2 }
	[fleets.web]
	instance = "t3.small"
	zones = ["a", "b"]
	min = 1
	max = 4
	boot = "20s"
	monitoring = "detailed"
	default_cooldown = "60s"
	[fleets.web.policies.up]
	kind = "step"
	alarm = { metric = "CPUUtilization", period = "1m", comparison = ">", threshold = 60 }
	steps = ["0.. +1"]
	[fleets.web.policies.down]
	kind = "simple"
	alarm = { metric = "CPUUtilization", period = "2m", comparison = "<", threshold = 15 }
	adjustment = "-1"
	[faults.stop]
	at = "40m"
	for = "90s"
	fleet = "web"
	effect = "refuse"`

// counts reports whether a metric counts what happened in a window.
func counts(spec *scenario.Spec, metric string) bool {
	switch metric[strings.LastIndex(metric, ".")+1:] {
	case "mean", "max", "min", "imbalance":
		return false
	}
	unit, _ := spec.Unit(metric)
	return unit == scenario.Count || unit == scenario.Bytes
}

// sums are metrics that add up over windows that follow each other.
func sums(spec *scenario.Spec, o *Outcome) []string {
	var list []string
	for name := range o.Windows[0].Metrics {
		if counts(spec, name) || strings.Contains(name, "saturated_seconds") || strings.HasPrefix(name, "cost.fleets.") || strings.HasSuffix(name, "instances.hours") {
			list = append(list, name)
		}
	}
	return list
}

func TestWindowsAddUp(t *testing.T) {
	for name, edges := range map[string][]engine.Time{
		"halves":           {0, 30 * engine.Minute, 60 * engine.Minute},
		"not on minutes":   {0, 90*engine.Second + 500*engine.Millisecond, 17*engine.Minute + 3, 40*engine.Minute + 3*engine.Second, 60 * engine.Minute},
		"within a minute":  {0, engine.Minute, 61 * engine.Second, 62*engine.Second + 1, 60 * engine.Minute},
		"a nanosecond off": {0, 12*engine.Minute - 1, 12 * engine.Minute, 12*engine.Minute + 1, 60 * engine.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			var during []Span
			for i, from := range edges[:len(edges)-1] {
				during = append(during, Span{from, edges[i+1]})
			}
			o := simulate(t, busy, during...)
			all, parts := o.Windows[0], o.Windows[1:]
			metrics := sums(read(t, busy, nil), o)
			require.GreaterOrEqual(t, len(metrics), 40)
			for _, metric := range metrics {
				var sum float64
				for _, p := range parts {
					sum += p.Metrics[metric]
				}
				require.InDelta(t, all.Metrics[metric], sum, 1e-9*all.Metrics[metric]+1e-12, metric)
			}
			var completed uint64
			var instances float64
			for _, p := range parts {
				completed += p.Latency.Count()
				if p.To > p.From {
					instances += p.Metrics["fleets.web.instances.mean"] * (p.To - p.From).Seconds()
				}
			}
			require.Equal(t, all.Latency.Count(), completed)
			require.InEpsilon(t, all.Metrics["fleets.web.instances.mean"]*3600, instances, 1e-9)
		})
	}
}

// What is asked for changes nothing of what happens: neither the metrics of the
// whole run nor the series.
func TestWindowsDoNotDisturb(t *testing.T) {
	plain := simulate(t, busy)
	cut := simulate(t, busy, Span{91 * engine.Second, 20*engine.Minute + 7}, Span{20 * engine.Minute, 33*engine.Minute + 1})
	for name, v := range plain.Windows[0].Metrics {
		// Sums of float64 may differ in the last bit where they are taken in parts.
		require.InDelta(t, v, cut.Windows[0].Metrics[name], 1e-12*math.Abs(v), name)
	}
	require.Equal(t, len(plain.Series.Rows), len(cut.Series.Rows))
	for r := range plain.Series.Rows {
		for c, column := range plain.Series.Columns {
			require.InDelta(t, number(plain.Series.Rows[r][c]), number(cut.Series.Rows[r][c]), 1e-9, "minute %d, %s", r, column.Name)
		}
	}
	require.Equal(t, plain.Events, cut.Events)
}

// number makes a missing value one that can be compared.
func number(v float64) float64 {
	if math.IsNaN(v) {
		return -12345
	}
	return v
}

// A request belongs to the window in which it is first offered, and a window
// begins with its first instant and ends before its last.
func TestWindowsBeginWithTheirFirstInstant(t *testing.T) {
	const text = `
		duration = "3m"
		[clients.clock]
		target   = "desk"
		arrivals = "even"
		rate     = "1/s"
		[routes.tick]
		demand.desk = "2500ms"
		[services.desk]
		kind    = "station"
		servers = 10`
	var during []Span
	for s := engine.Time(58); s < 64; s++ {
		during = append(during, Span{s * engine.Second, (s + 1) * engine.Second})
	}
	o := simulate(t, text, during...)
	for _, w := range o.Windows[1:] {
		require.EqualValues(t, 1, w.Metrics["requests.offered"], "from %s", w.From)
		require.EqualValues(t, 1, w.Metrics["requests.completed"], "from %s", w.From)
		require.EqualValues(t, 2.5, w.Metrics["latency.max"])
	}
	m := o.Windows[0].Metrics // arrivals at 1 s, 2 s ... 179 s: what happens at the end does not happen
	require.EqualValues(t, 179, m["requests.offered"])
	require.EqualValues(t, 2, m["requests.in_flight"])
}

// The initial transient is left out of everything.
func TestDiscard(t *testing.T) {
	o := simulate(t, "discard = \"11m30s\"\n"+busy)
	parts := simulate(t, busy, Span{0, 11*engine.Minute + 30*engine.Second}, Span{11*engine.Minute + 30*engine.Second, 60 * engine.Minute})
	want := parts.Windows[2]
	require.Equal(t, want.From, o.Windows[0].From)
	for name, v := range want.Metrics {
		require.InDelta(t, v, o.Windows[0].Metrics[name], 1e-12*math.Abs(v), name)
	}
	require.Equal(t, len(want.Metrics), len(o.Windows[0].Metrics))
	require.Len(t, o.Series.Rows, 60)
}

// All that the reference lists is reported where a scenario has such parts, and
// nothing else.
func TestMetricsAreThoseOfTheReference(t *testing.T) {
	text := strings.Replace(busy, "[routes.write]", "[routes.write]\nsession = \"write\"\nwait.resize = \"5ms\"\nwait.mc = \"0.1ms\"", 1) + `
	[fleets.web.warm_pool]
	min_size = 1
	[services.resize]
	kind = "function"
	[services.mc]
	kind = "cache"
	hit_ratio = 0.5
	[clients.reader]
	target = "mc"
	rate = "1/s"
	routes = { write = 1.0 }
	[cdns.edge]
	origin = "resize"
	hit_ratio = 0.5
	[dns.example]
	weights = { edge = 1 }
	[clients.edge]
	target = "example"
	rate = "1/s"
	routes = { write = 1.0 }`
	spec := read(t, text, nil)
	o := simulate(t, text)
	for name := range o.Windows[0].Metrics {
		_, known := spec.Unit(name)
		require.True(t, known, "the reference does not know %s", name)
	}
	names := strings.NewReplacer("<route>", "read", "<client>", "visitors", "<fleet>", "web", "<service>", "desk", "<balancer>", "lb",
		"<function>", "resize", "<cache>", "mc", "<cdn>", "edge", "<name>", "example")
	for _, m := range scenario.Metrics() {
		name := names.Replace(m.Name)
		require.Contains(t, o.Windows[0].Metrics, name)
		unit, known := spec.Unit(name)
		require.True(t, known)
		require.Equal(t, m.Unit, unit)
	}
}

// Rows of the series are the minutes; the last one may be shorter.
func TestSeries(t *testing.T) {
	text := strings.Replace(busy, `"60m"`, `"20m30s"`, 1)
	text = strings.Replace(text, `at = "40m"`, `at = "15m"`, 1)
	o := simulate(t, text)
	require.Len(t, o.Series.Rows, 21)
	spans := o.Series.Column("span_s")
	offered, sum := o.Series.Column("offered"), 0.0
	for minute, start := range o.Series.Column("time_s") {
		require.EqualValues(t, 60*minute, start)
		sum += offered[minute]
	}
	require.EqualValues(t, 60, spans[19])
	require.EqualValues(t, 30, spans[20])
	require.Equal(t, o.Windows[0].Metrics["requests.offered"], sum)
	require.Nil(t, o.Series.Column("no such"))
	require.Equal(t, -1, o.Series.Index("no such"))
	for r, row := range o.Series.Rows {
		require.Len(t, row, len(o.Series.Columns), "row %d", r)
	}
}

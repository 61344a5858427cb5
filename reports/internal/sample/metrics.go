package sample

import (
	"math"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// one is a metric with one sample.
func one(v float64, unit string) experiments.Metric {
	return experiments.Metric{Unit: unit, Mean: v, Lo: math.NaN(), Hi: math.NaN(), N: 1}
}

// some is a metric with n samples, its half-width a share of the mean.
func some(n int, v, width float64, unit string) experiments.Metric {
	if n < 2 {
		return one(v, unit)
	}
	half := float64(v * width)
	return experiments.Metric{Unit: unit, Mean: v, Lo: float64(v) - half, Hi: float64(v) + half, N: n}
}

// burst are the metrics of Burst: value, half-width as a share of it, unit.
var burst = map[string]struct {
	v, width float64
	unit     string
}{
	"requests.offered": {812345, 0.004, ""}, "requests.completed": {762345, 0.006, ""}, "requests.failed": {49876, 0.07, ""},
	"requests.in_flight": {124, 0.2, ""}, "requests.attempts": {812345, 0.004, ""},
	"errors.timeout": {44210, 0.08, ""}, "errors.503": {5610, 0.21, ""}, "errors.502": {56, 0.9, ""}, "errors.refused": {0, 0, ""},
	"availability": {0.93859, 0.0041, "share"}, "throughput": {105.88, 0.006, "1/s"},
	"latency.mean": {0.8121, 0.05, "s"}, "latency.p50": {0.00713, 0.011, "s"}, "latency.p90": {3.61, 0.04, "s"}, "latency.p95": {6.02, 0.02, "s"},
	"latency.p99": {7.71, 0.004, "s"}, "latency.p999": {7.97, 0.001, "s"}, "latency.max": {8, 0, "s"}, "latency.sd": {1.71, 0.03, "s"},
	"routes.album.latency.p50": {0.00713, 0.011, "s"}, "routes.album.latency.p95": {6.02, 0.02, "s"}, "routes.album.latency.p99": {7.71, 0.004, "s"}, "routes.album.latency.mean": {0.81, 0.05, "s"},
	"routes.signin.latency.p50": {0.00709, 0.014, "s"}, "routes.signin.latency.p95": {6.01, 0.03, "s"}, "routes.signin.latency.p99": {7.7, 0.005, "s"}, "routes.signin.latency.mean": {0.808, 0.06, "s"},
	"fleets.web.instances.mean": {1.834, 0.02, ""}, "fleets.web.instances.max": {3, 0, ""}, "fleets.web.instances.min": {1, 0, ""},
	"fleets.web.instances.hours": {3.71, 0.02, "h"}, "fleets.web.instances.launched": {2, 0, ""}, "fleets.web.instances.terminated": {1.9, 0.11, ""},
	"fleets.web.cpu.mean": {0.4312, 0.03, "share"}, "fleets.web.cpu.p95": {1, 0, "share"}, "fleets.web.connections.max": {1022, 0.001, ""},
	"fleets.web.credits.min": {12.4, 0.1, "credits"}, "fleets.web.saturated_seconds.cpu": {1860, 0.06, "s"}, "fleets.web.saturated_seconds.connections": {200, 0.5, "s"},
	"fleets.web.saturated_seconds.backlog": {0, 0, "s"}, "fleets.web.share.max": {0.71, 0.05, "share"},
	"balancers.nginx-lb.targets.healthy.mean": {1.71, 0.02, ""}, "balancers.nginx-lb.imbalance": {0.42, 0.07, ""}, "balancers.nginx-lb.share_lag.mean": {12.1, 0.2, "s"}, "balancers.nginx-lb.460": {44210, 0.08, ""},
	"services.sessions.utilization": {0.0312, 0.01, "share"}, "services.sessions.wait.mean": {0.00012, 0.04, "s"}, "services.sessions.number.mean": {0.31, 0.02, ""},
	"sessions.started": {243701, 0.004, ""}, "sessions.lost": {1210, 0.09, ""}, "sessions.moved": {0, 0, ""},
	"scaling.actions": {4, 0, ""}, "scaling.flaps": {0.3, 1.6, ""}, "scaling.launch_lag.mean": {373, 0.06, "s"}, "scaling.lag.mean": {712, 0.05, "s"},
	"slo.violation_minutes": {27, 0.03, ""},
	"cost.total":            {0.0987, 0.01, "USD"}, "cost.fleets.web": {0.0427, 0.02, "USD"}, "cost.balancers.nginx-lb": {0.05, 0, "USD"}, "cost.transfer": {0.006, 0.01, "USD"}, "cost.per_hour": {0.04935, 0.01, "USD/h"}, "cost.per_million": {0.1294, 0.012, "USD"},
}

func burstMetrics(n int) map[string]experiments.Metric {
	metrics := make(map[string]experiments.Metric, len(burst))
	for name, m := range burst {
		metrics[name] = some(n, m.v, m.width, m.unit)
	}
	return metrics
}

// burstFailures are the causes of failures over what was offered.
func burstFailures(n int) map[string]experiments.Metric {
	shares := make(map[string]experiments.Metric)
	for name, m := range burst {
		if cause, found := strings.CutPrefix(name, "errors."); found {
			shares[cause] = some(n, m.v/burst["requests.offered"].v, m.width, "share")
		}
	}
	return shares
}

func burstExpectations(n int) map[string]experiments.Expectation {
	expect := func(verdict output.Verdict, metric string, b output.Bound) experiments.Expectation {
		m := some(n, burst[metric].v, burst[metric].width, burst[metric].unit)
		return experiments.Expectation{Verdict: verdict, Metric: metric, Unit: m.Unit, Value: m.Mean, Lo: m.Lo, Hi: m.Hi, Bound: b, Each: spread(n, burst[metric].v, burst[metric].width)}
	}
	available := expect(output.Fail, "availability", output.NewBound(output.AtLeast, 0.999, 0))
	fast := expect(output.Fail, "latency.p99", output.NewBound(output.AtMost, 0, 0.5))
	fast.During = &[2]float64{1200, 3600}
	reaction := expect(output.Pass, "scaling.lag.mean", output.NewBound(output.Between, 540, 840))
	if n > 1 {
		reaction.Verdict = output.Inconclusive
	}
	return counted(map[string]experiments.Expectation{
		"available": available, "fast": fast, "reaction": reaction,
		"grows": expect(output.Pass, "fleets.web.instances.max", output.NewBound(output.AtLeast, 2, 0)),
		"three": expect(output.Pass, "fleets.web.instances.max", output.NewBound(output.Equals, 3, 0)),
	})
}

// spread are n values about a mean, rising evenly by four times its interval.
func spread(n int, mean, width float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = mean * (1 + float64(width*(4*(float64(i)+0.5)/float64(n)-2)))
	}
	return values
}

// counted gives expectations the number of replications in which they hold.
func counted(all map[string]experiments.Expectation) map[string]experiments.Expectation {
	for name, e := range all {
		for _, v := range e.Each {
			if e.Bound.Judge([]float64{v}) == output.Pass {
				e.Met++
			}
		}
		all[name] = e
	}
	return all
}

func dayMetrics() map[string]experiments.Metric {
	metrics := map[string]experiments.Metric{
		"requests.offered": one(75207657, ""), "requests.completed": one(75207655, ""), "requests.failed": one(0, ""), "requests.in_flight": one(2, ""),
		"availability": one(1, "share"), "throughput": one(870.46, "1/s"),
		"latency.mean": one(0.00291, "s"), "latency.p50": one(0.00204, "s"), "latency.p90": one(0.00512, "s"), "latency.p95": one(0.00711, "s"), "latency.p99": one(0.0312, "s"), "latency.p999": one(0.0498, "s"), "latency.max": one(0.31, "s"),
		"scaling.actions": one(43, ""), "scaling.flaps": one(3, ""), "cost.total": one(12.3456, "USD"), "cost.per_hour": one(0.5144, "USD/h"), "cost.per_million": one(0.1641, "USD"),
	}
	for i, fleet := range []string{"api", "web", "worker"} {
		p := "fleets." + fleet + "."
		metrics[p+"instances.mean"] = one(3.21+float64(i), "")
		metrics[p+"instances.min"] = one(2, "")
		metrics[p+"instances.max"] = one(6+float64(i), "")
		metrics[p+"instances.hours"] = one(77.1+float64(24*float64(i)), "h")
		metrics[p+"instances.launched"] = one(21, "")
		metrics[p+"instances.terminated"] = one(21, "")
		metrics[p+"cpu.mean"] = one(0.38, "share")
		metrics[p+"cpu.p95"] = one(0.61, "share")
		metrics["cost.fleets."+fleet] = one(4.1, "USD")
	}
	return metrics
}

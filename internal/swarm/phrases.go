package swarm

import (
	"maps"
	"slices"
)

// phrases are values with units, odd ones among them: those of a key are the ones
// that its pattern in the schema lets through. They are few, so that thresholds
// are often equal and instants often the same.
var phrases = []string{
	"0s", "1ns", "1us", "1ms", "7ms", "100ms", "1s", "5s", "10s", "15s", "20s", "30s", "59s", "60s", "90s", "2m", "5m", "1h", "7h", "1d", "7d", "800d",
	"0/s", "1/d", "1/s", "3000/min", "7 per 10s",
	"0%", "1%", "33.3%", "50%", "99%", "100%",
	"0B", "1B", "20KiB", "1MB", "512MiB", "1TB",
	"constant(0s)", "uniform(0s, 1s)", "uniform(5ms, 5ms)", "exponential(4ms)", "exponential(1ns)", "erlang(1, 1ms)", "erlang(50, 20ms)",
	"hyperexponential(10ms, scv=1)", "hyperexponential(20ms, scv=900)", "lognormal(20ms, scv=0.001)", "lognormal(30ms, p95=60ms)", "gamma(20ms, scv=0.1)", "gamma(20ms, scv=30)",
	"weibull(20ms, shape=0.3)", "weibull(20ms, shape=9)", "pareto(1ns, 1h, alpha=0.9)", "pareto(1ms, 1s, alpha=1)", "empirical(spans.csv)",
	"constant(1)", "constant(30)", "geometric(1)", "geometric(8)", "empirical(counts.csv)",
	"0m 5/s", "1m 0/s", "90s 30/s", "08:00 3/s", "08:01 20/s", "23:59 1/s",
	"+0", "+1", "-1", "+100%", "-50%", "=0", "=3",
	"..0 -1", "0..10 +1", "0.. +1", "10.. +30%",
	"1 pod per 1s", "4 pods per 60s", "100% per 15s", "10% for 10s", "50% for 0s", "99% for 1m",
	"Average", "Sum", "Minimum", "Maximum", "SampleCount", "p0.1", "p50", "p99.9", "p100",
	"* * * * *", "1 8 * * 1", "0 18 31 2 *",
	"0s..1m", "1m..2m", "0..1ns", "auto",
}

// plain are texts without a pattern that are no names of a scenario's own.
var plain = []string{
	"", "a", "b", "c", "trace.csv", "history.csv", "UTC", "Asia/Seoul", "America/New_York", "2026-03-02T08:00:00Z", "2026-03-29T00:58:00Z", "1/s", "90s",
	"t2.micro", "t3.small", "t3a.nano", "t4g.micro", "c6i.large", "m5.large", "cache.t3.micro", "cache.m6g.large", "TRUE", "FALSE",
	"ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut", "ALBRequestCountPerTarget",
	"ASGCPUUtilization", "ASGNetworkIn", "ASGNetworkOut", "ALBRequestCount", "cpu", "own", "route-0", "errors",
}

// names are those of a scenario's tables.
func names(doc Table) []string {
	var list []string
	for _, kind := range slices.Sorted(maps.Keys(doc)) {
		if named, ok := doc[kind].(Table); ok && language().Properties[kind].Named != nil {
			list = append(list, slices.Sorted(maps.Keys(named))...)
		}
	}
	return list
}

// words are texts that a key without a pattern may have in this scenario.
func words(doc Table) []string {
	list := append(slices.Clone(plain), names(doc)...)
	fleets, _ := doc["fleets"].(Table)
	for _, fleet := range slices.Sorted(maps.Keys(fleets)) {
		policies, _ := Get(doc, "fleets", fleet, "policies").(Table)
		for _, policy := range slices.Sorted(maps.Keys(policies)) {
			list = append(list, policy, fleet+"."+policy, "ALARM("+fleet+"."+policy+") AND NOT FALSE")
		}
	}
	alarms, _ := doc["alarms"].(Table)
	for _, alarm := range slices.Sorted(maps.Keys(alarms)) {
		list = append(list, "ALARM("+alarm+") OR NOT OK("+alarm+")")
	}
	return list
}

package scenario

import (
	"maps"
	"slices"
	"strings"
)

// Unit is what the values of a metric count.
type Unit string

// The units.
const (
	Count     Unit = ""
	Seconds   Unit = "s"
	Share     Unit = "share" // 0 to 1
	PerSecond Unit = "1/s"
	USD       Unit = "USD"
	USDPerH   Unit = "USD/h"
	Hours     Unit = "h"
	Minutes   Unit = "min"
	Bytes     Unit = "B"
)

// A Metric is something that a run reports.
type Metric struct {
	// Name has the part that stands for a name of the scenario in angle
	// brackets, as in "fleets.<fleet>.instances.max".
	Name string
	Unit Unit
	Doc  string
}

// Metrics lists what a run can report, in the order of the reference.
func Metrics() []Metric {
	return slices.Concat(requestMetrics(), fleetMetrics(), serviceMetrics(), edgeMetrics(), otherMetrics())
}

func requestMetrics() []Metric {
	list := []Metric{
		{"requests.offered", Count, "Requests first offered in the window."},
		{"requests.completed", Count, "Of these, requests that were answered well, after retries too."},
		{"requests.failed", Count, "Of these, requests that failed for good."},
		{"requests.in_flight", Count, "Of these, requests without an answer at the end of the run."},
		{"requests.attempts", Count, "Attempts of these requests, retries included."},
		{"availability", Share, "Completed over completed and failed."},
		{"throughput", PerSecond, "Completed requests per second."},
	}
	for _, cause := range causes {
		list = append(list, Metric{"errors." + cause.name, Count, "Requests that failed, by the cause of their last attempt: " + cause.doc + "."})
	}
	for _, scope := range []struct{ prefix, doc string }{{"", ""}, {"clients.<client>.", " Of the client population."}} {
		list = append(list, visitMetrics(scope.prefix+"visits.", scope.doc)...)
	}
	for _, scope := range []struct{ prefix, doc string }{
		{"", ""}, {"routes.<route>.", " Of the route."}, {"clients.<client>.", " Of the client population."},
	} {
		list = append(list, times(scope.prefix+"latency.", " of the time from the first attempt to the answer, over completed requests."+scope.doc)...)
	}
	return list
}

// visitMetrics count client sessions, by the instants at which they begin and end.
func visitMetrics(prefix, doc string) []Metric {
	return []Metric{
		{prefix + "started", Count, "Visits (client sessions) whose first request was offered in the window." + doc},
		{prefix + "ended", Count, "Visits that ended in the window, with their last request or the first that failed for good. All that started have ended or go on at the end of the run." + doc},
		{prefix + "erred", Count, "Of these, visits in which an attempt failed, whether or not a retry mended it." + doc},
		{prefix + "failed", Count, "Of these, visits that a failed request broke off." + doc},
	}
}

// causes are the failures as the client sees them.
var causes = []struct{ name, doc string }{
	{"refused", "connection refused"}, {"timeout", "the client gave up"},
	{"reset", "RST on a connection in use"}, {"closed", "end of file without an answer"},
	{"abandoned", "patience ran out in a queue"}, {"blocked", "a queue was full"},
	{"429", "status 429"}, {"500", "status 500"}, {"502", "status 502"}, {"503", "status 503"}, {"504", "status 504"},
}

// times are the statistics of a time.
func times(prefix, doc string) []Metric {
	var list []Metric
	for _, q := range []struct{ name, doc string }{
		{"mean", "Mean"}, {"p50", "Median"}, {"p90", "90th percentile"}, {"p95", "95th percentile"},
		{"p99", "99th percentile"}, {"p999", "99.9th percentile"}, {"max", "Greatest"}, {"sd", "Standard deviation"},
	} {
		list = append(list, Metric{prefix + q.name, Seconds, q.doc + doc})
	}
	return list
}

func fleetMetrics() []Metric {
	const f = "fleets.<fleet>."
	list := []Metric{
		{f + "instances.mean", Count, "Mean number of instances InService."},
		{f + "instances.max", Count, "Most instances InService."},
		{f + "instances.min", Count, "Fewest instances InService."},
		{f + "warmed.mean", Count, "Mean number of instances that are ready in the warm pool."},
		{f + "warmed.min", Count, "Fewest of them."},
		{f + "instances.hours", Hours, "Billed instance hours."},
		{f + "instances.launched", Count, "Instances launched."},
		{f + "instances.terminated", Count, "Instances terminated."},
		{f + "cpu.mean", Share, "Mean CPU utilization over InService instances, booting ones included."},
		{f + "cpu.p95", Share, "95th percentile of one-minute averages of CPU utilization."},
		{f + "connections.max", Count, "Most connections on one instance."},
		{f + "credits.min", Count, "Least CPU credit balance of an instance."},
		{f + "share.max", Share, "Largest share of the requests on one instance."},
	}
	for _, limit := range []string{"cpu", "connections", "backlog", "upstream"} {
		list = append(list, Metric{f + "saturated_seconds." + limit, Seconds, "Time for which any instance was at its limit of " + limit + "."})
	}
	return list
}

func serviceMetrics() []Metric {
	const s = "services.<service>."
	list := []Metric{
		{s + "utilization", Share, "Busy servers over servers; of a pool or database: of the vCPUs; of a cache: of the threads for commands; of a queue: consumers at work; of a function: environments in use over its concurrency."},
		{s + "utilization.max", Share, "The same in its busiest minute."},
		{s + "delayed", Share, "Share of requests that waited; of a queue: of messages; of a function: those that began with a cold start."},
		{s + "number.mean", Count, "Mean number of requests in the station; of a cache: calls in progress; of a database: calls, those included that wait for a connection; of a queue: messages, waiting and in work."},
		{s + "blocked", Count, "Requests turned away: for want of a place to wait, or of a connection; of a pool: at the first try, for want of a place in the accept queue; of a function: throttled."},
	}
	list = append(list, times(s+"wait.", " of the time in the queue; of a cache: for a thread; of a database: for a connection of the caller's pool; of a queue: of messages, for a consumer; of a function: of the time to make an environment.")...)
	list = append(list, Metric{"services.<cache>.hit_ratio", Share, "Share of the lookups that found what they looked for. Those that failed, such as at a node that has crashed, did not."})
	const f = "services.<function>."
	return append(list,
		Metric{f + "throttled", Count, "Requests that the function's quotas forbade."},
		Metric{f + "environments.mean", Count, "Mean number of the environments that were made on demand, in use and idle."},
		Metric{f + "environments.max", Count, "Most of them."},
	)
}

// edgeMetrics are those of what clients come by before they come to the site.
func edgeMetrics() []Metric {
	return []Metric{
		{"cdns.<cdn>.requests", Count, "Requests that came to the content delivery network."},
		{"cdns.<cdn>.hit_ratio", Share, "Of the requests that ended, the share that it answered well without asking the origin: from its cache, or with what another one has fetched."},
		{"cdns.<cdn>.bytes", Bytes, "Bytes of good answers that it sent."},
		{"dns.<name>.queries", Count, "Questions of resolvers whose answer had come to its time to live, or who had none."},
		{"dns.<name>.records.healthy.mean", Count, "Mean number of healthy records."},
	}
}

func otherMetrics() []Metric {
	const b = "balancers.<balancer>."
	return []Metric{
		{b + "targets.healthy.mean", Count, "Mean number of targets that the balancer may use."},
		{b + "imbalance", Count, "Coefficient of variation of requests over targets."},
		{b + "share_lag.mean", Seconds, "A new target's wait for half its fair share."},
		{b + "460", Count, "Clients that left before the answer."},
		{"sessions.started", Count, "Sign-ins of users who were not signed in."},
		{"sessions.lost", Count, "Users whom the system signed out while they were at it: what kept their sign-in died, whether or not they came back to learn it, or another instance served them, which does not know it."},
		{"sessions.expired", Count, "Sign-ins that their lifetime ended."},
		{"sessions.ended", Count, "Sign-ins that lasted until their users were done. Those started that were neither lost, nor expired, nor ended go on at the end of the run."},
		{"sessions.moved", Count, "Requests of signed-in users, but for those that sign in again, that another instance served than the one before."},
		{"scaling.actions", Count, "Changes of desired capacity."},
		{"scaling.flaps", Count, "Scale-outs undone within 15 min, and the reverse."},
		{"scaling.launch_lag.mean", Seconds, "From the start of the first breaching datapoint of an unbroken run of them to the first launch. One sample per breach that led to a launch: further launches, and an alarm that comes back from INSUFFICIENT_DATA while the same run goes on, add none."},
		{"scaling.lag.mean", Seconds, "From there to the first instant at which a balancer may use the first instance launched."},
		{"slo.violation_minutes", Minutes, "Minutes in which a latency or availability expectation does not hold. A latency does not hold where all requests failed, nor where none was answered by the end of the run and all have waited for longer than it allows; a minute without requests holds."},
		{"cost.total", USD, "Cost of the simulated time. A window, and what is measured after discard, is billed like a run of its own: hours that are billed whole begin with it."},
		{"cost.fleets.<fleet>", USD, "Of the fleet's instances."},
		{"cost.balancers.<balancer>", USD, "Of the load balancer: its hours and capacity units."},
		{"cost.services.<service>", USD, "Of the service."},
		{"cost.cdns.<cdn>", USD, "Of the content delivery network."},
		{"cost.transfer", USD, "Of transfers to clients, and between zones."},
		{"cost.per_hour", USDPerH, "Mean of the rate at which it costs: hourly prices, and by the hour what depends on use. Unlike cost.total it does not take begun hours for whole ones."},
		{"cost.per_million", USD, "Cost of a million completed requests."},
	}
}

// Unit is the unit of a metric by its name in this scenario; ok is false where
// the scenario has no such metric.
func (s *Spec) Unit(metric string) (u Unit, ok bool) {
	u, ok = s.MetricUnits()[metric]
	return u, ok
}

// Average reports whether a part of the run tells of a metric what the whole run
// does, but for chance: a mean, a share, a rate or a quantile does, while counts,
// sums and money grow with the time, and extremes do too.
func (s *Spec) Average(metric string) bool {
	unit, _ := s.Unit(metric)
	switch metric[strings.LastIndex(metric, ".")+1:] {
	case "mean", "sd", "p50", "p90", "p95", "p99", "p999":
		return unit != USD
	case "max", "min":
		return false
	}
	return unit == Share || unit == PerSecond || unit == USDPerH
}

// MetricUnits are the units of all metrics that the scenario has.
func (s *Spec) MetricUnits() map[string]Unit {
	parts := map[string][]string{
		"<route>": sorted(s.Routes), "<client>": sorted(s.Clients), "<fleet>": sorted(s.Fleets),
		"<service>": sorted(s.Services), "<balancer>": sorted(s.Balancers), "<function>": s.servicesOf("function"), "<cache>": s.servicesOf("cache"),
		"<cdn>": sorted(s.CDNs), "<name>": sorted(s.DNS),
	}
	names := make(map[string]Unit)
	for _, m := range Metrics() {
		if strings.HasPrefix(m.Name, "sessions.") && !s.SignsIn() {
			continue
		}
		open, end := strings.Index(m.Name, "<"), strings.Index(m.Name, ">")
		if open < 0 {
			names[m.Name] = m.Unit
			continue
		}
		for _, name := range parts[m.Name[open:end+1]] {
			names[m.Name[:open]+name+m.Name[end+1:]] = m.Unit
		}
	}
	return names
}

// servicesOf are the services of a kind.
func (s *Spec) servicesOf(kind string) []string {
	return slices.DeleteFunc(sorted(s.Services), func(name string) bool { return s.Services[name].Kind() != kind })
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

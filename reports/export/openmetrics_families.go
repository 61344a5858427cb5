package export

import "github.com/headroom-sim/headroom/models/site"

// A family is a metric family of OpenMetrics, and where in the series it is from.
type family struct {
	name, kind string
	unit       string // the name ends in it; "": none
	help       string
	from       []source
}

// A source is the columns of the series that a sample of a family is from.
type source struct {
	column   string // with names in brackets, which become labels
	labels   labels // besides
	suffix   string // of the sample's name; one with a suffix is a sum since the start
	quantile string // of a summary
	weight   weight // of a minute in a sum; nil: one
}

// weight is what a minute's value counts in a sum.
type weight func(s *site.Series, row int) float64

func (s source) sums() bool { return s.suffix != "" }

// total is a counter's source.
func total(column string, of ...label) source {
	return source{column: column, labels: of, suffix: "_total"}
}

// state is the source of a gauge that has the value of a column.
func state(column string, of ...label) source { return source{column: column, labels: of} }

// spent is what a part of the site costs.
func spent(column string, part string) source {
	return source{column: column, labels: labels{{"part", part}}, suffix: "_total", weight: hours}
}

func hours(s *site.Series, row int) float64     { return at(s, row, "span_s") / 3600 }
func completed(s *site.Series, row int) float64 { return at(s, row, "completed") }

func counter(name, unit, help string, from ...source) family {
	return family{name, "counter", unit, help, from}
}

func gauge(name, unit, help string, from ...source) family {
	return family{name, "gauge", unit, help, from}
}

// families have all columns of the series but those that follow from others:
// failed, which is the sum of its causes, and cost.per_hour, that of its parts.
var families = []family{
	counter("headroom_requests", "", "Requests first offered.", total("offered")),
	counter("headroom_requests_completed", "", "Requests that were answered well, counted when first offered.", total("completed")),
	counter("headroom_requests_failed", "", "Requests that failed for good, counted when first offered.", total("errors.<cause>")),
	counter("headroom_request_attempts", "", "Attempts of requests, retries included, counted when the request was first offered.", total("attempts")),
	gauge("headroom_availability_ratio", "ratio", "Completed over completed and failed requests of the minute.", state("availability")),
	{
		"headroom_latency_seconds", "summary", "seconds", "Time from the first attempt to the answer, of the completed requests; quantiles are of the minute.",
		[]source{
			{column: "latency.p50", quantile: "0.5"}, {column: "latency.p95", quantile: "0.95"},
			{column: "latency.p99", quantile: "0.99"}, {column: "latency.max", quantile: "1"},
			{column: "completed", suffix: "_count"}, {column: "latency.mean", suffix: "_sum", weight: completed},
		},
	},
	gauge("headroom_fleet_desired_instances", "", "Desired capacity.", state("fleets.<fleet>.desired")),
	gauge("headroom_fleet_instances", "", "Instances by state.",
		state("fleets.<fleet>.in_service", label{"state", "in_service"}), state("fleets.<fleet>.pending", label{"state", "pending"}),
		state("fleets.<fleet>.terminating", label{"state", "terminating"}), state("fleets.<fleet>.warmed", label{"state", "warmed"})),
	gauge("headroom_fleet_cpu_utilization_ratio", "ratio", "CPU utilization in the minute.", state("fleets.<fleet>.cpu")),
	gauge("headroom_fleet_max_connections", "", "Most connections on one instance in the minute.", state("fleets.<fleet>.connections.max")),
	gauge("headroom_fleet_connection_limit", "", "Connections that one instance can have.", state("fleets.<fleet>.connections.limit")),
	gauge("headroom_fleet_min_cpu_credits", "", "Least balance of CPU credits of an instance.", state("fleets.<fleet>.credits.min")),
	counter("headroom_fleet_saturated_seconds", "seconds", "Time for which any instance was at its limit.", total("fleets.<fleet>.saturated_seconds.<limit>")),
	gauge("headroom_service_utilization_ratio", "ratio", "Utilization of a service in the minute.", state("services.<service>.utilization")),
	gauge("headroom_service_in_flight_requests", "", "Mean number of requests in a service, waiting and in work.", state("services.<service>.number.mean")),
	gauge("headroom_service_hit_ratio", "ratio", "Share of the lookups in a cache that found what they looked for.", state("services.<service>.hit_ratio")),
	counter("headroom_balancer_requests", "", "Requests that came to a balancer.", total("balancers.<balancer>.requests")),
	gauge("headroom_balancer_healthy_targets", "", "Mean number of targets that a balancer may use.", state("balancers.<balancer>.targets.healthy")),
	counter("headroom_cdn_requests", "", "Requests that came to a content delivery network.", total("cdns.<cdn>.requests")),
	gauge("headroom_cdn_hit_ratio", "ratio", "Of the requests that ended, the share that it answered without the origin.", state("cdns.<cdn>.hit_ratio")),
	gauge("headroom_dns_healthy_records", "", "Mean number of healthy records of a name.", state("dns.<dns>.records.healthy")),
	counter("headroom_sessions_started", "", "Sign-ins of users who were not signed in.", total("sessions.started")),
	counter("headroom_sessions_lost", "", "Users whom the system signed out.", total("sessions.lost")),
	counter("headroom_sessions_moved", "", "Requests of signed-in users that came to another instance than the one before.", total("sessions.moved")),
	gauge("headroom_alarm_state", "", "State of an alarm: 1 ALARM, 0 OK, -1 INSUFFICIENT_DATA.", state("alarms.<alarm>"), state("alarms.<fleet>.<alarm>")),
	counter("headroom_cost_usd", "usd", "What the parts of the site cost by the hour, over time; hours that are billed when begun are spread over their length.",
		spent("cost.fleets.<fleet>.per_hour", "fleet"), spent("cost.balancers.<balancer>.per_hour", "balancer"), spent("cost.services.<service>.per_hour", "service"),
		spent("cost.cdns.<cdn>.per_hour", "cdn"), spent("cost.transfer.per_hour", "transfer")),
}

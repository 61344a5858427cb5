package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// MetricSpec describes a metric of the scenario's own, a
// [fleets.<f>.metrics.<name>] table: what an agent or an application would send
// to CloudWatch. Its values are base + scale x measure.
type MetricSpec struct {
	Of          string             `toml:"of" doc:"Fleet, service or balancer that is measured. Left out: the fleet itself. A fleet gives one sample from each of its instances in service, also while they boot or warm up: CloudWatch knows nothing of the warm-up of a metric of your own."`
	Measure     string             `toml:"measure" required:"true" oneof:"cpu connections connection_share busy queue in_flight requests errors" doc:"What is measured over the period. cpu: percent of the vCPUs; connections: open ones, and connection_share: in percent of the limit; busy: threads or servers taken, and queue: requests that wait for one (pool, station, database), or messages (queue); in_flight: requests or messages inside (not of nginx); requests: received, without health checks; errors: answered badly (balancer). Levels are means over the period; Minimum and Maximum know the extremes within it."`
	Base        float64            `toml:"base" default:"0" range:"0..1000000000000" doc:"Value where nothing is measured, such as the memory of an idle server." source:"DERIVED: nothing is added unless asked for"`
	Scale       float64            `toml:"scale" default:"1" range:"0..1000000000" doc:"Value of each unit measured, such as the memory that a connection takes: base = 300, scale = 0.25 are MiB of 300 and 0.25 a connection." source:"DERIVED: the measure itself unless asked for"`
	PerInstance bool               `toml:"per_instance" default:"false" doc:"The measure is divided by the instances of this fleet that are in service: the backlog of a service or balancer per instance. Without any there is no datapoint." source:"tt: a metric for target tracking must fall as capacity rises"`
	Period      quantity.Duration  `toml:"period" default:"60s" range:"10s..1h" doc:"Time between datapoints: 10s, 20s, 30s or a multiple of 60s." source:"cw-concepts: high-resolution metrics; 60s is the standard"`
	Delay       *quantity.Duration `toml:"delay" range:"0s..1h" doc:"From the end of a period until alarms see its datapoint. Left out: 5s for periods below a minute, else 60s." source:"UNSOURCED: repost-10s says a few seconds for high resolution, dd-delay minutes for the rest"`
}

// Delays of metrics of a scenario's own (UNSOURCED).
const (
	quickDelay = 5 * engine.Second // with periods below a minute
	slowDelay  = engine.Minute
)

// PublicationDelay is from the end of a period until alarms see its datapoint.
func (s *MetricSpec) PublicationDelay() engine.Time {
	switch {
	case s.Delay != nil:
		return s.Delay.Time()
	case s.Period.Time() < engine.Minute:
		return quickDelay
	default:
		return slowDelay
	}
}

// Check reports what no single key shows.
func (s *MetricSpec) Check(report quantity.Report) {
	switch p := s.Period.Time(); p {
	case 10 * engine.Second, 20 * engine.Second, 30 * engine.Second:
	default:
		if p%engine.Minute != 0 {
			report("period", `must be 10s, 20s, 30s or a multiple of 60s (have "%s")`, s.Period)
		}
	}
	if s.PerInstance && s.Of == "" {
		report("per_instance", "is for what is not in the fleet: an Average over the fleet's own instances is per instance already")
	}
}

// The metrics that target tracking has names of its own for [tt].
var predefinedMetrics = []struct{ name, metric string }{
	{"ASGAverageCPUUtilization", CPUUtilization},
	{"ASGAverageNetworkIn", NetworkIn},
	{"ASGAverageNetworkOut", NetworkOut},
	{"ALBRequestCountPerTarget", RequestCountPerTarget},
}

// Predefined lists target tracking's own names of metrics [tt].
func Predefined() (names []string) {
	for _, p := range predefinedMetrics {
		names = append(names, p.name)
	}
	return names
}

// Taken reports whether CloudWatch or target tracking has a metric of that name.
func Taken(name string) bool {
	_, known := FindMetric(name)
	return known || predefined(name) != ""
}

// predefined is the metric that target tracking has a name for; "" if it is
// none of its names.
func predefined(name string) string {
	for _, p := range predefinedMetrics {
		if p.name == name {
			return p.metric
		}
	}
	return ""
}
